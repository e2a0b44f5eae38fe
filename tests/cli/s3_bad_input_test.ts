import { assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { makeCertificate } from "../fakes/s3/mod.ts";
import { ladeArguments } from "./run_lade.ts";
import { S3Cli } from "./s3_cli.ts";

interface Mistake {
  readonly title: string;
  readonly uri?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Permissions in place of the usual ones. */
  readonly permissions?: (cli: S3Cli) => readonly string[];
  readonly prepare?: (cli: S3Cli) => void;
  /** What the message says, when one downloads. */
  readonly said: RegExp;
  /** What it says when one uploads, where that differs. */
  readonly saidOfPut?: RegExp;
}

const MISTAKES: readonly Mistake[] = [
  {
    title: "a wrong key",
    env: { AWS_ACCESS_KEY_ID: "AKIANOBODY" },
    said: /the service at 127\.0\.0\.1:\d+ does not know access key "AKIANOBODY".*; check the access key id/,
  },
  {
    title: "a wrong secret",
    env: { AWS_SECRET_ACCESS_KEY: "wrong" },
    said: /the signature does not fit access key .*; check the secret access key/,
  },
  {
    title: "no credentials at all",
    env: {
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "none",
      AWS_SHARED_CREDENTIALS_FILE: "none",
    },
    permissions: ({ fake }) => [`--allow-net=127.0.0.1:${fake.port}`, "--allow-env", "--allow-sys"],
    said: /no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose a profile, or/,
  },
  {
    title: "an expired token",
    env: { AWS_SESSION_TOKEN: "token" },
    prepare: ({ fake }) => {
      const { accessKeyId, secretAccessKey } = fake;
      fake.credentials.set(accessKeyId, { secretAccessKey, sessionToken: "token", expiresAt: 0 });
    },
    said: /has expired; log in again or renew the session token/,
  },
  {
    title: "a wrong region that is not corrected",
    env: { AWS_REGION: "nowhere-1" },
    prepare: ({ fake }) =>
      void fake.faults.add({
        match: { times: Infinity },
        action: { kind: "status", status: 400, code: "AuthorizationHeaderMalformed", message: "wrong" },
      }),
    said: /the region "nowhere-1" is wrong.*; set region/,
  },
  {
    title: "a port nobody listens on",
    env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
    permissions: () => ["--allow-net=127.0.0.1:1", "--allow-env=AWS_*"],
    said: /refused, at http:\/\/127\.0\.0\.1:1.*; check the endpoint and its port/,
  },
  {
    title: "an endpoint that is no URL",
    env: { AWS_ENDPOINT_URL: "localhost:9000" },
    said: /has to be a URL such as https:\/\/host:9000, not "localhost:9000"/,
  },
  {
    title: "a bucket that does not exist",
    uri: "s3://missing-bucket/a",
    said: /no such bucket at 127\.0\.0\.1:\d+; check its name, or set endpoint/,
  },
  {
    title: "a bucket that belongs to someone else",
    uri: "s3://theirs/a",
    prepare: ({ fake }) => void fake.createBucket("theirs", { owner: "somebody" }),
    said: /access denied to access key .*; allow s3:GetObject/,
    saidOfPut: /access denied to access key .*; allow s3:PutObject/,
  },
  {
    title: "an invalid bucket name",
    uri: "s3://no_!/a",
    said: /"s3:\/\/no_!": not a valid bucket name; use 3 to 63 lower-case letters/,
  },
  {
    title: "a key of 1,025 bytes",
    uri: `s3://bucket/${"k".repeat(1025)}`,
    said: /1025|1024/,
  },
];

for (
  const { title, uri = "s3://bucket/a", env = {}, permissions, prepare, said, saidOfPut = said } of MISTAKES
) {
  Deno.test(`lade says what to try for ${title}, and leaves nothing behind`, async () => {
    await using cli = await S3Cli.start({ local: "precious" });
    prepare?.(cli);
    const options = { env, ...(permissions && { permissions: permissions(cli) }) };
    const [get, put] = await Promise.all([
      cli.run(["get", uri, "copy"], options),
      cli.run(["put", "local", uri], options),
    ]);
    for (const [{ code, stdout, stderr }, sentence] of [[get, said], [put, saidOfPut]] as const) {
      assertEquals([code, stdout], [1, ""]);
      assertMatch(stderr, /^lade: Cannot /m);
      assertMatch(stderr, sentence);
      assertFalse(stderr.includes(cli.fake.secretAccessKey), "a secret was told");
    }
    assertEquals(await cli.directory.tree(), { local: "precious" });
    assertEquals([cli.fake.objects("bucket").length, cli.fake.uploads("bucket").length], [0, 0]);
  });
}

Deno.test("lade says what to try for a certificate that does not fit", async () => {
  const tls = makeCertificate({ hosts: ["elsewhere"] });
  await using cli = await S3Cli.start({ "ca.pem": tls.cert }, { tls });
  const { code, stderr } = await cli.run(["cat", "--ca-bundle", "ca.pem", "s3://bucket/a"]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /the certificate is not accepted: it is for other names than this host.s .*; use a name that it is for/,
  );
});

Deno.test("lade corrects a wrong region by itself", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "a", "hello");
  const outcome = await cli.run(["cat", "--region", "eu-west-1", "s3://bucket/a"]);
  assertEquals(outcome, { code: 0, stdout: "hello", stderr: "" });
});

Deno.test("lade get leaves no file when the object vanishes while it is read", async () => {
  await using cli = await S3Cli.start({ copy: "old" });
  cli.fake.putSynthetic("bucket", "a", { size: 30 * 2 ** 20 });
  cli.fake.faults.add({
    match: { operation: "GetObject", nth: 2 },
    action: { kind: "before", run: () => cli.fake.removeObject("bucket", "a") },
  });
  const { code, stderr } = await cli.run(["get", "s3://bucket/a", "copy"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, '"s3://bucket/a"');
  assertEquals(await cli.directory.tree(), { copy: "old" });
});

Deno.test("lade put of an endless input ends with 130 on SIGINT and leaves no upload behind", async () => {
  await using cli = await S3Cli.start();
  const part = cli.fake.faults.add({ match: { operation: "UploadPart" }, action: { kind: "delay", ms: 0 } });
  const options = cli.options();
  const process = new Deno.Command(Deno.execPath(), {
    args: ladeArguments(["put", "-", "s3://bucket/big"], options),
    cwd: options.cwd,
    env: { ...options.env, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = process.stdin.getWriter();
  const feeding = (async () => {
    const zeros = new Uint8Array(2 ** 20);
    try {
      for (;;) await input.write(zeros);
    } catch {
      // The process has ended.
    }
  })();
  await part.reached;
  process.kill("SIGINT");
  const { code, stderr } = await process.output();
  await feeding;
  assertEquals([code, new TextDecoder().decode(stderr)], [130, "lade: Interrupted by SIGINT\n"]);
  assertEquals([cli.fake.objects("bucket").length, cli.fake.uploads("bucket").length], [0, 0]);
});
