import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { S3Cli } from "./s3_cli.ts";
import { S3Here } from "./s3_here.ts";

Deno.test("lade rm -r removes at a service that wants Content-MD5 to delete many keys", async () => {
  await using cli = await S3Cli.start({}, { habits: { wantsContentMd5: true } });
  for (const key of ["d/a", "d/b", "d/c"]) cli.fake.putObject("bucket", key, key);
  const { code, stderr } = await cli.run(["rm", "-r", "s3://bucket/d/"]);
  assertEquals([code, cli.fake.objects("bucket")], [0, []], stderr);
});

Deno.test("lade mv works where a service refuses a condition on deletions, and says with -v that it looks", async () => {
  await using cli = await S3Cli.start({ file: "hello" }, { habits: { refused: ["DeleteObject if-match"] } });
  cli.fake.putObject("bucket", "a", "content");
  const within = await cli.run(["mv", "-v", "s3://bucket/a", "s3://bucket/b"]);
  assertEquals(within.code, 0, within.stderr);
  assertMatch(within.stderr, /s3:\/\/bucket: the service at \S+ refuses ifMatch on DeleteObject/);
  const down = await cli.run(["mv", "s3://bucket/b", "down"]);
  assertEquals(down.code, 0, down.stderr);
  assertEquals(cli.fake.objects("bucket"), []);
  assertEquals((await cli.directory.tree())["down"], "content");
});

Deno.test("lade writes to and reads from a service that refuses every header about checksums, and says so with -v", async () => {
  const refused = ["crc32c", "algorithm", "type", "mode"].map((name) => `* x-amz-checksum-${name}`);
  await using cli = await S3Cli.start({ file: "hello" }, {
    habits: { refused: [...refused, "* x-amz-mp-object-size"] },
  });
  const up = await cli.run(["put", "-v", "file", "s3://bucket/a"]);
  assertEquals(up.code, 0, up.stderr);
  assertStringIncludes(up.stderr, "refuses checksums of what is written: uploads go without");
  const down = await cli.run(["get", "s3://bucket/a", "back"]);
  assertEquals(down.code, 0, down.stderr);
  assertEquals((await cli.directory.tree())["back"], "hello");
});

Deno.test("lade rm --version never removes the object where a service passes over versions", async () => {
  await using cli = await S3Cli.start({}, { habits: { ignoresVersions: true } });
  cli.fake.putObject("bucket", "a", "content");
  const { code, stderr } = await cli.run(["rm", "--version", "v".padEnd(32, "1"), "s3://bucket/a"]);
  assertEquals([code, cli.fake.objects("bucket").length], [1, 1]);
  assertStringIncludes(stderr, "the service does not answer with version");
});

Deno.test("lade mv keeps an object whose new name is another one of its own to the service", async () => {
  const server = { habits: { foldsKeys: true, ignored: ["DeleteObject if-match"] } };
  await using cli = await S3Here.start({ server });
  const objects = () => cli.fake.objects("bucket").map(({ key }) => key);
  cli.fake.putObject("bucket", "p/keep", "content");
  const there = `s3://bucket@localhost:${new URL(cli.fake.url).port}/p//keep`;
  const lines = [
    ["s3://bucket/p/keep", "s3://bucket/p//keep"],
    ["s3://bucket/p//keep", "s3://bucket/p/keep"],
    ["-r", "s3://bucket/p/", "s3://bucket//p/"],
    ["s3://bucket/p/keep", there],
  ];
  for (const args of lines) {
    const { code, stderr } = await cli.run(["mv", ...args]);
    assertEquals([args, code, objects()], [args, 1, ["p/keep"]], stderr);
    assertStringIncludes(stderr, "is the same object");
  }
  const moved = await cli.run(["mv", "s3://bucket/p/keep", "s3://bucket/q//keep"]);
  assertEquals([moved.code, objects()], [0, ["q/keep"]], moved.stderr);
  cli.fake.putObject("bucket", "Q/keep", "other");
  assertEquals((await cli.run(["mv", "s3://bucket/Q/keep", "s3://bucket/q/keep"])).code, 0);
  assertEquals(objects(), ["q/keep"]);
});
