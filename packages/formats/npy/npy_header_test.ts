import { assert, assertEquals, assertRejects } from "@std/assert";
import { UnsupportedError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import { BytesSource } from "../source/bytes_source.ts";
import { encodeHeader } from "./encode_header.ts";
import { readHeader } from "./npy_header.ts";
import { parseLiteral } from "./parse_literal.ts";

/** A file of a header's text as it is, and so many bytes behind it. */
function fileOf(text: string, dataLength: number, version = 1): BytesSource {
  const encoded = version === 3
    ? new TextEncoder().encode(text)
    : Uint8Array.from(text, (character) => character.charCodeAt(0));
  const prefix = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(prefix + encoded.length + dataLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  new DataView(bytes.buffer).setUint16(8, encoded.length, true);
  if (version > 1) new DataView(bytes.buffer).setUint32(8, encoded.length, true);
  bytes.set(encoded, prefix);
  return new BytesSource(bytes, "memory://m/a.npy");
}

function header(descr: string, shape: string, fortran = "False"): string {
  return `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
}

Deno.test("encodeHeader() is byte for byte what numpy.save of float32 arange(6).reshape(2, 3) begins with", () => {
  const bytes = encodeHeader(parseLiteral("'<f4'"), [2, 3], "C");
  assertEquals(bytes.length, 128);
  assertEquals([...bytes.subarray(0, 10)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 0x76, 0]);
  const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  assertEquals(new TextDecoder().decode(bytes.subarray(10)), text.padEnd(117) + "\n");
});

Deno.test("encodeHeader() takes the least version that fits, and aligns to 64", async () => {
  const names = Array.from({ length: 4000 }, (_, index) => `('field${index}', '<f8')`);
  for (
    const [descr, version, size] of [
      ["'<f8'", "1.0", 8],
      ["[('é', '<f8')]", "1.0", 8],
      [`[${names.join(", ")}]`, "2.0", 32000],
      ["[('é☃', '<f8')]", "3.0", 8],
    ] as const
  ) {
    const bytes = encodeHeader(parseLiteral(descr), [2], "C");
    assertEquals(bytes.length % 64, 0);
    const file = new Uint8Array(bytes.length + 2 * size);
    file.set(bytes);
    const read = await readHeader(new BytesSource(file, "m"), { maxHeader: 200_000 });
    assertEquals(read.header.version, version);
    assertEquals(read.header.dataOffset, bytes.length);
    assertEquals(read.header.elementSize, size);
  }
});

Deno.test("readHeader() reads what other writers write: other spaces, orders of keys, Python 2's numbers", async () => {
  const text = `{"shape":(2L,\n3L),"fortran_order":True,"descr":"<M8[25s]"}`;
  const { header: read } = await readHeader(fileOf(text, 48));
  assertEquals(read.shape, [2, 3]);
  assertEquals(read.order, "F");
  assertEquals(read.type, { dtype: "datetime", unit: "s", step: 25 });
  assertEquals(read.dataOffset, 10 + text.length);
});

Deno.test("readHeader() refuses what is no header of an array", async () => {
  for (
    const [text, detail] of [
      ["{'descr': '<f4', 'fortran_order': False}", "has the keys"],
      ["{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}", "not exactly"],
      ["{'descr': '<f4', 'fortran_order': False, 'shape': (), 'shape': ()}", "twice"],
      ["[1]", "not exactly"],
      ["{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': ()}", "no value begins"],
      [header("'<f4'", "()", "0"), "neither True nor False"],
      [header("'<f4'", "(-1,)"), "no shape"],
      [header("'<f4'", "[1]"), "no shape"],
      [header("'<f4'", "1"), "no shape"],
      [header("'<f4'", "(True,)"), "no shape"],
      [header("'<f4'", "(4294967296, 4294967296)"), "larger than any object"],
      [header("'<f4'", "(9007199254740991,)"), "larger than any object"],
      [header("'|V0'", "(9007199254740991,)"), "elements of no bytes"],
      [header("'<f4'", "(1,)"), "its array takes 4 bytes, and 0 are there: it is cut"],
      [header("'f4'", "()"), "no dtype"],
      [header("'=f4'", "()"), "no dtype"],
      [header("'|f4'", "()"), "no dtype"],
      [header("'<f4[s]'", "()"), "no dtype"],
      [header("'<M8[x]'", "()"), "no dtype"],
      [header("'<M8[0s]'", "()"), "no dtype"],
      [header("'<M4[s]'", "()"), "no dtype"],
      [header("'<x4'", "()"), "no dtype"],
      [header("''", "()"), "no dtype"],
      [header("'<U9007199254740991'", "(0,)"), "no dtype"],
      [header("3", "()"), "no dtype"],
      [header("('<f4', (2,))", "()"), "no dtype"],
      [header("['<f4']", "()"), "no field"],
      [header("[('a',)]", "()"), "no field"],
      [header("[(1, '<f4')]", "()"), "no field"],
      [header("[('a', '<f4', (1,), 2)]", "()"), "no field"],
      [header("[('a', '<f4', (-1,))]", "()"), "no shape"],
      [header("[('a', '<f4'), ('a', '<f4')]", "()"), "two fields"],
      [header("[(('a', 'b'), '<f4'), ('a', '<f4')]", "()"), "two fields"],
      [header("[('a', '<f8', (9007199254740991,))]", "()"), "larger than any object"],
    ] as const
  ) {
    const error = await assertRejects(() => readHeader(fileOf(text, 0)), FormatError);
    assert((error as Error).message.includes(detail), `${text}: ${(error as Error).message}`);
    assert((error as Error).message.startsWith('Cannot read npy "memory://m/a.npy": '));
  }
  await assertRejects(
    () => readHeader(fileOf(header("'<f4'", "()"), 5)),
    FormatError,
    "more follows the array",
  );
});

Deno.test("readHeader() refuses pickles and what the platform has no numbers for, and says what to do", async () => {
  for (const descr of ["'|O'", "'O'", "'|O8'", "'|T16'", "[('a', [('b', '|O')])]"]) {
    await assertRejects(() => readHeader(fileOf(header(descr, "(0,)"), 0)), UnsupportedError, "unpickled");
  }
  for (const descr of ["'<f16'", "'<c32'", "'<i16'", "'<b2'"]) {
    await assertRejects(
      () => readHeader(fileOf(header(descr, "(0,)"), 0)),
      UnsupportedError,
      "another dtype",
    );
  }
});

Deno.test("readHeader() reads no longer header than it is told", async () => {
  const text = header("'<f4'", "()").padEnd(10_001);
  const error = await assertRejects(() => readHeader(fileOf(text, 4)), FormatError, "10001 characters");
  assert((error as Error).message.endsWith("; raise maxHeader where it is to be trusted"));
  assertEquals((await readHeader(fileOf(text, 4), { maxHeader: 10_001 })).header.shape, []);
  assertEquals((await readHeader(fileOf(text.slice(0, 10_000), 4))).header.shape, []);
  // What it claims is refused before it is read: this one has no such bytes.
  const claims = fileOf("", 0, 2).bytes.slice();
  new DataView(claims.buffer).setUint32(8, 0xffffffff, true);
  await assertRejects(() => readHeader(new BytesSource(claims, "m")), FormatError, "4294967295 characters");
  await assertRejects(
    () => readHeader(new BytesSource(claims, "m"), { maxHeader: 2 ** 32 }),
    FormatError,
    "ends behind the end",
  );
});

Deno.test("readHeader() refuses other versions, and text of version 3.0 that is not in UTF-8", async () => {
  const file = fileOf(header("'<f4'", "()"), 4);
  for (const [major, minor] of [[0, 0], [4, 0], [1, 1], [255, 0]] as const) {
    const bytes = file.bytes.slice();
    bytes.set([major, minor], 6);
    await assertRejects(
      () => readHeader(new BytesSource(bytes, "m")),
      FormatError,
      `its version is ${major}.${minor}`,
    );
  }
  const wide = fileOf(header("[('é', '<f4')]", "()"), 4, 3).bytes.slice();
  wide[wide.indexOf(0xc3)] = 0xff;
  await assertRejects(() => readHeader(new BytesSource(wide, "m")), FormatError, "not in UTF-8");
});
