import { assertEquals, assertMatch } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { S3Cli } from "./s3_cli.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade check prints a line for each name, sums up and exits with 1 on any difference", async () => {
  await using cli = new CliHere();
  await cli.fill({
    "memory://a/p/same": "1",
    "memory://a/p/other": "1",
    "memory://a/p/more": "1",
    "memory://b/same": "1",
    "memory://b/other": "2",
    "memory://b/d/extra": "1",
  });
  const { code, stdout, stderr } = await cli.run(["check", "-r", "memory://a/p/", "memory://b/"]);
  assertEquals(code, 1);
  assertEquals(stdout, "- d/extra\n+ more\n* other\n");
  assertMatch(
    stderr,
    /^lade: check found 1 the same \(1 by reading both\), 1 different, 1 missing at the destination, 1 missing at the source in \d/,
  );
  for (const flags of [["--all"], ["-v"], ["-q", "--all"]]) {
    const { stdout } = await cli.run(["check", ...flags, "memory://a/p/", "memory://b/"]);
    assertEquals(stdout, "- d/extra\n+ more\n* other\n= same\n");
  }
  const signs = async (...flags: string[]) => {
    const { stdout } = await cli.run(["check", "--json", ...flags, "memory://a/p/", "memory://b/"]);
    return stdout.trim().split("\n").map((line) => JSON.parse(line).sign).join("");
  };
  assertEquals([await signs(), await signs("-q"), await signs("-q", "--all")], ["-+*=", "-+*", "-+*="]);
  const oneWay = await cli.run(["check", "-r", "-q", "--one-way", "memory://a/p", "memory://b"]);
  assertEquals(oneWay, { code: 1, stdout: "+ more\n* other\n", stderr: "" });
  const sizes = await cli.run([
    "check",
    "-r",
    "-q",
    "--one-way",
    "--size-only",
    "memory://a/p/",
    "memory://b/",
  ]);
  assertEquals(sizes, { code: 1, stdout: "+ more\n", stderr: "" });
});

Deno.test("lade check exits with 0 where all is the same, and tells how it knows in JSON", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "1", "memory://b/x": "1" });
  const { code, stdout, stderr } = await cli.run(["check", "-r", "--json", "memory://a", "memory://b"]);
  assertEquals(code, 0);
  assertEquals(JSON.parse(stdout), {
    type: "comparison",
    sign: "=",
    name: "x",
    source: "memory://a/x",
    destination: "memory://b/x",
    size: 1,
    by: "content",
    detail: "the bytes are the same",
  });
  const { elapsedMs: _, ...summary } = JSON.parse(stderr);
  assertEquals(summary, {
    type: "compared",
    same: 1,
    different: 0,
    missingAtDestination: 0,
    missingAtSource: 0,
    failed: 0,
    by: { content: 1 },
  });
});

Deno.test("lade check compares one object with that of a name, or of its own name below a prefix", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x": "1", "memory://b/x": "1", "memory://b/y": "2" });
  assertEquals((await cli.run(["check", "-q", "memory://a/x", "memory://b/"])).code, 0);
  assertEquals((await cli.run(["check", "--all", "memory://a/x", "memory://b/x"])).stdout, "= x\n");
  assertEquals((await cli.run(["check", "memory://a/x", "memory://b/y"])).stdout, "* x\n");
  assertEquals((await cli.run(["check", "memory://a/x", "memory://b/z"])).stdout, "+ x\n");
  const missing = await cli.run(["check", "memory://a/z", "memory://b/x"]);
  assertEquals([missing.code, missing.stdout], [1, ""]);
  assertMatch(missing.stderr, /^lade: Cannot check "memory:\/\/a\/z": no such object/);
});

Deno.test("lade check refuses what cannot be meant", async () => {
  await using cli = new CliHere();
  assertEquals((await cli.run(["check", "memory://a/"])).code, 2);
  assertEquals((await cli.run(["check", "memory://a", "memory://b", "memory://c"])).code, 2);
  assertEquals((await cli.run(["check", "--download", "--size-only", "memory://a", "memory://b"])).code, 2);
  await cli.fill({ "memory://a/x": "1" });
  const filtered = await cli.run(["check", "--exclude", "a", "memory://a/x", "memory://b/"]);
  assertEquals(filtered.code, 2);
  assertMatch(filtered.stderr, /"memory:\/\/a\/x" is one object\. Filters choose/);
});

