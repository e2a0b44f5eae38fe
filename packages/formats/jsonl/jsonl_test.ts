import { assert, assertEquals, assertRejects } from "@std/assert";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { MemoryStore } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { batchOf } from "../table/batch_builder.ts";
import type { TableBatch } from "../table/column.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { formatSchema } from "../table/schema_text.ts";
import { anyBatch } from "../testing/any_batch.ts";
import { assertDamageIsFound } from "../testing/damage.ts";
import { readRows, rowsOf } from "../testing/rows_of.ts";
import type { OpenJsonlOptions } from "./jsonl_options.ts";
import { JsonlReader } from "./jsonl_reader.ts";
import { createJsonlWriter } from "./jsonl_writer.ts";
import { openJsonl } from "./open_jsonl.ts";

async function opened(text: string | Uint8Array, options?: OpenJsonlOptions) {
  const store = new MemoryStore();
  await store.put("t", typeof text === "string" ? new TextEncoder().encode(text) : text);
  return await openJsonl(store, "t", options);
}

async function rows(text: string | Uint8Array, options?: OpenJsonlOptions) {
  return await readRows(await opened(text, options));
}

async function written(batch: TableBatch, key = "t"): Promise<MemoryStore> {
  const store = new MemoryStore();
  await using writer = await createJsonlWriter(store, key, { schema: batch.schema });
  await writer.write(batch);
  await writer.close();
  return store;
}

Deno.test("jsonl: values of all types, spaces, escapes, CRLF, empty lines, no final newline", async () => {
  const schema = parseSchema(
    `i: int64?, u: uint64?, n: int8?, f: float64?, h: float32?, b: bool?, s: string?, x: binary?, d: date?,
     t: timestamp(ms, "UTC")?, m: decimal(20, 2)?, l: list<int64?>?, v: list<float32, 2>?, o: struct<p: int8?, q: string?>?`,
  );
  const text = "\ufeff" +
    ' { "i" : 9007199254740993 , "u":18446744073709551615,"n":-128,"f":-1.5e-3,"h":0.1,"b":true,"s":"é\\n\\u00e9\\ud83d\\ude00\\/",' +
    '"x":"AP8=","d":"2026-11-29","t":"2026-11-29T00:00:00Z","m":"123456789012345678.90","l":[1,null,-9223372036854775808],"v":[1,2.5],"o":{"q":"","p":1}}\r\n' +
    "\n  \r\n" +
    '{"m":1.5,"o":{},"l":[],"f":"NaN","h":"-Infinity","b":false}\n{}';
  const none = Object.fromEntries(schema.fields.map(({ name }) => [name, null]));
  assertEquals(await rows(text, { schema }), [
    {
      i: 9007199254740993n,
      u: 18446744073709551615n,
      n: -128,
      f: -0.0015,
      h: Math.fround(0.1),
      b: true,
      s: "é\né😀/",
      x: Uint8Array.of(0, 255),
      d: "2026-11-29",
      t: "2026-11-29T00:00:00.000Z",
      m: "123456789012345678.90",
      l: [1n, null, -(2n ** 63n)],
      v: [1, 2.5],
      o: { p: 1, q: "" },
    },
    { ...none, m: "1.50", o: { p: null, q: null }, l: [], f: NaN, h: -Infinity, b: false },
    none,
  ]);
});

Deno.test("jsonl: types are inferred, lists and structs too, and what comes later and is another is an error", async () => {
  const text = '{"a":1,"b":[[1,2.5],[]],"c":{"x":null,"y":{"z":"t"}},"d":null,"e":"2026-01-01","f":"NaN"}\n' +
    '{"a":-2,"g":true,"c":{"w":[{"v":1}]},"f":1,"h":18446744073709551615}\n';
  const reader = await opened(text);
  assertEquals(
    formatSchema(reader.schema),
    "a: int64?, b: list<list<float64?>?>?, c: struct<x: string?, y: struct<z: string?>?, w: list<struct<v: int64?>?>?>?, " +
      "d: string?, e: string?, f: float64?, g: bool?, h: uint64?",
  );
  assertEquals(reader.inferred, { rows: 2 });
  assertEquals(await readRows(reader, { columns: ["f", "a"] }), [{ f: NaN, a: 1n }, { f: 1, a: -2n }]);
  for (
    const [late, detail] of [
      ['{"a":1.5}', 'line 102, column "a", byte 6 of the line: "1.5" is no int64'],
      ['{"a":"x"}', 'column "a", byte 6 of the line: a whole number is wanted, and "\\"x\\"}" is there'],
      ['{"a":1,"k":2}', 'line 102, byte 9 of the line: "k" is no column that was there before'],
    ] as const
  ) {
    const error = await assertRejects(
      () => rows(`${'{"a":1}\n'.repeat(101)}${late}\n`, { prefix: 80 }),
      FormatError,
    );
    assert(error.message.includes(detail), error.message);
    assert(error.message.includes("inferred from the first 10 rows"), error.message);
  }
  for (
    const [mixed, detail] of [
      ['{"a":1}\n{"a":"x"}', "line 2, byte 6 of the line: a text is there, and a number was before"],
      ['{"a":[1]}\n{"a":{}}', "an object is there, and an array was before"],
      ['{"a":18446744073709551616}', "passes 64 bits"],
      ['{"a":-1}\n{"a":18446744073709551615}', "int64 and of uint64"],
      ['{"a":18446744073709551615}\n{"a":-1}', "int64 and of uint64"],
      ['{"a":9007199254740993}\n{"a":1.5}', "9007199254740993, which no float64 has exactly"],
      ['{"a":1.5}\n{"a":-9007199254740993}', "-9007199254740993, which no float64 has exactly"],
      ['{"a":"NaN"}\n{"a":18446744073709551615}', "18446744073709551615, which no float64 has exactly"],
      ['{"a":9007199254740993}\n{"a":"NaN"}', "9007199254740993, which no float64 has exactly"],
    ] as const
  ) assert((await assertRejects(() => rows(mixed), FormatError)).message.includes(detail), mixed);
});

