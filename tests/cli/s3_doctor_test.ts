import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { ladeArguments } from "./run_lade.ts";
import { S3Cli } from "./s3_cli.ts";

Deno.test("lade doctor prints aligned lines of 80 columns and exits with 0 when all is well", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putSynthetic("bucket", "data/a", { size: 2 ** 21 });
  const { code, stdout, stderr } = await cli.run(["doctor", "s3://bucket/data"]);
  assertEquals([code, stderr], [0, "lade: all is well\n"]);
  const lines = stdout.trimEnd().split("\n");
  assert(lines.every((line) => line.length <= 80 && /^(ok {3}\S+ +| {18})\S/.test(line)), stdout);
  assertEquals(lines[0], "ok   credentials  access key FAKE…SKEY, from the environment");
  assertEquals(lines[1], "ok   region       us-east-1, from AWS_REGION");
  assertMatch(stdout, /^ok {3}download {5}\S+ MiB\/s, by 2\.00 MiB of one object; /m);
  assertFalse(stdout.includes(cli.fake.secretAccessKey) || stdout.includes(cli.fake.accessKeyId));
  assert(cli.fake.requests.every(({ method }) => method === "GET" || method === "HEAD"));
});

Deno.test("lade doctor exits with 1 and says what to fix, as text and as JSON", async () => {
  await using cli = await S3Cli.start();
  const wrong = { env: { AWS_SECRET_ACCESS_KEY: "wrong" } };
  const text = await cli.run(["doctor", "s3://bucket"], wrong);
  assertEquals([text.code, text.stderr], [1, "lade: 1 to fix\n"]);
  assertMatch(
    text.stdout,
    /^FIX {2}credentials {2}the signature does not fit access key "FAKE…SKEY" \(from the\n {18}environment\)\n {18}-> check the secret access key$/m,
  );
  const json = await cli.run(["doctor", "--json", "s3://bucket"], wrong);
  assertEquals(json.code, 1);
  const checks = json.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(checks.map(({ type, name, outcome }) => [type, name, outcome].join(" ")), [
    "check credentials failed",
    "check region ok",
    "check endpoint ok",
    "check clock ok",
    "check calls skipped",
  ]);
  assertEquals([checks[0].code, checks[0].advice], ["unauthenticated", "check the secret access key"]);
  assertEquals(JSON.parse(json.stderr), {
    type: "diagnosis",
    healthy: false,
    uri: "s3://bucket",
    ok: 3,
    warning: 0,
    failed: 1,
    skipped: 1,
  });
});

Deno.test("lade doctor --write tries writing and leaves nothing", async () => {
  await using cli = await S3Cli.start({}, { bytesPerSecond: 2 ** 20 });
  const { code, stdout } = await cli.run(["doctor", "--write", "s3://bucket/tmp/"]);
  assertEquals(code, 0, stdout);
  for (const name of ["put", "get", "delete", "multipart", "upload", "download"]) {
    assertMatch(stdout, new RegExp(`^ok   ${name} `, "m"));
  }
  assertEquals([cli.fake.objects("bucket").length, cli.fake.uploads("bucket").length], [0, 0]);
});

Deno.test("lade doctor --write reports conditions that a service ignores in its table, and nowhere else", async () => {
  const habits = { ignored: ["DeleteObject if-match", "CopyObject if-none-match"] };
  await using cli = await S3Cli.start({}, { habits });
  const { stdout, stderr } = await cli.run(["doctor", "--write", "s3://bucket/tmp/"]);
  assertMatch(stdout, /^note conditions /m);
  assertEquals(stderr, "lade: all is well, 1 worth a look\n");
});

for (const operation of ["PutObject", "UploadPart", "CompleteMultipartUpload"] as const) {
  Deno.test(`lade doctor --write ends with 130 on SIGINT during ${operation} and leaves nothing`, async () => {
    await using cli = await S3Cli.start();
    const stalled = cli.fake.faults.add({ match: { operation }, action: { kind: "stall", at: "answer" } });
    const options = cli.options();
    const process = new Deno.Command(Deno.execPath(), {
      args: ladeArguments(["doctor", "--write", "s3://bucket"], options),
      cwd: options.cwd,
      env: { ...options.env, NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    await stalled.reached;
    process.kill("SIGINT");
    stalled.release();
    const { code, stderr } = await process.output();
    assertEquals([code, new TextDecoder().decode(stderr)], [130, "lade: Interrupted by SIGINT\n"]);
    assertEquals([cli.fake.objects("bucket").length, cli.fake.uploads("bucket").length], [0, 0]);
  });
}

Deno.test("lade doctor of a scheme that examines nothing says so", async () => {
  await using cli = await S3Cli.start();
  const { code, stderr } = await cli.run(["doctor", "memory://m"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, 'Cannot diagnose "memory://m"');
});
