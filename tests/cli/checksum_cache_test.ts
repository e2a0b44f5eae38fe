import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { S3Cli } from "./s3_cli.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const OLD = new Date(1_600_000_000_000);
const LISTED = ["ListObjectsV2"];

Deno.test("lade sync remembers its copies: the next one, and check, list and ask for no object", async () => {
  await using cli = await S3Cli.start({ "d/a": "1", "d/sub/b": "22" });
  const { path } = cli.directory;
  for (const name of ["a", "sub/b"]) await Deno.utime(`${path}/d/${name}`, OLD, OLD);
  await cli.run(["put", "-q", "-r", "d/", "s3://bucket/d/"]);
  const env = { LADE_CACHE_DIR: `${path}/cache` };
  const sync = async (...args: string[]) =>
    await cli.watch(["sync", ...args, "s3://bucket/d/", "e/"], { env });
  const first = await sync();
  assertEquals([first.code, first.stdout.split("\n").length - 1], [0, 2]);
  // Each copy is older than its source, since it keeps the time of change.
  const second = await sync();
  assertEquals([second.code, second.stdout, second.operations], [0, "", LISTED]);
  const checked = await cli.watch(["check", "-r", "s3://bucket/d/", "e/"], { env });
  assertEquals([checked.code, checked.operations], [0, LISTED]);
  assertMatch(checked.stderr, /2 the same \(2 by remembered checksum\)/);
  // Without it a small file is read and compared with the etag.
  const without = await sync("--no-checksum-cache");
  assertEquals([without.code, without.stdout, without.operations], [0, "", LISTED]);
});

Deno.test("lade sync brings a file again that was replaced by one with an older time, as it is remembered", async () => {
  await using cli = await S3Cli.start({ "d/a": "1" });
  const { path } = cli.directory;
  await Deno.utime(`${path}/d/a`, OLD, OLD);
  const env = { LADE_CACHE_DIR: `${path}/cache` };
  const sync = async (...args: string[]) => await cli.run(["sync", ...args, "d/", "s3://bucket/d/"], { env });
  await sync("-q");
  await Deno.writeTextFile(`${path}/d/new`, "2");
  await Deno.rename(`${path}/d/new`, `${path}/d/a`);
  const earlier = new Date(OLD.getTime() - 1000);
  await Deno.utime(`${path}/d/a`, earlier, earlier);
  assertEquals((await sync("--no-checksum-cache")).stdout, "");
  assertMatch((await sync()).stdout, /^cp \S+\/d\/a s3:\/\/bucket\/d\/a\n$/);
  assertEquals((await cli.run(["cat", "s3://bucket/d/a"])).stdout, "2");
});

Deno.test("lade sync remembers copies that it made without comparing, so that the next one does not doubt them", async () => {
  for (const mode of ["--ignore-times", "--size-only"]) {
    await using cli = await S3Cli.start({ "d/a": "1" });
    const { path } = cli.directory;
    await Deno.utime(`${path}/d/a`, OLD, OLD);
    const env = { LADE_CACHE_DIR: `${path}/cache` };
    const sync = async (...args: string[]) => await cli.run(["sync", ...args, "d/", "e/"], { env });
    assertMatch((await sync()).stdout, /^cp /);
    await Deno.writeTextFile(`${path}/d/a`, mode === "--size-only" ? "22" : "1");
    await Deno.utime(`${path}/d/a`, OLD, OLD);
    assertMatch((await sync(mode)).stdout, /^cp /);
    assertEquals((await sync()).stdout, "");
  }
});

Deno.test("lade sync brings a file once that was written anew and is dated in the future", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "in/x": "hello" });
  const [from, to] = [`${directory.path}/in`, `${directory.path}/out`];
  await Deno.utime(`${from}/x`, OLD, OLD);
  const env = { LADE_CACHE_DIR: `${directory.path}/cache` };
  const sync = async () => (await cli.run(["sync", from, to], { env })).stdout;
  assertMatch(await sync(), /^cp /);
  const later = new Date(Date.now() + 1e9);
  await Deno.writeTextFile(`${from}/x`, "hellO");
  await Deno.utime(`${from}/x`, later, later);
  assertMatch(await sync(), /^cp /);
  assertEquals([await sync(), await Deno.readTextFile(`${to}/x`)], ["", "hellO"]);
});

