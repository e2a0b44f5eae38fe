import { assertEquals, assertMatch } from "@std/assert";
import { injectFaults } from "@lade/testing";
import { convert } from "@lade/formats/convert";
import { writeNpz } from "@lade/formats/npz";
import { NPY, putTable } from "./format_files.ts";
import { CliHere } from "./run_here.ts";
import { S3Here } from "./s3_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

async function rowsOf(cli: CliHere, uri: string): Promise<unknown[]> {
  const { stdout, stderr } = await cli.run(["head", "-n", "100000", "--json", uri]);
  assertEquals(stderr, "");
  return stdout.trim().split("\n").map((line) => JSON.parse(line).values);
}

Deno.test("lade convert makes every table of every other one, with the same rows", async () => {
  await using cli = new CliHere();
  await putTable(cli, "memory://m/a.arrow", 1000);
  const rows = await rowsOf(cli, "memory://m/a.arrow");
  let before = "a.arrow";
  for (const name of ["b.parquet", "c.arrows", "d.tfrecord", "e.tfrecord.gz", "f.parquet", "g.arrow"]) {
    const { code, stdout, stderr } = await cli.run(["convert", `memory://m/${before}`, `memory://m/${name}`]);
    assertEquals(code, 0, stderr);
    assertEquals(stdout, `convert memory://m/${before} memory://m/${name} (1000 rows)\n`);
    const guessed = /d\.tfrecord|e\.tfrecord/.test(before)
      ? /^lade: columns guessed from the first rows: id: int64\??, text: .*, x: float32\??\n$/
      : /^$/;
    assertMatch(stderr, guessed);
    assertEquals((await rowsOf(cli, `memory://m/${name}`)).length, rows.length, name);
    before = name;
  }
  assertEquals(await rowsOf(cli, "memory://m/b.parquet"), rows);
  assertEquals(await rowsOf(cli, "memory://m/c.arrows"), rows);
});

Deno.test("lade convert makes safetensors of npz, of all arrays or some", async () => {
  await using cli = new CliHere();
  const { store, key } = await cli.lade.locate("memory://m/x.npz");
  const a = { dtype: "float32", shape: [2], order: "C", data: Float32Array.of(0.1, 2) } as const;
  await writeNpz(store, key, { a, b: { ...a, data: Float32Array.of(3, 4) } });
  const all = await cli.run(["convert", "memory://m/x.npz", "memory://m/x.safetensors"]);
  assertEquals([all.code, all.stdout], [
    0,
    "convert memory://m/x.npz memory://m/x.safetensors (2 arrays)\n",
  ]);
  const head = await cli.run(["head", "memory://m/x.safetensors"]);
  assertMatch(head.stdout, /a +float32 +\[2\] +\[0\.1, 2\]\nb +float32 +\[2\] +\[3, 4\]/);
  const one = await cli.run(["convert", "--columns", "b", "memory://m/x.npz", "memory://m/y.safetensors"]);
  assertEquals([one.code, one.stdout.includes("(1 array)")], [0, true], one.stderr);
  for (const option of ["--compression=zstd", "--group-rows=5", "--schema=a: int8"]) {
    const { code, stderr } = await cli.run([
      "convert",
      option,
      "memory://m/x.npz",
      "memory://m/z.safetensors",
    ]);
    assertEquals(code, 1, stderr);
  }
});

Deno.test("lade convert chooses columns, compression and groups, and a prefix keeps the name", async () => {
  await using cli = new CliHere();
  await putTable(cli, "memory://m/a.arrow", 1000);
  const args = ["--columns", "x,id", "--compression", "gzip", "--group-rows", "100", "--to", "parquet"];
  const { stdout, stderr } = await cli.run([
    "convert",
    "--json",
    ...args,
    "memory://m/a.arrow",
    "memory://m/out/",
  ]);
  assertEquals(stderr, "");
  assertEquals(JSON.parse(stdout), {
    type: "converted",
    source: "memory://m/a.arrow",
    destination: "memory://m/out/a.parquet",
    from: "arrow",
    to: "parquet",
    rows: 1000,
  });
  const shown = JSON.parse((await cli.run(["show", "--json", "memory://m/out/a.parquet"])).stdout);
  assertEquals(shown.schema.fields.map(({ name }: { name: string }) => name), ["x", "id"]);
  assertEquals([shown.rows, shown.chunks, shown.compression], [1000, 10, "gzip"]);
});

