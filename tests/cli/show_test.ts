import { assert, assertEquals, assertMatch } from "@std/assert";
import { gzipSync } from "node:zlib";
import { latin, safetensorsFile } from "./format_files.ts";
import { CliHere } from "./run_here.ts";
import { S3Here } from "./s3_here.ts";

const MODEL = safetensorsFile([
  ["embed.weight", "F32", [4, 8], new Uint8Array(128)],
  ["bias", "I64", [2], new Uint8Array(16)],
], { format: "pt" });

Deno.test("lade show tells what an object is, and each of its arrays", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/a.safetensors", MODEL);
  const { code, stdout, stderr } = await cli.run(["show", "memory://m/a.safetensors"]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.split("\n"), [
    "memory://m/a.safetensors",
    "  format           safetensors",
    `  size             ${MODEL.length}`,
    "  arrays           2",
    "  checksums        none",
    "  metadata format  pt",
    "",
    "  array         dtype    shape   bytes",
    "  embed.weight  float32  [4, 8]    128",
    "  bias          int64    [2]        16",
    "",
  ]);
  const json = await cli.run(["show", "--json", "memory://m/a.safetensors"]);
  assertEquals(JSON.parse(json.stdout), {
    type: "description",
    uri: "memory://m/a.safetensors",
    format: "safetensors",
    size: MODEL.length,
    arrays: [
      { name: "embed.weight", dtype: "float32", shape: [4, 8], bytes: 128, order: "C" },
      { name: "bias", dtype: "int64", shape: [2], bytes: 16, order: "C" },
    ],
    checksums: [],
    metadata: { format: "pt" },
  });
});

Deno.test("lade show prints a line for each object of a prefix, goes on past faults, and leaves nothing out", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/p/a.safetensors", MODEL);
  await cli.lade.put("memory://m/p/b.gz", gzipSync(MODEL));
  await cli.lade.put("memory://m/p/c.safetensors", MODEL.slice(0, -1));
  await cli.lade.put("memory://m/p/d.txt", "text");
  for (const args of [["memory://m/p/"], ["-r", "memory://m/p"]]) {
    const { code, stdout, stderr } = await cli.run(["show", ...args]);
    assertEquals(code, 1);
    assertEquals(stdout.split("\n").map((line) => line.replaceAll(/ +/g, " ")), [
      `safetensors 2 arrays ${MODEL.length} a.safetensors`,
      `safetensors.gzip 2 arrays ${MODEL.length} b.gz`,
      "- 4 d.txt",
      "",
    ]);
    assertMatch(stderr, /^lade: Cannot read safetensors "memory:\/\/m\/p\/c.safetensors": /);
  }
  const json = await cli.run(["show", "--json", "--exclude", "c.*", "memory://m/p/"]);
  assertEquals(json.code, 0);
  const lines = json.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ format, storedAs, size }) => [format, storedAs, size]), [
    ["safetensors", undefined, MODEL.length],
    ["safetensors", "gzip", MODEL.length],
    [undefined, undefined, 4],
  ]);
  const long = await cli.run(["show", "-l", "memory://m/p/a.safetensors", "memory://m/p/b.gz"]);
  assertEquals(long.stdout.match(/embed\.weight/g)?.length, 2);
  assertMatch(long.stdout, /stored as +gzip/);
});

Deno.test("lade show refuses what it cannot tell, with what to do", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/x.npy", MODEL);
  await cli.fill({ "memory://m/text": "a,b\n", "memory://m/p/q": "1" });
  for (
    const [args, told] of [
      [["memory://m/x.npy"], /its name says npy, its bytes say safetensors; give the format/],
      [["memory://m/text"], /neither its name nor its bytes .*; give its format where it is csv/],
      [["memory://m/none"], /^lade: Cannot show "memory:\/\/m\/none": no such object\n/],
      [["memory://m/p"], /it is a prefix; add a slash at its end/],
      [["memory://m/none/"], /no such prefix/],
      [["--include", "*", "memory://m/text"], /"memory:\/\/m\/text" is one object/],
      [["--format", "xlsx", "memory://m/text"], /npy/],
    ] as const
  ) {
    const { code, stdout, stderr } = await cli.run(["show", ...args]);
    assertEquals([code > 0, stdout], [true, ""], stderr);
    assertMatch(stderr, told);
  }
  const given = await cli.run(["show", "--format", "safetensors", "memory://m/x.npy"]);
  assertEquals(given.code, 0, given.stderr);
});

Deno.test("lade show fits its tables into the terminal, and no name reaches it raw", async () => {
  await using cli = new CliHere();
  const name = `layer.${"very.".repeat(30)}\x1b[31m\u202eweight\n`;
  await cli.lade.put(
    "memory://m/a.safetensors",
    safetensorsFile([[name, "F32", [1], new Uint8Array(4)]], {
      [name]: `\x1b]0;title\x07${"x".repeat(900)}`,
    }),
  );
  for (const columns of [40, 60, 120]) {
    const { stdout } = await cli.run(["show", "memory://m/a.safetensors"], { columns, tty: true });
    const table = stdout.split("\n").slice(-3);
    assert(table.every((line) => line.length <= columns), stdout);
    assertMatch(table[1] ?? "", /^ {2}layer\.very.*float32 {2}\[1\] .* 4$/);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x09\x0b-\x1f\u202e]/.test(stdout), false);
  }
});

Deno.test("lade show reads of a large object its header, and of one by one request", async () => {
  await using here = await S3Here.start();
  here.fake.putObject("bucket", "big.safetensors", "");
  const tensor = new Uint8Array(4 * 2 ** 20);
  await here.lade.put("s3://bucket/big.safetensors", safetensorsFile([["t", "U8", [tensor.length], tensor]]));
  const before = here.fake.requests.length;
  const { code, stdout } = await here.run(["show", "s3://bucket/big.safetensors"]);
  assertEquals(code, 0);
  assertMatch(stdout, /t +uint8 +\[4194304\]/);
  assertEquals(here.fake.requests.length - before, 1);
});

Deno.test("lade show takes no text for a format that has signs", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/x.safetensors", latin("id,name\n1,a\n"));
  const { code, stderr } = await cli.run(["show", "memory://m/x.safetensors"]);
  assertEquals(code, 1);
  assertMatch(stderr, /^lade: Cannot read safetensors "memory:\/\/m\/x\.safetensors": /);
});
