import { assert, assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { formatSchema } from "../table/schema_text.ts";
import { assertDamageIsFound } from "../testing/damage.ts";
import { readRows } from "../testing/rows_of.ts";
import type { OpenCsvOptions } from "./csv_options.ts";
import { openCsv, openTsv } from "./open_csv.ts";

async function opened(text: string | Uint8Array, options?: OpenCsvOptions, open = openCsv) {
  const store = new MemoryStore();
  await store.put("t", typeof text === "string" ? new TextEncoder().encode(text) : text);
  return await open(store, "t", options);
}

async function rows(text: string | Uint8Array, options?: OpenCsvOptions, open = openCsv) {
  return await readRows(await opened(text, options, open));
}

async function cells(text: string, options?: OpenCsvOptions, open = openCsv) {
  return (await rows(text, options, open)).map((row) => Object.values(row));
}

async function fault(text: string | Uint8Array, options?: OpenCsvOptions): Promise<FormatError> {
  const error = await assertRejects(() => rows(text, options), FormatError);
  return error;
}

const TEXT = parseSchema("a: string?, b: string?");

Deno.test("csv: cells by RFC 4180: quotes, doubled ones, delimiters and line breaks in them, CRLF, no final newline", async () => {
  for (
    const [text, expected] of [
      ["a,b\n1,2\n", [["1", "2"]]],
      ["a,b\r\n1,2\r\n3,4", [["1", "2"], ["3", "4"]]],
      ["\ufeffa,b\n1,2", [["1", "2"]]],
      ['a,b\n"1","2"\n', [["1", "2"]]],
      ['a,b\n"x,y","p\nq\r\n"\n', [["x,y", "p\nq\r\n"]]],
      ['a,b\n"say ""hi""",""""\n', [['say "hi"', '"']]],
      ['a,b\n"",\n', [["", null]]],
      ["a,b\n,\n", [[null, null]]],
      ["a,b\n\n1,2\n\r\n\n", [["1", "2"]]],
      ["a,b\n é , ☃\n", [[" é ", " ☃"]]],
      ["a,b\n", []],
      ["a,b", []],
      ['"a","b"\n1,', [["1", null]]],
      ['a,b\n1,"2"', [["1", "2"]]],
    ] as const
  ) assertEquals(await cells(text, { schema: TEXT }), expected.map((row) => [...row]), JSON.stringify(text));
});

Deno.test("csv: one column: an empty line is a row without a value", async () => {
  assertEquals(await cells('a\n\n""\nx\n\n', { schema: parseSchema("a: string?") }), [[null], [""], ["x"], [
    null,
  ]]);
});

Deno.test("csv: what RFC 4180 has not is an error with its line", async () => {
  for (
    const [text, line, offset, detail] of [
      ["a,b\n1,2\n3\n", 3, 8, "1 cell is there, and not 2"],
      ["a,b\n1,2\n3,4,5,6\n", 3, 8, "4 cells are there, and not 2"],
      ['a,b\n"x\n\ny",2\n3\n', 5, 13, "1 cell is there"],
      ['a,b\n1,2"3\n', 2, 4, 'line 2, column "b": a quote is within'],
      ['a,b\n"1"2,3\n', 2, 4, 'column "a": a quoted cell is followed'],
      ['a,b\n1,2\n"3,4\n5,6\n', 3, 8, "a quote is opened and never closed"],
      ["a,b\n1,2\r3,4\n", 2, 4, "a carriage return stands alone"],
      ["a,b\n1,2\r", 2, 4, "a carriage return stands alone"],
      ["", undefined, undefined, "no first row"],
      ["a,a\n", undefined, undefined, 'two columns are called "a"'],
    ] as const
  ) {
    const error = await fault(text);
    assert(error.message.includes(detail), `${error.message} has not: ${detail}`);
    if (line !== undefined) {
      assert(error.message.includes(`line ${line}`), error.message);
      assertEquals([error.record, error.offset], [line - 1, offset], text);
    }
  }
  const bytes = new TextEncoder().encode("a,b\n1,2\nx,y\n");
  bytes[8] = 0xff;
  assert((await fault(bytes)).message.includes("line 3: the line is no UTF-8"));
  assert((await fault(Uint8Array.of(0xff, 0xfe, 97, 0, 10, 0))).message.includes("UTF-16"));
});

Deno.test("csv: a cell that is none of its type is an error with line and column, never NaN", async () => {
  for (
    const [type, bad] of [
      ["int8", "128"],
      ["int8", "1.0"],
      ["int8", ""],
      ["int64", "9223372036854775808"],
      ["int64", "12345678901234567890"],
      ["int64", "--1"],
      ["uint64", "-1"],
      ["uint64", "18446744073709551616"],
      ["float64", "1,5"],
      ["float64", "1e"],
      ["float64", "0x10"],
      ["float64", "."],
      ["float64", "1 2"],
      ["float32?", "-"],
      ["bool", "yes"],
      ["bool", "2"],
      ["date", "2026-02-30"],
      ["date", "20260201"],
      ["timestamp(ms)", "2026-02-01T10:00:00.0001"],
      ["timestamp(ms)", "2026-02-01T10:00:00Z"],
      ['timestamp(ms, "UTC")', "2026-02-01T10:00:00"],
      ["timestamp(ns)", "2026-02-01T10:60:00.000000000"],
      ["time(s)", "24:00:00"],
      ["decimal(4, 2)", "100.00"],
      ["duration(s)", "1s"],
    ] as const
  ) {
    const good = { bool: "true", date: "2026-01-01", time: "10:00:00" }[/^\w+/.exec(type)?.[0] ?? ""] ??
      (type.startsWith("timestamp") ? `2026-01-01T00:00:00${type.includes("UTC") ? "Z" : ""}` : "1");
    const error = await fault(`x,the column\n0,${good}\n0,"${bad}"\n`, {
      schema: parseSchema(`"the column": ${type}`),
    });
    assert(error.message.includes('line 3, column "the column": '), error.message);
  }
});

Deno.test("csv: every way to write a value of a type", async () => {
  const schema = parseSchema(
    `i: int64?, u: uint64?, n: int16?, f: float64?, g: float32?, b: bool?, d: date?, t: timestamp(us)?, z: timestamp(ns, "UTC")?,
     c: time(ms)?, m: decimal(6, 2)?, l: duration(s)?`,
  );
  const header = schema.fields.map(({ name }) => name).join(",");
  const text =
    `${header}\n-9223372036854775808,18446744073709551615,+7,1e-400,0.1,TRUE,2026-01-31,2026-01-31,` +
    `2026-01-31T10:00:00+02:00,10:00,-12.5,-5\n` +
    ` 12 ,007,-32768,NaN,-inf,0,+012026-01-31,2026-01-31 10:00:00.5,2026-01-31T10:00:00.123456789Z,10:00:00.25,.5,0\n` +
    `,,,,,,,,,,,\n`;
  assertEquals(await cells(text, { schema }), [
    [
      -(2n ** 63n),
      2n ** 64n - 1n,
      7,
      0,
      Math.fround(0.1),
      true,
      "2026-01-31",
      "2026-01-31T00:00:00.000000",
      "2026-01-31T08:00:00.000000000Z",
      "10:00:00.000",
      "-12.50",
      -5n,
    ],
    [
      12n,
      7n,
      -32768,
      NaN,
      -Infinity,
      false,
      "+012026-01-31",
      "2026-01-31T10:00:00.500000",
      "2026-01-31T10:00:00.123456789Z",
      "10:00:00.250",
      "0.50",
      0n,
    ],
    Array(12).fill(null),
  ]);
});

Deno.test("csv: a number that its float has only as infinite is an error, and one that is told as infinite is none", async () => {
  for (
    const [cell, kind] of [
      ["1e309", "float64"],
      [`-1${"0".repeat(400)}`, "float64"],
      ["3.5e38", "float32"],
      ["-340282356779733700000000000000000000000.0", "float32"],
      ["70000", "float16"],
    ] as const
  ) {
    const error = await fault(`a\n${cell}\n`, { schema: parseSchema(`a: ${kind}`) });
    assert(error.message.includes(`is no ${kind}`), error.message);
  }
  const schema = parseSchema("a: float16, b: float32, c: float64");
  const largest = "65519,3.4028235e38,1.7976931348623157e308";
  assertEquals(await rows(`a,b,c\n${largest}\ninf,-inf,Infinity\n`, { schema }), [
    { a: 65504, b: Math.fround(3.4028235e38), c: Number.MAX_VALUE },
    { a: Infinity, b: -Infinity, c: Infinity },
  ]);
});

Deno.test("csv: types are inferred from the first rows, and a later cell that is none is told so", async () => {
  const text = "b,i,f,d,t,z,n,s,zip,big,e,q\n" +
    'true,1,1,2026-01-01,2026-01-01T00:00:00,2026-01-01T00:00:00Z,2026-01-01T00:00:00.123456789,x,007,18446744073709551617,,"1"\n' +
    "FALSE,-2,2.5,2026-01-02,2026-01-02,2026-01-01T00:00:00+01:00,2026-01-02,1,1,1,,2\n";
  const reader = await opened(text);
  assertEquals(
    formatSchema(reader.schema),
    'b: bool?, i: int64?, f: float64?, d: date?, t: timestamp(us)?, z: timestamp(us, "UTC")?, n: timestamp(ns)?, ' +
      "s: string?, zip: string?, big: string?, e: string?, q: string?",
  );
  assertEquals(reader.inferred, { rows: 2 });
  assertEquals(formatSchema((await opened('a,b\n"1","x"\n"2",\n')).schema), "a: int64?, b: string?");
  assertEquals(
    formatSchema((await opened("1,x\n", { header: false })).schema),
    "column1: int64?, column2: string?",
  );
  const late = `a\n${"1\n".repeat(1000)}x\n`;
  const error = await fault(late, { prefix: 100 });
  assert(
    error.message.includes(
      'line 1002, column "a": "x" is no int64; int64 was inferred from the first 49 rows',
    ),
    error.message,
  );
  assertEquals(formatSchema((await opened(late)).schema), "a: string?");
  assertEquals(formatSchema((await opened("a,b\n1e308,1e309\n")).schema), "a: float64?, b: string?");
});

Deno.test("csv: a schema says which columns are read, by the header's names or in order", async () => {
  const text = "a,b,c\n1,2,3\n";
  assertEquals(await rows(text, { schema: parseSchema("c: int8, a: string") }), [{ c: 3, a: "1" }]);
  assertEquals(await rows(text, { schema: parseSchema("x: string, y: string"), header: false }), [
    { x: "a", y: "b" },
    { x: "1", y: "2" },
  ]);
  assert((await fault(text, { schema: parseSchema("d: int8") })).message.includes("there are: a, b, c"));
  assert((await fault("1\n", { schema: TEXT, header: false })).message.includes("the schema has 2"));
  assertEquals(await rows("", { schema: TEXT, header: false }), []);
  await assertRejects(
    () => opened(text, { schema: parseSchema("a: list<int8>") }),
    TypeError,
    '"a" of list<int8>',
  );
});

Deno.test("csv: other delimiters, spellings of null, and no quotes", async () => {
  assertEquals(await cells("a;b\n1;2,5\n", { delimiter: ";", schema: TEXT }), [["1", "2,5"]]);
  assertEquals(await cells('a\tb\n1\t"x\ty"\n', { schema: TEXT }, openTsv), [["1", "x\ty"]]);
  assertEquals(await cells('a\tb\n5" disk\t"\n', { schema: TEXT, quotes: false }, openTsv), [[
    '5" disk',
    '"',
  ]]);
  const schema = parseSchema("a: int64?, b: string?");
  assertEquals(await cells('a,b\nNA,NA\n-999,-999\n"NA","NA"\n1,\n', { schema, nulls: ["NA", "-999"] }), [
    [null, null],
    [null, null],
    [null, "NA"],
    [1n, ""],
  ]);
  for (const delimiter of ["", ",,", '"', "\n", "é"]) {
    await assertRejects(() => rows("a\n", { delimiter }), TypeError);
  }
});

Deno.test("csv: columns, rows and batches asked for", async () => {
  const text = `a,b,c\n${Array.from({ length: 1000 }, (_, row) => `${row},x${row},${row / 2}`).join("\n")}`;
  const reader = await opened(text);
  assertEquals(await readRows(reader, { columns: ["c", "a"], rows: { from: 998 } }), [
    { c: 499, a: 998n },
    { c: 499.5, a: 999n },
  ]);
  assertEquals(await readRows(reader, { columns: ["b"], rows: { from: 3, to: 5 } }), [{ b: "x3" }, {
    b: "x4",
  }]);
  const sizes: number[] = [];
  for await (const { rows } of reader.scan({ batchRows: 300 })) sizes.push(rows);
  assertEquals(sizes, [300, 300, 300, 100]);
  await assertRejects(() => readRows(reader, { columns: ["x"] }), TypeError, "there are: a, b, c");
  await assertRejects(() => readRows(reader, { rows: { from: 2, to: 1 } }), RangeError);
  assertEquals(await readRows(reader, { rows: { from: 5000 } }), []);
});

Deno.test("csv: rows longer than a block are read, and those longer than allowed an error", async () => {
  const long = "x".repeat(3_000_000);
  const text = `a,b\n1,"${long}\n"\n2,y\n`;
  assertEquals((await rows(text)).map(({ b }) => String(b).length), [3_000_001, 1]);
  const error = await fault(text, { longestRow: 1_000_000, prefix: 1000 });
  assert(error.message.includes("line 2: the row has more than 1000000 bytes"), error.message);
});

Deno.test("csv: any cut into pieces gives the same rows", async () => {
  const { CsvReader } = await import("./csv_reader.ts");
  const text = new TextEncoder().encode('\ufeffa,"b\r\n"\r\n1,"x""\r\n"\r\n\r\n2,""\r\n3,é\n');
  const pieces = (size: number) => ({
    uri: "memory://t",
    size: text.length,
    async *stream() {
      for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
    },
  });
  const expected = [{ a: 1n, "b\r\n": 'x"\r\n' }, { a: 2n, "b\r\n": "" }, { a: 3n, "b\r\n": "é" }];
  for (let size = 1; size <= text.length; size++) {
    for (const prefix of [1, 2, 3, 7, 100]) {
      assertEquals(
        await readRows(await CsvReader.open(pieces(size), "csv", { prefix })).then((all) => all.length),
        3,
      );
      if (prefix === 100) assertEquals(await readRows(await CsvReader.open(pieces(size), "csv")), expected);
    }
  }
});

Deno.test("csv: damage is a FormatError or other text, and never another error", async () => {
  const text = new TextEncoder().encode('a,b,c\n1,2.5,"x"\n-3,,"y\n"\n');
  await assertDamageIsFound(text, {
    read: async (store, key) =>
      await readRows(await openCsv(store, key, { schema: parseSchema("a: int8?, b: float32?, c: string?") })),
    // A format of text without checksums tells damage only where it breaks a row, a type or UTF-8.
    isUndetectable: () => true,
  });
});

Deno.test("csv: a fault in a later block is told with its line and its place in the object", async () => {
  const text = `a,b\n${`1,${"x".repeat(60)}\n`.repeat(50_000)}`;
  const error = await fault(`${text}2\n`);
  assert(error.message.includes("line 50002: 1 cell is there"), error.message);
  assertEquals([error.record, error.offset], [50_001, text.length]);
});