Deno.test("jsonl: a line that is no object of JSON is an error with line and column", async () => {
  for (
    const [line, detail] of [
      ["[1]", 'an object is wanted, and "[1]" is there'],
      ["1", "an object is wanted"],
      ['{"a":1', '"}" is wanted, and the line ends'],
      ['{"a":1}}', "the end of the line is wanted"],
      ['{"a":1}{"a":2}', "the end of the line is wanted"],
      ['{"a":1,}', "a name is wanted"],
      ["{a:1}", "a name is wanted"],
      ["{'a':1}", "a name is wanted"],
      ['{"a" 1}', '":" is wanted'],
      ['{"a":01}', "begins with a zero"],
      ['{"a":1.}', "a whole number is wanted"],
      ['{"a":.5}', "a whole number is wanted"],
      ['{"a":+1}', "a whole number is wanted"],
      ['{"a":NaN}', "a whole number is wanted"],
      ['{"a":1,"b":tru}', "a text is wanted"],
      ['{"a":1,"z":tru}', "a value is wanted"],
      ['{"a":1,"b":nul', "a value is wanted"],
      ['{"a":1,"b":"x}', "a text is not closed"],
      ['{"a":1,"b":"\\x"}', "an escape that JSON has not"],
      ['{"a":1,"b":"\\ud800"}', "half of a surrogate pair"],
      ['{"a":1,"b":"\u0001"}', "a control character"],
      ['{"a":1,"a":2}', '"a" is there twice'],
      ['{"a":1,"\\u0061":2}', '"a" is there twice'],
      ['{"a":1,"other":1,"other":2}', '"other" is there twice'],
      ['{"a":1,"other":{"x":1,"x":2}}', '"x" is there twice'],
      [`{"a":1,"other":${"[".repeat(10_000)}`, "more than 64 times"],
      ['{"b":"x"}', 'column "a", byte 1 of the line: it is missing, and int64 may not be null'],
      ['{"a":null}', 'column "a", byte 6 of the line: no value is there'],
      ['{"a":9223372036854775808}', 'column "a", byte 6 of the line: "9223372036854775808" is no int64'],
      ['{"a":1e3}', '"1e3" is no int64'],
      ['{"a":1,"c":"2026-02-30"}', '"2026-02-30" is no date'],
      ['{"a":1,"e":"%"}', '"%" is no binary'],
      ['{"a":1,"f":[1]}', "1 items are there, and not 2"],
      ['{"a":1,"g":"nan"}', '"nan" is no number'],
      ['{"a":1,"h":true}', 'an object is wanted, and "true}" is there'],
    ] as const
  ) {
    const schema = parseSchema(
      "a: int64, b: string?, c: date?, e: binary?, f: list<int8, 2>?, g: float32?, h: struct<x: int8>?",
    );
    const error = await assertRejects(() => rows(`{"a":0}\n\n${line}\n`, { schema }), FormatError);
    assert(error.message.includes(detail), `${line}: ${error.message}`);
    assert(error.message.includes("line 3"), error.message);
    assertEquals([error.record, error.offset], [2, 9]);
  }
  const bytes = new TextEncoder().encode('{"a":1}\n{"a":"xx"}\n');
  bytes[14] = 0xff;
  assert(
    (await assertRejects(() => rows(bytes), FormatError)).message.includes("line 2: the line is no UTF-8"),
  );
});

