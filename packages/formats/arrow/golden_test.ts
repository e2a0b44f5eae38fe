import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, type MemoryStore } from "@lade/core";
import { MemoryStore as Memory } from "@lade/core";
import { batchOf, type Schema, type TableReader, valueAt } from "../table/mod.ts";
import { FormatError } from "../errors/format_error.ts";
import { BytesSource, ObjectSource } from "../source/mod.ts";
import { assertDamageIsFound, type Damage } from "../testing/damage.ts";
import { type Block, readFooter } from "./read_footer.ts";
import { createArrowFileWriter, openArrowFile, openArrowStream } from "./mod.ts";
import { verifyArrowFile, verifyArrowStream } from "./verify_arrow.ts";

// pyarrow 26: a: int32 [1, null, -3]; s: dictionary of text [x, é, x]; l: list of float32 [[0.5], [], null].
const STREAM =
  "/////ygBAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAEAAAAXP///wQAAAADAAAAzAAAAHAAAAAEAAAAUP///wAAAQwUAAAAGAAA" +
  "AAQAAAABAAAAEAAAAAEAAABsAAAAfP///3j///8AAAEDEAAAABwAAAAEAAAAAAAAAAQAAABpdGVtAAAGAAgABgAGAAAAAAABABAA" +
  "GAAIAAYABwAMABAAFAAQAAAAAAABBRQAAAA4AAAAHAAAAAQAAAAAAAAAAQAAAHMAAAAIAAgAAAAEAAgAAAAEAAAAvP///wAAAAEg" +
  "AAAABAAEAAQAAAAQABQACAAGAAcADAAAABAAEAAAAAAAAQIQAAAAHAAAAAQAAAAAAAAAAQAAAGEAAAAIAAwACAAHAAgAAAAAAAAB" +
  "IAAAAP////+oAAAAFAAAAAAAAAAMABQABgAFAAgADAAMAAAAAAIEABQAAAAYAAAAAAAAAAgACgAAAAQACAAAABAAAAAAAAoAGAAM" +
  "AAQACAAKAAAATAAAABAAAAACAAAAAAAAAAAAAAADAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADAAAAAAAAAAQAAAAAAAAAAMA" +
  "AAAAAAAAAAAAAAEAAAACAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAADAAAAAAAAAHjDqQAAAAAA/////xgBAAAUAAAAAAAAAAwAFgAG" +
  "AAUACAAMAAwAAAAAAwQAGAAAAEgAAAAAAAAAAAAKABgADAAEAAgACgAAAJwAAAAQAAAAAwAAAAAAAAAAAAAACAAAAAAAAAAAAAAA" +
  "AQAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAGAAAAAAAAAAAAAAAAAAAABgAAAAAAAAADAAAAAAAAAAoAAAAAAAAAAEAAAAAAAAAMAAA" +
  "AAAAAAAQAAAAAAAAAEAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAQAAAAAAAAAAAAAAAQAAAADAAAAAAAAAAEAAAAAAAAAAwAAAAAA" +
  "AAAAAAAAAAAAAAMAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAAAAAAAAAAABQAAAAAAAAABAAAAAAAAAP3///8AAAAAAAAAAAEAAAAA" +
  "AAAAAAAAAAMAAAAAAAAAAAAAAAEAAAABAAAAAQAAAAAAAD8AAAAA/////wAAAAA=";
