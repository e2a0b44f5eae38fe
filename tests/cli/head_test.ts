import { assert, assertEquals, assertMatch } from "@std/assert";
import { writeNpz } from "@lade/formats/npz";
import { latin, NPY, safetensorsFile } from "./format_files.ts";
import { CliHere } from "./run_here.ts";

Deno.test("lade head shows rows of a table of numbers, and of other arrays elements with their index", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/a.npy", NPY);
  assertEquals(await cli.run(["head", "memory://m/a.npy"]), {
    code: 0,
    stdout: "0  1  2\n0  1  2\n3  4  5\n",
    stderr: "",
  });
  const fortran = String.fromCharCode(...NPY).replace("False", "True ");
  await cli.lade.put("memory://m/f.npy", latin(fortran));
  const { stdout } = await cli.run(["head", "-n", "3", "memory://m/f.npy"]);
  assertEquals(stdout.split("\n"), ["index   value", "[0, 0]      0", "[1, 0]      1", "[0, 1]      2", ""]);
  const json = await cli.run(["head", "-n1", "--json", "memory://m/a.npy"]);
  assertEquals(JSON.parse(json.stdout), {
    type: "row",
    uri: "memory://m/a.npy",
    number: 0,
    values: { "0": 0, "1": 1, "2": 2 },
  });
});

Deno.test("lade head shows tensors with their first elements, each object under its name", async () => {
  await using cli = new CliHere();
  const floats = new Uint8Array(new Float32Array([0.1, -1.5, NaN, 3]).buffer);
  await cli.lade.put("memory://m/a.safetensors", safetensorsFile([["t", "F32", [2, 2], floats]]));
  await cli.lade.put("memory://m/b.npy", NPY);
  const { code, stdout, stderr } = await cli.run([
    "head",
    "-n3",
    "memory://m/a.safetensors",
    "memory://m/none",
    "memory://m/b.npy",
  ]);
  assertEquals(code, 1);
  assertEquals(stdout.split("\n").slice(0, 4), [
    "==> memory://m/a.safetensors <==",
    "array  dtype    shape   values",
    "t      float32  [2, 2]  [0.1, -1.5, NaN]",
    "",
  ]);
  assertEquals(stdout.split("\n")[4], "==> memory://m/b.npy <==");
  assertMatch(stderr, /^lade: Cannot read "memory:\/\/m\/none": no such object\n$/);
  const json = await cli.run(["head", "--json", "memory://m/a.safetensors"]);
  assertEquals(JSON.parse(json.stdout).values.values, [0.1, -1.5, "NaN", 3]);
});

Deno.test("lade head shows the arrays of a Zarr group and of an npz, and the members of an archive", async () => {
  await using cli = new CliHere();
  const array = { zarr_format: 2, shape: [3, 2], chunks: [2, 2], dtype: "<i2", order: "C", fill_value: 7 };
  const metadata = JSON.stringify({ ...array, compressor: null, filters: null });
  await cli.fill({ "memory://m/g/.zgroup": '{"zarr_format":2}', "memory://m/g/a/.zarray": metadata });
  await cli.lade.put("memory://m/g/a/0.0", new Uint8Array(new Int16Array([1, 2, 3, 4]).buffer));
  const zarr = await cli.run(["head", "-n5", "memory://m/g"]);
  assertEquals(zarr, {
    code: 0,
    stdout: "array  dtype  shape   values\na      int16  [3, 2]  [1, 2, 3, 4, 7]\n",
    stderr: "",
  });
  const { store, key } = await cli.lade.locate("memory://m/x.npz");
  const x = { dtype: "float32", shape: [2], order: "C", data: Float32Array.of(0.1, 2) } as const;
  await writeNpz(store, key, { x });
  const alone = await cli.run(["head", "-n5", "memory://m/g/a"]);
  assertEquals(alone.stdout, "dtype  shape   values\nint16  [3, 2]  [1, 2, 3, 4, 7]\n");
  const shown = await cli.run(["head", "memory://m/x.npz"]);
  assertEquals(shown.stdout, "array  dtype    shape  values\nx      float32  [2]    [0.1, 2]\n");
  await cli.fill({ "memory://m/in/a.txt": "1" });
  await cli.run(["convert", "memory://m/in/", "memory://m/in.tar"]);
  const tar = await cli.run(["head", "memory://m/in.tar"]);
  assertMatch(tar.stdout, /^name +type +size +mtime\na\.txt +file +1 +1970-01-01T00:00:00Z\n$/);
});