Deno.test("jsonl: columns, rows and batches asked for; members without a column are passed over", async () => {
  const text = Array.from({ length: 1000 }, (_, row) => `{"a":${row},"b":{"x":"${row}"},"c":[]}`).join("\n");
  const reader = await opened(text, { schema: parseSchema("b: struct<x: string>, a: int16") });
  assertEquals(await readRows(reader, { rows: { from: 998 } }), [{ b: { x: "998" }, a: 998 }, {
    b: { x: "999" },
    a: 999,
  }]);
  assertEquals(await readRows(reader, { columns: ["a"], rows: { from: 2, to: 4 } }), [{ a: 2 }, { a: 3 }]);
  const sizes: number[] = [];
  for await (const batch of reader.scan({ batchRows: 300 })) sizes.push(batch.rows);
  assertEquals(sizes, [300, 300, 300, 100]);
  await assertRejects(() => readRows(reader, { columns: ["c"] }), TypeError, "there are: b, a");
});

Deno.test("jsonl: any cut into pieces gives the same rows, and lines have a bound", async () => {
  const text = new TextEncoder().encode('\ufeff{"a":1,"b":"é"}\r\n\r\n{"a":2,"b":null}\n{"b":"x","a":3}');
  const expected = [{ a: 1n, b: "é" }, { a: 2n, b: null }, { a: 3n, b: "x" }];
  for (let size = 1; size <= text.length; size++) {
    const source = {
      uri: "memory://t",
      size: text.length,
      async *stream() {
        for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
      },
    };
    assertEquals(await readRows(await JsonlReader.open(source)), expected);
    for (const prefix of [1, 2, 3, 7]) await readRows(await JsonlReader.open(source, { prefix }));
  }
  const long = `{"a":"${"x".repeat(3_000_000)}"}\n{"a":"y"}\n`;
  assertEquals((await rows(long)).map(({ a }) => String(a).length), [3_000_000, 1]);
  const error = await assertRejects(() => rows(long, { longestRow: 1_000_000 }), FormatError);
  assert(error.message.includes("line 1: it has more than 1000000 bytes"), error.message);
});

Deno.test("jsonl: .gz and .zst are read and written", async () => {
  const bytes = new TextEncoder().encode('{"a":1}\n');
  for (const packed of [gzipSync(bytes), zstdCompressSync(bytes)]) {
    assertEquals(await rows(new Uint8Array(packed)), [{ a: 1n }]);
  }
  for (const key of ["t.jsonl.gz", "t.jsonl.zst"]) {
    const store = await written(batchOf(parseSchema("a: int64"), [{ a: 1 }]), key);
    assertEquals(await readRows(await openJsonl(store, key)), [{ a: 1n }]);
  }
});

Deno.test("jsonl: the writer's bytes", async () => {
  const schema = parseSchema(
    `i: int64, f: float32?, "q\\"": string?, x: fixed-binary(2), m: decimal(5, 2), l: list<struct<a: bool, t: time(ms)>?>, e: struct<>`,
  );
  const row = {
    i: 2n ** 53n + 1n,
    f: NaN,
    'q"': 'a"\n\u2028é',
    x: Uint8Array.of(0, 255),
    m: "1.50",
    l: [{ a: true, t: "00:00:00.5" }, null],
    e: {},
  };
  const store = await written(batchOf(schema, [row, { ...row, f: null, 'q"': null, l: [] }]));
  assertEquals(
    await new Response((await store.get("t")).body).text(),
    '{"i":9007199254740993,"f":"NaN","q\\"":"a\\"\\n\u2028é","x":"AP8=","m":"1.50","l":[{"a":true,"t":"00:00:00.500"},null],"e":{}}\n' +
      '{"i":9007199254740993,"f":null,"q\\"":null,"x":"AP8=","m":"1.50","l":[],"e":{}}\n',
  );
});

Deno.test("jsonl: whatever is written is read as the same values, by its schema", async () => {
  await fc.assert(
    fc.asyncProperty(anyBatch(), async (batch) => {
      const store = await written(batch);
      const reader = await openJsonl(store, "t", { schema: batch.schema });
      assertEquals(await readRows(reader), rowsOf(batch));
    }),
    { numRuns: 300 },
  );
});

Deno.test("jsonl: damage is a FormatError or other values, and never another error", async () => {
  const text = new TextEncoder().encode('{"a":1,"b":"x\\n","c":[0.5]}\n{"a":null,"b":"","c":[]}\n');
  await assertDamageIsFound(text, {
    read: async (store, key) => await readRows(await openJsonl(store, key)),
    // Text without checksums tells damage only where it breaks JSON, UTF-8, a name or a type.
    isUndetectable: () => true,
  });
});

Deno.test("jsonl: a fault in a later block is told with its line and its place in the object", async () => {
  const text = `{"a":1}${" ".repeat(60)}\n`.repeat(50_000);
  const error = await assertRejects(() => rows(`${text}{"a":1\n`), FormatError);
  assert(error.message.includes("line 50001, column"), error.message);
  assertEquals([error.record, error.offset], [50_000, text.length]);
});