Deno.test("lade convert replaces what is there only with a whole object, and not with -n", async () => {
  await using cli = new CliHere();
  await putTable(cli, "memory://m/a.arrow", 10);
  await cli.fill({ "memory://m/b.parquet": "old", "memory://m/cut.arrow": "" });
  const whole = await cli.lade.get("memory://m/a.arrow");
  await cli.lade.put("memory://m/cut.arrow", whole.slice(0, whole.length - 20));
  const kept = await cli.run(["convert", "-n", "memory://m/a.arrow", "memory://m/b.parquet"]);
  assertEquals(kept, { code: 0, stdout: "", stderr: "skipped memory://m/b.parquet: it is there already\n" });
  const cut = await cli.run(["convert", "memory://m/cut.arrow", "memory://m/b.parquet"]);
  assertEquals([cut.code, cut.stdout], [1, ""]);
  assertEquals((await cli.contents("memory://m/b.parquet"))["memory://m/b.parquet"], "old");
  assertEquals((await cli.run(["convert", "memory://m/a.arrow", "memory://m/b.parquet"])).code, 0);
  assertEquals((await rowsOf(cli, "memory://m/b.parquet")).length, 10);
});

Deno.test("lade convert says what it cannot do, before it reads or writes", async () => {
  await using cli = new CliHere();
  await putTable(cli, "memory://m/a.arrow", 10);
  await cli.lade.put("memory://m/a.npy", NPY);
  for (
    const [args, exit, told] of [
      [["memory://m/a.arrow"], 2, /A source and a destination are needed/],
      [["memory://m/a.arrow", "memory://m/b", "memory://m/c"], 2, /one source and one destination/],
      [["memory://m/a.arrow", "memory://m/a.arrow"], 2, /onto itself/],
      [["memory://m/a.arrow", "memory://m/out/"], 2, /--to says which format/],
      [["memory://m/a.arrow", "memory://m/b.what"], 1, /its name says none of .*; give its format/],
      [["memory://m/a.arrow", "memory://m/b.npy"], 1, /there is no way from arrow to npy/],
      [["memory://m/a.npy", "memory://m/b.parquet"], 1, /there is no way from npy to parquet/],
      [["memory://m/a.arrow", "memory://m/b.parquet.gz"], 1, /parquet is not compressed by gzip as a whole/],
      [["--group-rows", "5", "memory://m/a.arrow", "memory://m/b.tfrecord"], 1, /no groups of rows/],
      [
        ["--columns", "id,none", "memory://m/a.arrow", "memory://m/b.parquet"],
        1,
        /no column is called "none"/,
      ],
      [["--compression", "lzma", "memory://m/a.arrow", "memory://m/b.parquet"], 1, /lzma/],
      [["memory://m/none.csv", "memory://m/b.parquet"], 1, /no such object/],
    ] as const
  ) {
    const { code, stdout, stderr } = await cli.run(["convert", ...args]);
    assertEquals([code, stdout], [exit, ""], stderr);
    assertMatch(stderr, told);
  }
  assertEquals(Object.keys(await cli.contents("memory://m/")).sort(), [
    "memory://m/a.arrow",
    "memory://m/a.npy",
  ]);
});

Deno.test("convert() that is aborted leaves nothing behind, in a directory and in a bucket", async () => {
  await using directory = await TemporaryDirectory.make({ "d/x": "" });
  await using here = await S3Here.start();
  await putTable(here, "s3://bucket/a.arrow", 5000);
  for (const base of [`${directory.path}/d/`, "s3://bucket/"]) {
    const from = await here.lade.locate("s3://bucket/a.arrow");
    const to = await here.lade.locate(`${base.startsWith("s3") ? base : `file://${base}`}b.parquet`);
    const aborting = new AbortController();
    const options = { signal: aborting.signal, onSchema: () => aborting.abort(new Error("enough")) };
    let failure: unknown;
    try {
      await convert(from, to, options);
    } catch (error) {
      failure = error;
    }
    assertEquals(failure instanceof Error ? failure.message : failure, "enough");
  }
  assertEquals(await directory.tree(), { "d/x": "" });
  assertEquals(Object.keys(here.texts()), ["a.arrow"]);
});

Deno.test("convert() whose write fails at its end leaves what was there", async () => {
  await using cli = new CliHere();
  await putTable(cli, "memory://m/a.arrow", 100);
  await cli.fill({ "memory://m/b.parquet": "old" });
  const from = await cli.lade.locate("memory://m/a.arrow");
  const to = await cli.lade.locate("memory://m/b.parquet");
  const store = injectFaults(to.store, [{
    operation: "close",
    fault: { kind: "throw", error: new Error("no room") },
  }]);
  let failure: unknown;
  try {
    await convert(from, { store, key: to.key });
  } catch (error) {
    failure = error;
  }
  assertEquals(failure instanceof Error ? failure.message : failure, "no room");
  assertEquals((await cli.contents("memory://m/b.parquet"))["memory://m/b.parquet"], "old");
});
