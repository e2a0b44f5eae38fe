import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { Lade } from "@lade/lade";
import { type FakeS3, startFakeS3 } from "../fakes/s3/mod.ts";
import { fakeConfig } from "../s3/open_fake.ts";
import { runLade, type RunLadeOptions } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const DOCUMENT = new URL("../../docs/s3.md", import.meta.url);
const OUR_KEY = "OURACCESSKEY00000001";
const THEIR_KEY = "THEIRACCESSKEY000002";

/** Two services, each with a bucket and keys of its own, and the home of a user who has a profile for each. */
class TwoAccounts implements AsyncDisposable {
  constructor(readonly ours: FakeS3, readonly theirs: FakeS3, readonly home: TemporaryDirectory) {}

  static async start(): Promise<TwoAccounts> {
    const ours = await startFakeS3({
      buckets: ["ours"],
      accessKeyId: OUR_KEY,
      secretAccessKey: "our-secret",
    });
    const theirs = await startFakeS3({
      buckets: ["theirs"],
      accessKeyId: THEIR_KEY,
      secretAccessKey: "their-secret",
    });
    const profile = (name: string, { accessKeyId, secretAccessKey, url }: FakeS3) =>
      `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n` +
      `region = us-east-1\nendpoint_url = ${url}\n`;
    const home = await TemporaryDirectory.make({
      ".aws/config": profile("default", ours) + profile("profile work", ours) +
        profile("profile partner", theirs),
    });
    return new TwoAccounts(ours, theirs, home);
  }

  options(): RunLadeOptions {
    const names = [
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_ENDPOINT_URL",
      "AWS_REGION",
      "AWS_PROFILE",
    ];
    const net = [this.ours, this.theirs].map(({ port }) => `127.0.0.1:${port}`).join(",");
    return {
      cwd: this.home.path,
      permissions: [`--allow-net=${net}`, "--allow-env", "--allow-sys"],
      env: {
        HOME: this.home.path,
        ...denoDirectory(),
        ...Object.fromEntries(names.map((name) => [name, ""])),
      },
    };
  }

  /** The ids of the keys by which each service was asked. */
  keys(): [ours: string[], theirs: string[]] {
    const of = ({ requests }: FakeS3) => [
      ...new Set(
        requests.map(({ headers }) => /Credential=([^/]*)/.exec(headers["authorization"] ?? "")?.[1] ?? ""),
      ),
    ];
    return [of(this.ours), of(this.theirs)];
  }

  text(fake: FakeS3, bucket: string, key: string): string {
    return new TextDecoder().decode(fake.bytes(bucket, key));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
    await this.ours[Symbol.asyncDispose]();
    await this.theirs[Symbol.asyncDispose]();
  }
}

function denoDirectory(): { DENO_DIR: string } {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`;
  return { DENO_DIR: Deno.env.get("DENO_DIR") ?? `${cache}/deno` };
}

/** The section about several accounts. */
async function section(): Promise<string> {
  const [, text = ""] = /^### Several accounts\n(.*?)^##/ms.exec(await Deno.readTextFile(DOCUMENT)) ?? [];
  return text;
}

Deno.test("the command that docs/s3.md has for two accounts copies between two services, each by its own keys", async () => {
  await using accounts = await TwoAccounts.start();
  const { ours, theirs } = accounts;
  ours.putObject("ours", "data/a", "first");
  ours.putObject("ours", "data/b/c", "second");
  const [, line = ""] = /```sh\nlade (.*)\n```/.exec(await section()) ?? [];
  assert(line.includes("s3://theirs/="), line);
  const { code, stderr } = await runLade([...line.split(" "), "-q"], accounts.options());
  assertEquals([code, stderr], [0, ""]);
  const there = theirs.objects("theirs").map(({ key }) => [key, accounts.text(theirs, "theirs", key)]);
  assertEquals(there, [["data/a", "first"], ["data/b/c", "second"]]);
  assertEquals(accounts.keys(), [[OUR_KEY], [THEIR_KEY]]);
});

Deno.test("the script that docs/s3.md has for two accounts copies between two services, each by its own keys", async () => {
  await using accounts = await TwoAccounts.start();
  const { ours, theirs, home } = accounts;
  ours.putObject("ours", "data/a.bin", "content");
  const [, script = ""] = /```ts\n(.*?)```/s.exec(await section()) ?? [];
  await home.write("script.ts", script);
  const { code, stderr } = await runLade([], { ...accounts.options(), main: `${home.path}/script.ts` });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(accounts.text(theirs, "theirs", "data/a.bin"), "content");
  assertEquals(accounts.keys(), [[OUR_KEY], [THEIR_KEY]]);
});

Deno.test("lade -v and doctor tell what a prefix has, and where it was said", async () => {
  await using accounts = await TwoAccounts.start();
  const { ours, theirs } = accounts;
  ours.putObject("ours", "a", "content");
  const config = ["--config", "s3://theirs/=profile=partner", "--config", "s3://theirs/=tags.from=us"];
  const all = [...config, "--config", "s3.tags.from=all"];
  const { code, stderr } = await runLade(
    ["cp", "-v", ...all, "s3://ours/a", "s3://theirs/a"],
    accounts.options(),
  );
  assertEquals(code, 0, stderr);
  const partner = 'profile "partner" of ~/.aws/config';
  const [here = "", there = ""] = ["ours", "theirs"].map((bucket) =>
    stderr.split("\n").find((line) => line.startsWith(`lade: s3://${bucket} has`))
  );
  assertStringIncludes(here, `endpoint ${ours.url} (profile "default" of ~/.aws/config)`);
  assertStringIncludes(here, 'tags {"from":"all"} (--config)');
  assertStringIncludes(there, `endpoint ${theirs.url} (${partner})`);
  assertStringIncludes(there, "profile partner (--config s3://theirs/)");
  assertStringIncludes(there, 'tags {"from":"us"} (--config s3://theirs/)');
  assertEquals(theirs.requests.at(-1)?.headers["x-amz-tagging"], "from=us");
  const doctor = await runLade(["doctor", ...all, "s3://theirs"], accounts.options());
  const told = doctor.stdout.replace(/\s+/g, " ");
  assertStringIncludes(told, "profile partner, from --config s3://theirs/");
  assertStringIncludes(told, `endpoint ${theirs.url}, from ${partner}`);
  for (const text of [stderr, doctor.stdout]) assertFalse(/our-secret|their-secret/.test(text), text);
});

