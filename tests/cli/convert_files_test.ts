import { assertEquals, assertMatch } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const FILES = { "a/1.cls": "5", "a/1.txt": "hi", "b/2.cls": "6", "b/2.txt": "there" };

function below(files: Readonly<Record<string, string>>, prefix: string): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [prefix + name, text]));
}

for (const format of ["tar", "tfrecord"] as const) {
  Deno.test(`lade convert packs a tree into ${format} with its index, and unpacks it again`, async () => {
    await using cli = new CliHere();
    await cli.fill(below(FILES, "memory://m/in/"));
    const packed = await cli.run(["convert", "memory://m/in/", `memory://m/x.${format}`]);
    const what = format === "tar" ? "archive" : "object";
    assertEquals(packed, {
      code: 0,
      stdout: `convert memory://m/in/ memory://m/x.${format} (4 files, 1 ${what})\n`,
      stderr: "",
    });
    const checked = await cli.run(["index", "--check", `memory://m/x.${format}`]);
    assertMatch(checked.stdout, format === "tar" ? /^current .*\(2 samples\)/ : /^current .*\(4 records\)/);
    assertEquals((await cli.run(["verify", `memory://m/x.${format}`])).code, 0);
    const json = await cli.run(["convert", "--json", `memory://m/x.${format}`, "memory://m/out/"]);
    assertEquals(JSON.parse(json.stdout), {
      type: "converted",
      source: `memory://m/x.${format}`,
      destination: "memory://m/out/",
      from: format,
      to: "files",
      files: 4,
    });
    assertEquals(await cli.contents("memory://m/out/"), below(FILES, "memory://m/out/"));
    const sharded = await cli.run([
      ...["convert", "--shard-size", "2K", "--no-index"],
      ...["memory://m/in/", `memory://m/s/%06d.${format}`],
    ]);
    assertEquals(sharded.code, 0, sharded.stderr);
    const shards = Object.keys(await cli.contents("memory://m/s/"));
    assertEquals(shards[0], `memory://m/s/000000.${format}`);
    assertEquals(shards.some((uri) => uri.endsWith(".idx")), false);
  });
}

Deno.test("lade convert packs a directory into a bucket and unpacks into a directory that it makes", async () => {
  await using directory = await TemporaryDirectory.make(below(FILES, "in/"));
  await using here = await S3Here.start();
  const { path } = directory;
  const packed = await here.run(["convert", "--to", "tar", `${path}/in`, "s3://bucket/d/"]);
  assertEquals([packed.code, packed.stderr], [0, ""]);
  assertEquals(Object.keys(here.texts()), ["d/in.idx", "d/in.tar"]);
  const unpacked = await here.run(["convert", "s3://bucket/d/in.tar", `${path}/new/`]);
  assertEquals([unpacked.code, unpacked.stderr], [0, ""]);
  assertEquals(await directory.tree(), { ...below(FILES, "in/"), ...below(FILES, "new/") });
  // Nothing is left of a directory that nothing came into.
  const failed = await here.run(["convert", "s3://bucket/none.tar", `${path}/other/`]);
  assertEquals(failed.code, 1);
  assertEquals(await Deno.stat(`${path}/other`).then(() => true, () => false), false);
});

Deno.test("lade convert reports what it cannot pack or unpack, and does the rest", async () => {
  await using directory = await TemporaryDirectory.make({ ...below(FILES, "in/"), "out": "secret" });
  await using cli = new CliHere();
  const { path } = directory;
  await Deno.symlink(`${path}/out`, `${path}/in/link`);
  const packed = await cli.run(["convert", `${path}/in`, "memory://m/x.tar"]);
  assertEquals([packed.code, packed.stdout.includes("(4 files, 1 archive)")], [1, true]);
  assertMatch(packed.stderr, /^lade: Cannot convert ".*\/in\/link": it is a symbolic link that leads out/);
  await new Deno.Command("tar", { args: ["cf", `${path}/l.tar`, "-C", path, "in"] }).output();
  const unpacked = await cli.run(["convert", `${path}/l.tar`, "memory://m/u/"]);
  assertEquals(unpacked.code, 1);
  assertMatch(unpacked.stderr, /member "in\/link" is a symlink, which is not unpacked/);
  assertEquals(await cli.contents("memory://m/u/"), below(FILES, "memory://m/u/in/"));
});

Deno.test("lade convert refuses trees and options that do not go together", async () => {
  await using cli = new CliHere();
  await cli.fill({ ...below(FILES, "memory://m/in/"), "memory://m/t.csv": "a\n1\n" });
  for (
    const [args, exit, told] of [
      [["memory://m/in/", "memory://m/x.parquet"], 1, /files become tar or tfrecord, not parquet/],
      [["memory://m/in/", "memory://m/x"], 1, /give its format/],
      [["memory://m/in/", "memory://m/x.tar.gz"], 1, /tar is not compressed/],
      [["memory://m/in/", "memory://m/in/x.tar"], 1, /among the files/],
      [["--columns", "a", "memory://m/in/", "memory://m/x.tar"], 1, /no columns/],
      [["memory://m/t.csv", "memory://m/out/"], 2, /--to says/],
      [["--shard-size", "1K", "memory://m/t.csv", "memory://m/x.parquet"], 1, /only files/],
      [
        ["--no-index", "memory://m/t.csv", "memory://m/x.tfrecord"],
        1,
        /only what is made of files has an index/,
      ],
      [["-n", "memory://m/x.tar", "memory://m/out/"], 2, /-n is for one object/],
      [["memory://m/none/", "memory://m/x.tar"], 1, /no objects are below it/],
    ] as const
  ) {
    const { code, stdout, stderr } = await cli.run(["convert", ...args]);
    assertEquals([code, stdout], [exit, ""], `${args}: ${stderr}`);
    assertMatch(stderr, told);
  }
});