Deno.test("no content is remembered of a file that was changed in place and given its old time again", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "in/x": "hello", "out/x": "hello" });
  const old = new Date("2026-01-01T00:00:00Z");
  const [from, to] = [`${directory.path}/in`, `${directory.path}/out`];
  for (const path of [`${from}/x`, `${to}/x`]) await Deno.utime(path, old, old);
  const env = { LADE_CACHE_DIR: `${directory.path}/cache` };
  const check = () => cli.run(["check", "--all", "-r", from, to], { env });
  assertEquals((await check()).stdout, "= x\n");
  assertStringIncludes((await check()).stderr, "by remembered checksum");
  const { ctime } = await Deno.stat(`${to}/x`);
  // The status of a file has whole seconds.
  for (let now = ctime; now?.getTime() === ctime?.getTime(); now = (await Deno.stat(`${to}/x`)).ctime) {
    await Deno.writeTextFile(`${to}/x`, "hellO");
    await Deno.utime(`${to}/x`, old, old);
  }
  const changed = await check();
  assertEquals([changed.code, changed.stdout], [1, "* x\n"]);
  assertEquals((await cli.run(["sync", "--checksum", from, to], { env })).code, 0);
  assertEquals(await Deno.readTextFile(`${to}/x`), "hello");
});

Deno.test("lade sync reads a remembered file to which something was done, though its size and time say nothing", async () => {
  await using cli = await S3Cli.start({ "d/a": "1", "d/b": "1" });
  const { path } = cli.directory;
  const files = ["a", "b"].map((name) => `${path}/d/${name}`);
  for (const file of files) await Deno.utime(file, OLD, OLD);
  const env = { LADE_CACHE_DIR: `${path}/cache` };
  const sync = async (...args: string[]) => await cli.run(["sync", ...args, "d/", "s3://bucket/d/"], { env });
  await sync("-q");
  const [edited = "", touched = ""] = files;
  const { ctime } = await Deno.stat(touched);
  // The status of a file has whole seconds; the edited file is the first to have the same one still.
  for (let now = ctime; now?.getTime() === ctime?.getTime(); now = (await Deno.stat(edited)).ctime) {
    await Deno.writeTextFile(edited, "2");
    for (const file of files) await Deno.utime(file, OLD, OLD);
  }
  const { code, stdout } = await sync();
  assertEquals(code, 0);
  assertMatch(stdout, /^cp \S+\/d\/a s3:\/\/bucket\/d\/a\n$/);
  assertEquals((await cli.run(["cat", "s3://bucket/d/a"])).stdout, "2");
  assertEquals((await sync()).stdout, "");
});

Deno.test("a damaged checksum cache is noted, and nothing fails by it", async () => {
  await using cli = await S3Cli.start({ "d/a": "1", "cache/checksums-1.db": "x".repeat(10_000) });
  const env = { LADE_CACHE_DIR: `${cli.directory.path}/cache` };
  await cli.run(["put", "-q", "-r", "d/", "s3://bucket/d/"]);
  const { code, stdout, stderr } = await cli.run(["check", "-v", "-r", "d/", "s3://bucket/d/"], { env });
  assertEquals([code, stdout], [0, "= a\n"]);
  assertMatch(
    stderr,
    /lade: the checksum cache is damaged \(file is not a database\), was set aside and is begun anew/,
  );
});

Deno.test("lade check asks for no permission for its cache, and goes without", async () => {
  await using cli = await S3Cli.start({ "d/a": "1" });
  await cli.run(["put", "-q", "-r", "d/", "s3://bucket/d/"]);
  const env = { LADE_CACHE_DIR: "/nowhere/cache" };
  const { code, stderr } = await cli.run(["check", "-v", "-r", "d/", "s3://bucket/d/"], {
    env,
    readOnly: true,
  });
  assertEquals(code, 0);
  assertMatch(stderr, /lade: no checksum cache is used: there is no permission to read "\/nowhere\/cache"/);
});