Deno.test("lade check takes trees without -r, and an object where there is one of that name", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/p/x": "1", "memory://b/x": "1", "memory://b/y": "1", "memory://a/p": "1" });
  for (const source of ["memory://a/p/", "memory://a"]) {
    const { stdout } = await cli.run([
      "check",
      "--all",
      "--include",
      "*x",
      source,
      source === "memory://a" ? source : "memory://b",
    ]);
    assertEquals(stdout, source === "memory://a" ? "= p/x\n" : "= x\n");
  }
  assertEquals((await cli.run(["check", "--all", "memory://a/p", "memory://b/x"])).stdout, "= p\n");
  assertEquals((await cli.run(["check", "--all", "-r", "memory://a/p", "memory://b"])).stdout, "= x\n- y\n");
  await using directory = await TemporaryDirectory.make({ "d/x": "1", "e/x": "2" });
  const { path } = directory;
  assertEquals((await cli.run(["check", `${path}/d`, `${path}/e`])).stdout, "* x\n");
  const missing = await cli.run(["check", "memory://a/none", "memory://b"]);
  assertEquals([missing.code, missing.stdout], [1, ""]);
  assertMatch(missing.stderr, /Cannot check "memory:\/\/a\/none": no such object or prefix/);
});

Deno.test("lade check reads each local file once, and the next time none, without a request for any object", async () => {
  await using cli = await S3Cli.start({ "d/a": "1", "d/sub/b": "22", "d/c": "333" });
  const { path } = cli.directory;
  for (const name of ["a", "sub/b", "c"]) await Deno.utime(`${path}/d/${name}`, new Date(0), new Date(0));
  await cli.run(["put", "-q", "-r", "d/", "s3://bucket/d/"]);
  const env = { LADE_CACHE_DIR: `${path}/cache` };
  const first = await cli.watch(["check", "--all", "-r", "d/", "s3://bucket/d/"], { env });
  assertEquals([first.code, first.stdout], [0, "= a\n= c\n= sub/b\n"]);
  assertMatch(first.stderr, /found 3 the same \(3 by etag\)/);
  assertEquals(first.operations, ["ListObjectsV2"]);
  const second = await cli.watch(["check", "-r", "s3://bucket/d/", "d/"], { env });
  assertEquals([second.code, second.operations], [0, ["ListObjectsV2"]]);
  assertMatch(second.stderr, /found 3 the same \(3 by remembered checksum\)/);
  await Deno.writeTextFile(`${path}/d/a`, "2");
  const changed = await cli.run(["check", "-r", "-q", "d/", "s3://bucket/d/"], { env });
  assertEquals([changed.code, changed.stdout], [1, "* a\n"]);
  const without = await cli.run(["check", "-r", "-q", "--no-checksum-cache", "d/", "s3://bucket/d/"]);
  assertEquals([without.code, without.stdout], [1, "* a\n"]);
});

Deno.test("lade check --download reads all of both", async () => {
  await using cli = await S3Cli.start({ "d/a": "1" });
  await cli.run(["put", "-q", "-r", "d/", "s3://bucket/d/"]);
  const { code, stderr, operations } = await cli.watch(["check", "-r", "--download", "d/", "s3://bucket/d/"]);
  assertEquals([code, operations], [0, ["ListObjectsV2", "GetObject"]]);
  assertMatch(stderr, /1 the same \(1 by reading both\)/);
});

Deno.test("lade check says with -v that it goes without a cache, and works", async () => {
  await using directory = await TemporaryDirectory.make({ "a/1": "1", "b/1": "1", "file": "" });
  await using cli = new CliHere();
  const env = { LADE_CACHE_DIR: `${directory.path}/file/x` };
  const { code, stderr } = await cli.run(
    ["check", "-v", "-r", `${directory.path}/a`, `${directory.path}/b`],
    { env },
  );
  assertEquals(code, 0);
  assertMatch(stderr, /lade: no checksum cache is used: /);
});

Deno.test("lade check compares what its filters take, and says of a listed name that neither side has it", async () => {
  await using cli = new CliHere();
  await cli.fill({ "memory://a/x.txt": "1", "memory://a/y.bin": "1", "memory://b/x.txt": "1" });
  const filtered = await cli.run(["check", "--all", "-r", "--exclude", "*.bin", "memory://a", "memory://b"]);
  assertEquals([filtered.code, filtered.stdout], [0, "= x.txt\n"]);
  const listed = await cli.run(["check", "--all", "-r", "--files-from", "-", "memory://a", "memory://b"], {
    stdin: ["x.txt\nz\n"],
  });
  assertEquals([listed.code, listed.stdout], [1, "= x.txt\n! z\n"]);
  assertMatch(listed.stderr, /Cannot check "memory:\/\/a\/z": it is on neither side/);
  assertEquals((await cli.run(["check", "--exclude", "*", "memory://a/x.txt", "memory://b"])).code, 2);
});