Deno.test("lade head refuses columns and schemas of what has none, and counts that are none", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/a.npy", NPY);
  for (
    const [args, exit, told] of [
      [["--columns", "a", "memory://m/a.npy"], 1, /npy has no columns/],
      [["--schema", "a: int8", "memory://m/a.npy"], 1, /npy has no columns/],
      [["--schema", "a: what", "memory://m/a.npy"], 2, /The schema cannot be read: .* at character 4/],
      [["--columns", "a,,b", "memory://m/a.npy"], 2, /no list of names/],
      [["-n", "0", "memory://m/a.npy"], 2, /less than 1/],
      [[], 2, /A URI or path is needed/],
    ] as const
  ) {
    const { code, stderr } = await cli.run(["head", ...args]);
    assertEquals(code, exit, stderr);
    assertMatch(stderr, told);
  }
});

Deno.test("lade head fits what it shows into the terminal, however wide names and values are", async () => {
  await using cli = new CliHere();
  const names = Array.from({ length: 3 }, (_, index) => `${"name".repeat(20)}${index}\x1b[2J`);
  await cli.lade.put(
    "memory://m/a.safetensors",
    safetensorsFile(names.map((name) => [name, "F32", [64], new Uint8Array(256)])),
  );
  for (const columns of [30, 60, 120]) {
    const { stdout } = await cli.run(["head", "-n40", "memory://m/a.safetensors"], { columns, tty: true });
    const lines = stdout.trimEnd().split("\n");
    assertEquals(lines.length, 4 + Number(columns < 38));
    assert(lines.slice(0, 4).every((line) => line.length <= columns), stdout);
    assert(!stdout.includes("\x1b"), stdout);
    if (columns < 38) assertMatch(lines[4] ?? "", /^and 1 column more: --columns chooses, --json has all$/);
  }
});

Deno.test("lade head cuts no number, date or time so that it reads as another", async () => {
  await using cli = new CliHere();
  const rows = [
    [1234567890123, 1.5432112e-7, "2024-01-01T00:01:37.001000", "2024-01-01", "a rather long text of a cell"],
    [2, -123456789.25, null, "2024-01-02", "b"],
  ].map(([id, x, at, day, text]) => JSON.stringify({ id, x, at, day, text }));
  await cli.lade.put("memory://m/a.jsonl", `${rows.join("\n")}\n`);
  const at60 = await cli.run(["head", "memory://m/a.jsonl"], { columns: 68, tty: true });
  assertEquals(at60.stdout.split("\n"), [
    "           id         x  at                    day         text",
    "1234567890123  1.54…e-7  2024-01-01T00:01:37…  2024-01-01  a rathe…",
    "            2  -1.2…e+8  null                  2024-01-02  b",
    "",
  ]);
  const at26 = await cli.run(["head", "memory://m/a.jsonl"], { columns: 26, tty: true });
  assertEquals(at26.stdout.split("\n").slice(1), [
    "1234567890123  1.54321…e-7",
    "            2  -1.2345…e+8",
    "and 3 columns more: --columns chooses, --json has all",
    "",
  ]);
});

Deno.test("lade head shows bytes that are a text as one, with its lines, also where it is cut", async () => {
  await using cli = new CliHere();
  const rows = ["line\nbreak\tand tab", "東".repeat(300), "\x1b[2J"].map((text) =>
    new TextEncoder().encode(text).toBase64()
  );
  await cli.lade.put("memory://m/a.jsonl", rows.map((b) => JSON.stringify({ b })).join("\n"));
  const { stdout } = await cli.run(["head", "--schema", "b: binary", "memory://m/a.jsonl"], {
    columns: 40,
    tty: true,
  });
  assertEquals(stdout.split("\n"), ["b", "line\\nbreak\\tand tab", `${"東".repeat(19)}…`, "1b5b324a", ""]);
});