const FILE =
  "QVJST1cxAAD/////KAEAABAAAAAAAAoADAAGAAUACAAKAAAAAAEEAAQAAABc////BAAAAAMAAADMAAAAcAAAAAQAAABQ////AAAB" +
  "DBQAAAAYAAAABAAAAAEAAAAQAAAAAQAAAGwAAAB8////eP///wAAAQMQAAAAHAAAAAQAAAAAAAAABAAAAGl0ZW0AAAYACAAGAAYA" +
  "AAAAAAEAEAAYAAgABgAHAAwAEAAUABAAAAAAAAEFFAAAADgAAAAcAAAABAAAAAAAAAABAAAAcwAAAAgACAAAAAQACAAAAAQAAAC8" +
  "////AAAAASAAAAAEAAQABAAAABAAFAAIAAYABwAMAAAAEAAQAAAAAAABAhAAAAAcAAAABAAAAAAAAAABAAAAYQAAAAgADAAIAAcA" +
  "CAAAAAAAAAEgAAAA/////6gAAAAUAAAAAAAAAAwAFAAGAAUACAAMAAwAAAAAAgQAFAAAABgAAAAAAAAACAAKAAAABAAIAAAAEAAA" +
  "AAAACgAYAAwABAAIAAoAAABMAAAAEAAAAAIAAAAAAAAAAAAAAAMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMAAAAAAAAABAA" +
  "AAAAAAAAAwAAAAAAAAAAAAAAAQAAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAMAAAAAAAAAeMOpAAAAAAD/////GAEAABQAAAAA" +
  "AAAADAAWAAYABQAIAAwADAAAAAADBAAYAAAASAAAAAAAAAAAAAoAGAAMAAQACAAKAAAAnAAAABAAAAADAAAAAAAAAAAAAAAIAAAA" +
  "AAAAAAAAAAABAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAYAAAAAAAAAAAAAAAAAAAAGAAAAAAAAAAMAAAAAAAAACgAAAAAAAAAAQAA" +
  "AAAAAAAwAAAAAAAAABAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAABAAAAAAAAAAAAAAABAAAAAMAAAAAAAAAAQAAAAAA" +
  "AAADAAAAAAAAAAAAAAAAAAAAAwAAAAAAAAABAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAFAAAAAAAAAAEAAAAAAAAA/f///wAAAAAA" +
  "AAAAAQAAAAAAAAAAAAAAAwAAAAAAAAAAAAAAAQAAAAEAAAABAAAAAAAAPwAAAAD/////AAAAABAAAAAMABQABgAIAAwAEAAMAAAA" +
  "AAAEAEwAAAAoAAAABAAAAAEAAAAAAgAAAAAAACABAAAAAAAASAAAAAAAAAAAAAAAAQAAADgBAAAAAAAAsAAAAAAAAAAYAAAAAAAA" +
  "AAAAAABc////BAAAAAMAAADMAAAAcAAAAAQAAABQ////AAABDBQAAAAYAAAABAAAAAEAAAAQAAAAAQAAAGwAAAB8////eP///wAA" +
  "AQMQAAAAHAAAAAQAAAAAAAAABAAAAGl0ZW0AAAYACAAGAAYAAAAAAAEAEAAYAAgABgAHAAwAEAAUABAAAAAAAAEFFAAAADgAAAAc" +
  "AAAABAAAAAAAAAABAAAAcwAAAAgACAAAAAQACAAAAAQAAAC8////AAAAASAAAAAEAAQABAAAABAAFAAIAAYABwAMAAAAEAAQAAAA" +
  "AAABAhAAAAAcAAAABAAAAAAAAAABAAAAYQAAAAgADAAIAAcACAAAAAAAAAEgAAAAcAEAAEFSUk9XMQ==";

// pyarrow 26, compressed by LZ4: a text of 320 bytes, and a view of one of 32.
const LZ4 =
  "/////5gAAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAIAAAA8AAAABAAAANz///8AAAEYEAAA" +
  "ABQAAAAEAAAAAAAAAAEAAAB2AAAAzP///xAAFAAIAAYABwAMAAAAEAAQAAAAAAABBRAAAAAYAAAABAAAAAAAAAABAAAAcwAAAAQA" +
  "BAAEAAAAAAAAAP////8AAQAAFAAAAAAAAAAMABoABgAFAAgADAAMAAAAAAMEACAAAACwAAAAAAAAAAAAAAAAAA4AIAAUAAQACAAM" +
  "ABAADgAAAJwAAAAwAAAAKAAAABAAAAABAAAAAAAAAAAAAAABAAAAAQAAAAAAAAAAAAAABAAEAAQAAAAGAAAAAAAAAAAAAAAAAAAA" +
  "AAAAAAAAAAAAAAAAHwAAAAAAAAAgAAAAAAAAACoAAAAAAAAAUAAAAAAAAAAAAAAAAAAAAFAAAAAAAAAAJwAAAAAAAAB4AAAAAAAA" +
  "ADcAAAAAAAAAAAAAAAIAAAABAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAgAAAAAAAAABCJNGGBAgggAAIAAAAAAQAEA" +
  "AAAAAAAAQAEAAAAAAAAEIk0YYECCEwAAAI9hYmNkZWZnaAgA/yFQZGVmZ2gAAAAAAAAAAAAAEAAAAAAAAAAEIk0YYECCEAAAgCAA" +
  "AABhIHZpAAAAAAAAAAAAAAAAACAAAAAAAAAABCJNGGBAgiAAAIBhIHZpZXcgb2YgbW9yZSB0aGFuIHR3ZWx2ZSBieXRlcwAAAAAA" +
  "/////wAAAAA=";