Deno.test("lade refuses what cannot be configured for a prefix, before anything is done", async () => {
  await using accounts = await TwoAccounts.start();
  const cases: [setting: string, said: string][] = [
    [
      "s3://theirs/=regoin=x",
      'Cannot configure s3://theirs/: unknown configuration "regoin", did you mean "region"?',
    ],
    ["s3://theirs/=fips=yes", "fips (--config s3://theirs/) has to be true or false"],
    ["s3://theirs=profile=x", '"s3://theirs=…" is not of the form'],
    ["ftp://theirs/=profile=x", 'Cannot configure scheme "ftp": known are'],
  ];
  for (const [setting, said] of cases) {
    const { code, stderr } = await runLade(["ls", "--config", setting, "s3://ours"], accounts.options());
    assertEquals(code, 2, setting);
    assertStringIncludes(stderr.replace(/\s+/g, " "), said);
  }
  assertEquals([accounts.ours.requests.length, accounts.theirs.requests.length], [0, 0]);
});

Deno.test("Lade gives a prefix nothing of the scheme's credentials, and every call its own configuration", async () => {
  await using accounts = await TwoAccounts.start();
  const { ours, theirs } = accounts;
  const token = { sessionToken: "our-token" };
  ours.credentials.set(OUR_KEY, { secretAccessKey: ours.secretAccessKey, ...token });
  const told = new Map<string, string>();
  await using lade = new Lade({
    config: {
      s3: { ...fakeConfig(ours), credentials: { ...credentials(ours), ...token } },
      "s3://theirs/": { ...fakeConfig(theirs) },
      "s3://theirs/made/": { tags: { kind: "made" }, ...fakeConfig(theirs) },
      "s3://made/": { ...fakeConfig(theirs) },
    },
    onOpen: ({ uri, settings }) =>
      void told.set(uri, settings.find(({ name }) => name === "endpoint")?.source ?? ""),
  });
  await lade.createContainer("s3://made");
  await lade.put("s3://theirs/a", "content");
  await lade.put("s3://theirs/made/a", "content");
  await lade.copy("s3://theirs/a", "s3://made/a");
  await lade.remove("s3://made", { recursive: true, all: true });
  await lade.deleteContainer("s3://made");
  assertEquals(await Array.fromAsync(lade.listContainers("s3")), ["s3://ours"]);
  assertEquals(accounts.keys(), [[OUR_KEY], [THEIR_KEY]]);
  assertEquals(theirs.requests.filter(({ headers }) => "x-amz-security-token" in headers).length, 0);
  const tagged = theirs.requests.filter(({ headers }) => "x-amz-tagging" in headers);
  assertEquals(tagged.map(({ key }) => key), ["made/a"]);
  assertEquals(told.get("s3://made"), "the configuration of s3://made/");
  assertEquals(told.get("s3://"), "option");
});

function credentials({ accessKeyId, secretAccessKey }: FakeS3) {
  return { accessKeyId, secretAccessKey };
}
