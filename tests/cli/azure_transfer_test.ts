import { Lade } from "@lade/lade";
import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { type FakeAzure, startFakeAzure } from "../fakes/azure/mod.ts";
import { startFakeS3 } from "../fakes/s3/mod.ts";
import { fakeConfig } from "../s3/open_fake.ts";
import { AzureHere } from "./azure_here.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** A server of each kind, and `lade` that runs on both. */
async function startBoth() {
  const fake = await startFakeAzure({ containers: ["photos"] });
  const s3 = await startFakeS3({ buckets: ["bucket"], minPartSize: 1 });
  const az = { connectionString: fake.connectionString, threshold: 1000, blockSize: 1000, hedging: false };
  const lade = new Lade({
    config: { az, s3: { ...fakeConfig(s3), multipart: { threshold: 1000, partSize: 1000 } } },
  });
  return {
    fake,
    s3,
    async run(...args: string[]) {
      const terminal = new FakeTerminal();
      const code = await runCli(args, { terminal, lade });
      return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
    },
    async [Symbol.asyncDispose]() {
      await lade[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
      await s3[Symbol.asyncDispose]();
    },
  };
}

const LARGE = Array.from({ length: 700 }, (_, i) => `line ${i}\n`).join("");

function textsOf(fake: FakeAzure, container: string): Record<string, string> {
  const text = (key: string) => new TextDecoder().decode(fake.bytes(container, key));
  return Object.fromEntries(fake.blobs(container).map(({ key }) => [key, text(key)]));
}

Deno.test("lade cp and mv -r carry objects between s3:// and az://, checksums compared", async () => {
  await using both = await startBoth();
  const { fake, s3, run } = both;
  s3.putObject("bucket", "in/small", "small");
  s3.putObject("bucket", "in/deep/large", LARGE);
  const there = await run("cp", "-v", "-r", "s3://bucket/in/", "az://photos/copy/");
  assertEquals(there.code, 0, there.stderr);
  assertEquals(textsOf(fake, "photos"), { "copy/small": "small", "copy/deep/large": LARGE });
  assertMatch(there.stderr, /crc32c/);
  const back = await run("mv", "-r", "az://photos/copy/", "s3://bucket/back/");
  assertEquals(back.code, 0, back.stderr);
  assertEquals(textsOf(fake, "photos"), {});
  const kept = s3.objects("bucket").map(({ key }) => key);
  assertEquals(kept, ["back/deep/large", "back/small", "in/deep/large", "in/small"]);
  assertEquals(new TextDecoder().decode(s3.bytes("bucket", "back/deep/large")), LARGE);
});

Deno.test("lade mv between s3:// and az:// keeps the source where the copy is another one, or cannot be written", async () => {
  for (const fails of ["rewrite", "refuse"] as const) {
    await using both = await startBoth();
    const { fake, s3, run } = both;
    s3.putObject("bucket", "a", "content");
    fake.putBlob("photos", "b", "content");
    if (fails === "refuse") {
      fake.faults.add({
        match: { operation: "PutBlob" },
        action: { kind: "status", status: 403, code: "AuthorizationFailure" },
      });
      fake.faults.add({
        match: { operation: "DeleteBlob" },
        action: { kind: "status", status: 403, code: "AuthorizationFailure" },
      });
    } else {
      // What is stored, and what is read, is not what was sent.
      fake.faults.add({
        match: { operation: "PutBlob", times: 8 },
        action: { kind: "flip-request", atByte: 0 },
      });
      fake.faults.add({ match: { operation: "GetBlob" }, action: { kind: "flip", atByte: 0 } });
    }
    const there = await run("mv", "s3://bucket/a", "az://photos/a");
    assertEquals([there.code, s3.objects("bucket").length], [1, 1], there.stderr);
    assertEquals(Object.keys(textsOf(fake, "photos")), ["b"]);
    const back = await run("mv", "az://photos/b", "s3://bucket/b");
    assertEquals([back.code, textsOf(fake, "photos")], [1, { b: "content" }], back.stderr);
  }
});

Deno.test("lade copies between two accounts of one service by the service itself, each by its own key", async () => {
  const fake = await startFakeAzure({ containers: ["photos"] });
  const theirs = fake.createAccount("theirs");
  fake.createContainer("data", { account: theirs });
  const [key] = theirs.keys;
  await using here = AzureHere.of(fake, {
    "az://theirs/": { endpoint: fake.endpoint(theirs), accountKey: key },
  });
  for (const name of ["a", "b/c"]) fake.putBlob("photos", name, LARGE);
  const there = await here.run(["cp", "-v", "-r", "az://photos", "az://theirs/data/"]);
  assertEquals(there.code, 0, there.stderr);
  assertEquals(there.stderr.match(/by the store itself/g)?.length, 2, there.stderr);
  assertEquals([...theirs.containers.get("data")?.entries("utf8") ?? []].map(({ key }) => key), ["a", "b/c"]);
  assertEquals(fake.requests.filter(({ operation }) => operation === "GetBlob"), []);
  const { fake: { url } } = here;
  const host = new URL(url).host;
  assertEquals((await here.run(["ls", "az://theirs/"])).stdout, `az://${host}/theirs/data\n`);
  const back = await here.run(["mv", "az://theirs/data/a", "az://photos/back"]);
  assertEquals([back.code, Object.keys(here.texts())], [0, ["a", "b/c", "back"]], back.stderr);
  assertEquals(theirs.containers.get("data")?.current("a"), undefined);
  assertFalse((there.stderr + back.stderr).includes("sig="));
});

Deno.test("lade copies between accounts through this machine where the service may not read the source", async () => {
  const fake = await startFakeAzure({ containers: ["photos"] });
  const theirs = fake.createAccount("theirs");
  fake.createContainer("data", { account: theirs });
  // Of another tenant's firewall: nobody but who asks from here gets in.
  fake.faults.add({
    match: { operation: "PutBlobFromURL", times: 8 },
    action: { kind: "status", status: 403, code: "CannotVerifyCopySource" },
  });
  fake.faults.add({
    match: { operation: "PutBlockFromURL", times: 8 },
    action: { kind: "status", status: 403, code: "CannotVerifyCopySource" },
  });
  fake.faults.add({
    match: { operation: "CopyBlob", times: 8 },
    action: { kind: "status", status: 403, code: "CannotVerifyCopySource" },
  });
  const [key] = theirs.keys;
  await using here = AzureHere.of(fake, {
    "az://theirs/": { endpoint: fake.endpoint(theirs), accountKey: key },
  });
  fake.putBlob("photos", "a", LARGE);
  const { code, stderr } = await here.run(["cp", "-v", "az://photos/a", "az://theirs/data/"]);
  assertEquals([code, stderr.includes("by the store itself")], [0, false], stderr);
  assert(theirs.containers.get("data")?.current("a"));
});

Deno.test("lade cat, get, put, pipe and cp take standard input and output at az://", async () => {
  await using here = await AzureHere.start();
  assertEquals((await here.run(["pipe", "az://photos/a"], { stdin: ["from ", "a pipe"] })).code, 0);
  assertEquals((await here.run(["put", "-", "az://photos/b"], { stdin: ["put"] })).code, 0);
  assertEquals((await here.run(["cp", "-", "az://photos/c"], { stdin: ["cp"] })).code, 0);
  assertEquals(here.texts(), { a: "from a pipe", b: "put", c: "cp" });
  assertEquals((await here.run(["get", "az://photos/b", "-"])).stdout, "put");
  assertEquals((await here.run(["cp", "az://photos/c", "-"])).stdout, "cp");
  assertEquals((await here.run(["cat", "--offset", "5", "--length", "3", "az://photos/a"])).stdout, "a p");
  const empty = await here.run(["pipe", "az://photos/a"], { stdin: [] });
  assertEquals([empty.code, here.texts()["a"]], [0, ""]);
  const broken = await here.run(["pipe", "az://photos/b"], {
    stdin: ["new"],
    stdinFailure: new Error("it broke"),
  });
  assertEquals([broken.code, here.texts()["b"]], [1, "put"], broken.stderr);
});

Deno.test("lade put -n, --content-type, --metadata and --storage-class say what a blob is, and stat tells it", async () => {
  await using here = await AzureHere.start();
  await using directory = await TemporaryDirectory.make({ "a.json": "{}" });
  const file = `${directory.path}/a.json`;
  const flags = ["--metadata", "owner=me", "--storage-class", "Cool", "--cache-control", "no-store"];
  assertEquals((await here.run(["put", ...flags, file, "az://photos/"])).stderr, "");
  const { fields, metadata, tier } = here.fake.blob("photos", "a.json") ?? {};
  assertEquals([fields?.["content-type"], fields?.["cache-control"], tier], [
    "application/json",
    "no-store",
    "Cool",
  ]);
  assertEquals(metadata?.get("owner"), "me");
  const told = JSON.parse((await here.run(["stat", "--json", "az://photos/a.json"])).stdout);
  assertEquals([told.contentType, told.storageClass, told.metadata.owner], [
    "application/json",
    "Cool",
    "me",
  ]);
  assertEquals([Object.keys(told.metadata).includes("ladecrc32c"), typeof told.checksums.crc32c], [
    false,
    "string",
  ]);
  const { stderr } = await here.run([
    "put",
    "-n",
    "-v",
    "--content-type",
    "text/plain",
    file,
    "az://photos/",
  ]);
  assertStringIncludes(stderr, "skipped");
  const changed = await here.run([
    "cp",
    "--content-type",
    "text/plain",
    "az://photos/a.json",
    "az://photos/a.json",
  ]);
  assertEquals([changed.code, here.fake.blob("photos", "a.json")?.fields["content-type"]], [0, "text/plain"]);
  assertEquals(here.fake.blob("photos", "a.json")?.metadata.get("owner"), "me");
});

Deno.test("lade says of a container that is being deleted that it is, and makes it anew afterwards", async () => {
  let nowMs = Date.now();
  const fake = await startFakeAzure({ containers: ["photos"], clock: () => nowMs });
  await using here = AzureHere.of(fake, { az: { maxAttempts: 1, patienceMs: 1 } });
  assertEquals((await here.run(["rb", "az://photos"])).code, 0);
  const said = {
    "mb az://photos": "is being deleted, which takes half a minute and more; try again",
    "put - az://photos/a": "no such container",
    "ls az://photos": "no such container",
  };
  for (const [line, words] of Object.entries(said)) {
    const { code, stderr } = await here.run(line.split(" "), { stdin: ["in"] });
    assertEquals(code, 1);
    assertStringIncludes(stderr, words);
  }
  nowMs += 60_000;
  assertEquals((await here.run(["mb", "az://photos"])).stderr, "");
});

Deno.test("lade works where the clock of this machine is an hour off, and doctor tells by how much", async () => {
  for (const [ms, words] of [[3_600_000, "behind"], [-3_600_000, "ahead"]] as const) {
    const fake = await startFakeAzure({ containers: ["photos"], clock: () => Date.now() + ms });
    fake.putBlob("photos", "a", "content");
    await using here = AzureHere.of(fake);
    const { code, stdout, stderr } = await here.run(["cat", "az://photos/a"]);
    assertEquals([code, stdout], [0, "content"], stderr);
    const doctor = await here.run(["doctor", "--json", "az://photos"]);
    const check = doctor.stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line))
      .find(({ name }) => name === "clock");
    assertStringIncludes(JSON.stringify(check), words);
    assertEquals(check.outcome === "ok", false, JSON.stringify(check));
  }
});