const ROWS = [[1, "x", [0.5]], [null, "é", []], [-3, "x", null]];

async function read(
  open: (store: MemoryStore, key: string) => Promise<TableReader>,
  store: MemoryStore,
  key: string,
) {
  await using reader = await open(store, key);
  const rows: unknown[] = [];
  for await (const batch of reader.scan()) {
    for (let row = 0; row < batch.rows; row++) rows.push(batch.columns.map((column) => valueAt(column, row)));
  }
  return { schema: reader.schema, rows };
}

/** Reads all of an object and verifies it. */
async function readAll(store: MemoryStore, key: string, isFile: boolean) {
  const found = await read(isFile ? openArrowFile : openArrowStream, store, key);
  const source = await ObjectSource.open(store, key, { at: isFile ? "end" : "start" });
  const { faults } = await (isFile ? verifyArrowFile : verifyArrowStream)(source);
  for (const fault of faults) throw fault;
  return JSON.stringify(found);
}

/**
 * Every damage is found, but what leaves all values as they are (padding, and what nobody reads) and, since the format has
 * no checksums, what makes other values of the bytes at `values`.
 */
async function assertFound(
  whole: Uint8Array,
  isFile: boolean,
  values: readonly [from: number, to: number][],
) {
  await using store = new Memory();
  await store.put("whole", whole);
  const sound = await readAll(store, "whole", isFile);
  const harmless = new Set<string>();
  await assertDamageIsFound(whole, {
    read: async (damaged, key) => {
      const found = await readAll(damaged, key, isFile);
      if (found === sound) harmless.add(key);
      else harmless.delete(key);
    },
    isUndetectable: ({ what }: Damage) => {
      const [, at] = /^byte (\d+) /.exec(what) ?? [];
      const isValue = values.some(([from, to]) => Number(at) >= from && Number(at) < to);
      return at !== undefined && (isValue || harmless.has("damaged"));
    },
  });
}

Deno.test("Arrow: pyarrow's stream and file of dictionaries, lists and gaps", async () => {
  await using store = new Memory();
  await store.put("stream", Uint8Array.fromBase64(STREAM));
  await store.put("file", Uint8Array.fromBase64(FILE));
  for (
    const { schema, rows } of [
      await read(openArrowStream, store, "stream"),
      await read(openArrowFile, store, "file"),
    ]
  ) {
    assertEquals(rows, ROWS);
    assertEquals(schema.fields.map(({ name, type, nullable }) => [name, type.kind, nullable]), [
      ["a", "int32", true],
      ["s", "string", true],
      ["l", "list", true],
    ]);
  }
});

Deno.test("Arrow: some rows of a batch with a dictionary are those of the whole, and take no more memory", async () => {
  await using store = new Memory();
  await store.put("stream", Uint8Array.fromBase64(STREAM));
  await store.put("file", Uint8Array.fromBase64(FILE));
  const all = ROWS.length;
  for (const [open, key] of [[openArrowStream, "stream"], [openArrowFile, "file"]] as const) {
    for (let from = 0; from < all; from++) {
      for (let to = from + 1; to <= all; to++) {
        await using table = await open(store, key);
        const batches = await Array.fromAsync(table.scan({ rows: { from, to } }));
        const rows = batches.flatMap(({ columns, rows }) =>
          Array.from({ length: rows }, (_, row) => columns.map((column) => valueAt(column, row)))
        );
        assertEquals(rows, ROWS.slice(from, to));
        const text = batches[0]?.columns[1];
        assertEquals(text?.values?.buffer.byteLength, text?.values?.byteLength);
      }
    }
  }
});

Deno.test("Arrow: pyarrow's LZ4 and views", async () => {
  await using store = new Memory();
  await store.put("k", Uint8Array.fromBase64(LZ4));
  const { rows } = await read(openArrowStream, store, "k");
  assertEquals(rows, [["abcdefgh".repeat(40), "a view of more than twelve bytes"]]);
});

