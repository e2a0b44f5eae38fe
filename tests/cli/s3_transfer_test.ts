import { Buffer } from "node:buffer";
import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { startFakeS3 } from "../fakes/s3/mod.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { S3Cli } from "./s3_cli.ts";

const LARGE = 20 * 2 ** 20;

Deno.test("lade lists, shows and prints objects of s3:// without a request too many", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "a.txt", "hello");
  cli.fake.putObject("bucket", "data/b.txt", "hello again");
  const ls = await cli.watch(["ls", "--json", "s3://bucket"]);
  const [object, prefix] = ls.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([object.uri, object.size, prefix.uri], ["s3://bucket/a.txt", 5, "s3://bucket/data/"]);
  assertEquals(ls.operations, ["ListObjectsV2"]);
  const stat = await cli.watch(["stat", "--json", "s3://bucket/a.txt"]);
  assertEquals([JSON.parse(stat.stdout).size, stat.operations], [5, ["HeadObject"]]);
  const cat = await cli.watch(["cat", "s3://bucket/a.txt", "s3://bucket/data/b.txt"]);
  assertEquals([cat.stdout, cat.operations], ["hellohello again", ["GetObject", "GetObject"]]);
  const part = await cli.watch(["cat", "--offset", "1", "--length", "3", "s3://bucket/a.txt"]);
  assertEquals([part.stdout, part.operations], ["ell", ["GetObject"]]);
  const du = await cli.watch(["du", "--json", "s3://bucket"]);
  assertEquals([JSON.parse(du.stdout).size, du.operations], [16, ["ListObjectsV2"]]);
  for (const { stderr, code } of [ls, stat, cat, part, du]) assertEquals([code, stderr], [0, ""]);
});

Deno.test("lade downloads from s3:// without any HEAD, and says with -v what was verified", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "data/small", "hello");
  cli.fake.putSynthetic("bucket", "data/large", { size: LARGE, checksum: "crc32c" });
  const get = await cli.watch(["get", "-r", "-v", "s3://bucket/data/", "out/"]);
  assertEquals(get.code, 0, get.stderr);
  assertEquals([...new Set(get.operations)].sort(), ["GetObject", "ListObjectsV2"]);
  assertEquals(get.operations.filter((operation) => operation === "GetObject").length, 4);
  assertMatch(get.stderr, /^lade: read s3:\/\/bucket\/data\/large, crc32c \S+ compared$/m);
  assertMatch(get.stderr, /^lade: read s3:\/\/bucket\/data\/small, crc\S+ \S+ compared$/m);
  assert(
    same(await Deno.readFile(`${cli.directory.path}/out/large`), cli.fake.bytes("bucket", "data/large")),
  );
  const one = await cli.watch(["get", "--json", "-v", "s3://bucket/data/small", "copy"]);
  assertEquals(one.operations, ["GetObject"]);
  const [settings, verification] = one.stderr.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([settings.type, verification.type, verification.action, verification.verified], [
    "settings",
    "verification",
    "read",
    true,
  ]);
});

Deno.test("lade says with -v that nothing was verified where the service keeps no checksums", async () => {
  await using cli = await S3Cli.start({ a: "hello" }, { checksums: false });
  const put = await cli.run(["put", "-v", "a", "s3://bucket/"]);
  assertMatch(put.stderr, /^lade: written s3:\/\/bucket\/a, no checksum confirmed$/m);
  const cat = await cli.run(["cat", "-v", "s3://bucket/a"]);
  assertEquals(cat.stdout, "hello");
  assertMatch(
    cat.stderr,
    /^lade: s3:\/\/bucket has [^\n]*\nlade: read s3:\/\/bucket\/a, no checksum compared: the store has no checksum [^\n]*\nlade: [a-z ']+ limited it: [^\n]*\nlade: 1 request over 1 new connection\n$/,
  );
});

Deno.test("lade uploads to s3:// by put and pipe, small and in parts, and says with -v what was confirmed", async () => {
  const large = new Uint8Array(LARGE).map((_, at) => at >> 8);
  await using cli = await S3Cli.start({ "data/small": "hello", "data/large": large });
  const put = await cli.watch(["put", "-r", "-v", "data", "s3://bucket/up"]);
  assertEquals(put.code, 0, put.stderr);
  assertMatch(put.stderr, /^lade: written s3:\/\/bucket\/up\/large, crc32c \S+ confirmed$/m);
  assertMatch(put.stderr, /^lade: written s3:\/\/bucket\/up\/small, crc32c \S+ confirmed$/m);
  assert(put.operations.includes("CompleteMultipartUpload"));
  assertFalse(put.operations.some((operation) => /^(Get|Head)Object$/.test(operation)));
  assert(same(large, cli.fake.bytes("bucket", "up/large")));
  const pipe = await cli.watch(["pipe", "s3://bucket/piped"], { stdin: "from a pipe" });
  assertEquals([pipe.code, pipe.operations], [0, ["PutObject"]]);
  assertEquals(new TextDecoder().decode(cli.fake.bytes("bucket", "piped")), "from a pipe");
  assertEquals(cli.fake.uploads("bucket").length, 0);
});

Deno.test("lade cp and mv within a bucket leave the copying to the service", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "a", "hello");
  const cp = await cli.watch(["cp", "-v", "s3://bucket/a", "s3://bucket/b"]);
  assertEquals(cp.code, 0, cp.stderr);
  assert(cp.operations.includes("CopyObject"));
  assertFalse(cp.operations.includes("GetObject"));
  assertStringIncludes(cp.stderr, "lade: copied s3://bucket/b, by the store itself\n");
  const mv = await cli.watch(["mv", "s3://bucket/a", "s3://bucket/c"]);
  assertEquals([mv.code, mv.operations.includes("CopyObject"), mv.operations.includes("GetObject")], [
    0,
    true,
    false,
  ]);
  assertEquals(cli.fake.objects("bucket").map(({ key }) => key), ["b", "c"]);
});