Deno.test("lade ls, cat, cp and rm name snapshots, and --versions removes them before the blob", async () => {
  await using here = await AzureHere.start();
  const { fake } = here;
  const snapshots = ["2026-01-01T00:00:00.0000001Z", "2026-01-02T00:00:00.0000002Z"];
  const make = (key: string) => {
    const old = fake.putBlob("photos", key, "old");
    for (const snapshot of snapshots) {
      fake.container("photos").makeEntry(key).older.push({ ...old, snapshot });
    }
    fake.container("photos").makeEntry(key).current = { ...fake.putBlob("photos", key, "new") };
  };
  // More than two batches.
  const keys = ["a", ...Array.from({ length: 200 }, (_, i) => `many/${i}`)];
  for (const key of keys) make(key);
  const [first] = snapshots;
  const listed = await here.run(["ls", "--versions", "az://photos/a"]);
  const names = listed.stdout.split("\n").filter(Boolean).map((line) =>
    line.split(/ +/).slice(3, 5).join(" ")
  );
  assertEquals(
    names,
    ["null latest", `snapshot=${snapshots[1]} older`, `snapshot=${first} older`],
    listed.stderr,
  );
  const version = `snapshot=${first}`;
  assertEquals((await here.run(["cat", "--version", version, "az://photos/a"])).stdout, "old");
  const refused = await here.run(["rm", "az://photos/a"]);
  assertEquals(
    [refused.code, refused.stderr.includes("as lade rm --versions does")],
    [1, true],
    refused.stderr,
  );
  assertEquals((await here.run(["cp", "--version", version, "az://photos/a", "az://photos/a"])).stderr, "");
  assertEquals(here.texts()["a"], "old");
  assertEquals((await here.run(["rm", "--version", version, "az://photos/a"])).stderr, "");
  // The write above has shown that the account keeps no versions.
  const one = await here.run(["rm", "--versions", "az://photos/a"]);
  assertEquals([one.code, one.stderr, fake.blob("photos", "a")], [0, "", undefined]);
  const all = await here.run(["rb", "-q", "-f", "--versions", "az://photos"]);
  assertEquals([all.code, all.stderr, fake.account.containers.size], [0, "", 0]);
});