Deno.test("Arrow: an index that leads to no value of its dictionary is a FormatError", async () => {
  const bytes = Uint8Array.fromBase64(STREAM);
  // The indices of the dictionary: 0, 1, 0.
  assertEquals([...new Int32Array(bytes.slice(816, 828).buffer)], [0, 1, 0]);
  for (const index of [2, -1]) {
    bytes.set(new Uint8Array(Int32Array.of(index).buffer), 820);
    await using store = new Memory();
    await store.put("k", bytes);
    await assertRejects(() => read(openArrowStream, store, "k"), FormatError, `has index ${index} in row 1`);
  }
});

Deno.test("Arrow: a footer whose dictionaries are none, are left out, or lie otherwise, is a FormatError", async () => {
  const bytes = Uint8Array.fromBase64(FILE);
  const { dictionaries, batches, offset } = await readFooter(new BytesSource(bytes, "memory://f"));
  const [dictionary] = dictionaries;
  const [batch] = batches;
  if (!dictionary || !batch) throw new TypeError("the file has no blocks");
  const structOf = ({ offset, metadataLength, bodyLength }: Block) =>
    new Uint8Array(BigInt64Array.of(BigInt(offset), BigInt(metadataLength), BigInt(bodyLength)).buffer);
  const due = structOf(dictionary).toHex();
  const places = Array.from({ length: bytes.length - offset - 24 }, (_, index) => offset + index)
    .filter((at) => bytes.subarray(at, at + 24).toHex() === due);
  assertEquals(places.length, 1);
  const [at = 0] = places;
  const scan = async (struct: Uint8Array, count = 1) => {
    const told = bytes.slice();
    told.set(struct, at);
    told[at - 4] = count;
    await using store = new Memory();
    await store.put("k", told);
    return (await read(openArrowFile, store, "k")).rows;
  };
  assertEquals(await scan(structOf(dictionary)), ROWS);
  await assertRejects(() => scan(structOf(batch)), FormatError, "no dictionary is where the footer has one");
  await assertRejects(() => scan(structOf(dictionary), 0), FormatError);
  const longer = { ...dictionary, metadataLength: dictionary.metadataLength + 8, bodyLength: 16 };
  await assertRejects(() => scan(structOf(longer)), FormatError, "have 168 bytes, and the footer tells 176");
});

Deno.test("Arrow: damage of a stream is found, but in its schema's words and in its values", async () => {
  // The schema lies in the first 304 bytes; then the dictionary's text and its offsets, and the values.
  await assertFound(Uint8Array.fromBase64(STREAM), false, [[92, 281], [480, 499], [800, 860]]);
});

Deno.test("Arrow: damage of a file is found, but in its values and what its list's items are called", async () => {
  await assertFound(Uint8Array.fromBase64(FILE), true, [[488, 507], [808, 868], [1072, 1076]]);
});

Deno.test("Arrow: damage of LZ4 without checksums is found, but in its schema's words and its literals", async () => {
  await assertFound(Uint8Array.fromBase64(LZ4), false, [[92, 145], [443, 494], [568, 595]]);
});

Deno.test("Arrow: every damage of a file that Lade compresses is found", async () => {
  await using store = new Memory();
  const schema: Schema = {
    fields: [
      { name: "a", type: { kind: "int32" }, nullable: true },
      { name: "s", type: { kind: "string" }, nullable: false },
    ],
  };
  const writer = await createArrowFileWriter(store, "k", { schema, compression: "zstd", alignment: 8 });
  const rows = Array.from(
    { length: 100 },
    (_, row) => ({ a: row % 7 === 0 ? null : row % 5, s: `text ${row % 3}` }),
  );
  await writer.write(batchOf(schema, rows));
  await writer.close();
  const { bytes } = await getBytes(store, "k");
  const { checked, faults, unchecked } = await verifyArrowFile(
    await ObjectSource.open(store, "k", { at: "end" }),
  );
  assertEquals([checked, faults], [{ "XXH64 of a zstd frame": 3 }, []]);
  assertEquals(unchecked !== undefined && unchecked < bytes.length, true);
  await assertFound(bytes, true, []);
});