Deno.test("lade mv between s3:// and files compares the copy before it removes the source", async () => {
  await using cli = await S3Cli.start({ a: "hello" });
  const up = await cli.watch(["mv", "a", "s3://bucket/a"]);
  assertEquals([up.code, up.operations], [0, ["PutObject", "HeadObject"]]);
  const down = await cli.watch(["mv", "s3://bucket/a", "b"]);
  // The first deletion asks the service whether it holds the condition of the second.
  assertEquals([down.code, down.operations], [0, ["GetObject", "DeleteObject", "DeleteObject"]]);
  assertEquals(await cli.directory.tree(), { b: "hello" });
  assertEquals(cli.fake.objects("bucket"), []);
});

Deno.test("lade rm removes objects of s3://, and with -r a prefix in one request", async () => {
  await using cli = await S3Cli.start();
  for (const key of ["a", "data/1", "data/2", "database"]) cli.fake.putObject("bucket", key, key);
  assertEquals((await cli.run(["rm", "s3://bucket/a"])).stdout, "rm s3://bucket/a\n");
  assertEquals((await cli.run(["rm", "s3://bucket/a"])).code, 1);
  const dry = await cli.watch(["rm", "-r", "--dry-run", "s3://bucket/data"]);
  assertEquals(dry.stdout, "(dry run) rm s3://bucket/data/1\n(dry run) rm s3://bucket/data/2\n");
  const tree = await cli.watch(["rm", "-r", "s3://bucket/data/"]);
  assertEquals([tree.code, tree.operations], [0, ["ListObjectsV2", "DeleteObjects"]]);
  assertEquals(cli.fake.objects("bucket").map(({ key }) => key), ["database"]);
});

Deno.test("lade makes, lists and removes buckets", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "a", "hello");
  assertEquals((await cli.run(["mb", "s3://second"])).stdout, "mb s3://second\n");
  assertEquals((await cli.run(["ls", "s3://"])).stdout, "s3://bucket\ns3://second\n");
  const full = await cli.run(["rb", "s3://bucket"]);
  assertEquals(full.code, 1);
  assertStringIncludes(
    full.stderr,
    'Cannot remove "s3://bucket": it holds objects; add -f to remove them too',
  );
  assertEquals((await cli.run(["rb", "s3://second"])).code, 0);
  assertEquals((await cli.run(["rb", "-f", "s3://bucket"])).code, 0);
  assertEquals([...cli.fake.buckets.keys()], []);
});

Deno.test("lade cp goes between s3:// and memory://, and shows progress of a named object without a HEAD", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"], latencyMs: 250 });
  fake.putObject("bucket", "a", "hello", { fields: new Map([["content-type", "text/plain"]]) });
  const credentials = { accessKeyId: fake.accessKeyId, secretAccessKey: fake.secretAccessKey };
  await using lade = new Lade({ config: { s3: { endpoint: fake.url, credentials, region: "us-east-1" } } });
  const terminal = new FakeTerminal({ tty: true });
  assertEquals(await runCli(["cp", "s3://bucket/a", "memory://m/a"], { terminal, lade }), 0);
  assertEquals(new TextDecoder().decode(await lade.get("memory://m/a")), "hello");
  assertEquals((await lade.stat("memory://m/a")).contentType, "text/plain");
  assertStringIncludes(terminal.stderr.text, "B/s");
  assertEquals(fake.requests.map(({ method }) => method), ["GET"]);
  assertEquals(await runCli(["cp", "memory://m/a", "s3://bucket/b"], { terminal, lade }), 0);
  assertEquals(fake.object("bucket", "b")?.attributes.fields.get("content-type"), "text/plain");
});

function same(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.compare(one, other) === 0;
}

Deno.test("lade pipe and put --zstd say with -v what was confirmed of what they wrote", async () => {
  await using cli = await S3Cli.start({ a: "hello" });
  const piped = await cli.run(["pipe", "-v", "s3://bucket/piped"], { stdin: "hello" });
  assertMatch(piped.stderr, /^lade: written s3:\/\/bucket\/piped, crc32c \S+ confirmed$/m);
  const packed = await cli.run(["put", "-v", "--zstd=3", "a", "s3://bucket/packed.zst"]);
  assertMatch(packed.stderr, /^lade: written s3:\/\/bucket\/packed.zst, crc32c \S+ confirmed$/m);
});

Deno.test("lade lists a source once, however progress is shown", async () => {
  await using cli = await S3Cli.start();
  for (let i = 0; i < 5; i++) cli.fake.putObject("bucket", `data/${i}`, "hello");
  for (const form of ["none", "plain", "auto"]) {
    for (
      const [name, destination] of [["get", `out-${form}/`], ["cp", `s3://bucket/copy-${form}/`]] as const
    ) {
      const run = await cli.watch([name, "-r", "--progress", form, "s3://bucket/data/", destination]);
      assertEquals(run.code, 0, run.stderr);
      const lists = run.operations.filter((operation) => operation.startsWith("List"));
      assertEquals(lists.length, 1, `${name} ${form}`);
    }
  }
});