Deno.test("lade works on an account with directories, which it shows nowhere, as on one without", async () => {
  await using directory = await TemporaryDirectory.make({ "d/a": "1", "d/b/c": "22", "d/e/f/g": "3" });
  const outcomes: unknown[] = [];
  for (const hierarchical of [false, true]) {
    const options = { settings: { hierarchical }, containers: ["photos", "other"] };
    await using here = await AzureHere.start({}, options);
    const told: unknown[] = [];
    const lines = [
      ...[
        "put -q -r DIR az://photos/d/",
        "ls --json -r az://photos",
        "ls az://photos/d/",
        "stat az://photos/d",
      ],
      ...[
        "mv -q az://photos/d/a az://photos/x/y",
        "mv -q -r az://photos/d az://photos/moved",
        "ls -r az://photos",
      ],
      ...["cp -q -r az://photos az://other/all/", "rm -q -r az://other/all/moved", "ls -r az://other"],
      ...[
        "rm -q -r --all az://other",
        "rb az://other",
        "rm az://photos/x/y",
        "rb az://photos",
        "rb -q -f az://photos",
      ],
    ];
    for (const line of lines) {
      const { code, stdout, stderr } = await here.run(line.replace("DIR", `${directory.path}/d`).split(" "));
      const text = (stdout + stderr).replaceAll(here.host, "H").replaceAll(
        /\d{4}-\d\d-\d\d[ T][\d:.]+Z?|0x\w+/g,
        "T",
      );
      told.push([line, code, text]);
    }
    told.push([...here.fake.account.containers.keys()]);
    outcomes.push(told);
  }
  assertEquals(outcomes[1], outcomes[0]);
});
