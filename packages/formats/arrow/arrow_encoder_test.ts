import { assert, assertEquals, assertThrows } from "@std/assert";
import { batchOf, columnOf, type Schema, type TableBatch, valueAt } from "../table/mod.ts";
import { BytesSource } from "../source/mod.ts";
import { ArrowEncoder } from "./arrow_encoder.ts";
import { ArrowStreamReader } from "./arrow_stream.ts";

const PIXELS = {
  name: "pixels",
  type: {
    kind: "list" as const,
    size: 4,
    item: { name: "item", type: { kind: "float32" as const }, nullable: false },
  },
  nullable: false,
};
const SCHEMA: Schema = { fields: [PIXELS, { name: "label", type: { kind: "int64" }, nullable: false }] };

function batchAt(first: number, rows: number): TableBatch {
  const pixels = Float32Array.from({ length: rows * 4 }, (_, index) => first + index);
  const labels = BigInt64Array.from({ length: rows }, (_, index) => BigInt(first + index));
  const [, label] = SCHEMA.fields;
  if (!label) throw new Error("no label");
  const child = columnOf({ name: "item", type: { kind: "float32" }, nullable: false }, pixels);
  return {
    schema: SCHEMA,
    rows,
    columns: [{ field: PIXELS, length: rows, children: [child] }, columnOf(label, labels)],
  };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

Deno.test("ArrowEncoder: batches of one shape are filled into the same bytes, and say what is said of each", async () => {
  const encoder = new ArrowEncoder(SCHEMA);
  const messages: Uint8Array[] = [encoder.schemaMessage()];
  const metadata = new Set<ArrayBufferLike>();
  const states = ["{}", '{"position":7}', "é", "x".repeat(62), "x".repeat(300), "short", ""];
  for (const [place, state] of states.entries()) {
    const { pieces, metadataLength, bodyLength } = encoder.batch(batchAt(place * 100, 3 + place % 2), {
      "lade.state": state,
      step: `${place}`,
    });
    const [message] = pieces;
    assert(message);
    metadata.add(message.buffer);
    assertEquals(message.length, metadataLength);
    assertEquals([metadataLength % 64, bodyLength % 64], [0, 0]);
    assertEquals(pieces.reduce((sum, { length }) => sum + length, 0), metadataLength + bodyLength);
    messages.push(joined(pieces));
  }
  // Only texts that had no room made new bytes.
  assertEquals(metadata.size, 2);
  messages.push(encoder.endMessage());
  const reader = await ArrowStreamReader.open(new BytesSource(joined(messages), "memory://s"));
  const said: unknown[] = [];
  for await (const { message } of reader.messages()) said.push(message.metadata);
  assertEquals(said, states.map((state, place) => ({ "lade.state": state, step: `${place}` })));
  const values: unknown[] = [];
  for await (const batch of reader.scan()) values.push(batch.columns.map((column) => valueAt(column, 1)));
  assertEquals(
    values,
    states.map((_, place) => [[4, 5, 6, 7].map((v) => v + place * 100), BigInt(place * 100 + 1)]),
  );
});

Deno.test("ArrowEncoder: columns are written from where they lie", () => {
  const batch = batchAt(5, 1000);
  const { pieces } = new ArrowEncoder(SCHEMA).batch(batch);
  const [pixels, labels] = [batch.columns[0]?.children?.[0]?.values, batch.columns[1]?.values];
  assert(pieces.some(({ buffer, length }) => buffer === pixels?.buffer && length === 16_000));
  assert(pieces.some(({ buffer, length }) => buffer === labels?.buffer && length === 8_000));
});

Deno.test("ArrowEncoder: a batch that is not of its schema is a TypeError", () => {
  const encoder = new ArrowEncoder(SCHEMA);
  assertThrows(
    () => encoder.batch(batchOf({ fields: SCHEMA.fields.slice(0, 1) }, [])),
    TypeError,
    "2 columns against 1",
  );
  const decimal: Schema = {
    fields: [{ name: "d", type: { kind: "decimal", precision: 50, scale: 1 }, nullable: true }],
  };
  assertThrows(() => new ArrowEncoder(decimal), TypeError, "1 to 38 digits");
  const times: Schema = { fields: [{ name: "t", type: { kind: "time", unit: "s" }, nullable: false }] };
  const column = { field: { ...times.fields[0] ?? PIXELS }, length: 1, values: BigInt64Array.of(2n ** 40n) };
  assertThrows(
    () => new ArrowEncoder(times).batch({ schema: times, rows: 1, columns: [column] }),
    TypeError,
    "row 0",
  );
});

for (const compression of ["none", "zstd"] as const) {
  Deno.test(`ArrowEncoder: bytes that lie in several places are one column (${compression})`, async () => {
    const fields = [
      { name: "b", type: { kind: "binary" as const }, nullable: true },
      { name: "s", type: { kind: "string" as const }, nullable: false },
    ];
    const [b, s] = fields;
    assert(b && s);
    const pieces = [Uint8Array.of(1, 2), new Uint8Array(0), new Uint8Array(5000).fill(7)];
    const columns = [
      { field: b, length: 3, offsets: Int32Array.of(0, 1, 1, 5002), validity: Uint8Array.of(0b101), pieces },
      { field: s, length: 3, offsets: Int32Array.of(0, 1, 1, 1), pieces: [Uint8Array.of(0x61)] },
    ];
    const encoder = new ArrowEncoder({ fields }, { compression });
    const batch = { schema: { fields }, rows: 3, columns };
    const encoded = encoder.batch(batch);
    if (compression === "none") assert(encoded.pieces.includes(pieces[2] ?? b as never));
    const bytes = joined([encoder.schemaMessage(), ...encoded.pieces, encoder.endMessage()]);
    const reader = await ArrowStreamReader.open(new BytesSource(bytes, "memory://s"));
    const [read] = await Array.fromAsync(reader.scan());
    assertEquals([0, 1, 2].map((row) => read?.columns[1] && valueAt(read.columns[1], row)), ["a", "", ""]);
    const [first] = read?.columns ?? [];
    assert(first);
    assertEquals(valueAt(first, 0), Uint8Array.of(1));
    assertEquals(valueAt(first, 2), Uint8Array.of(2, ...new Uint8Array(5000).fill(7)));
    const short = {
      ...batch,
      columns: [{ ...columns[0], pieces: pieces.slice(1) } as typeof columns[0], columns[1]],
    };
    assertThrows(
      () => encoder.batch(short as typeof batch),
      TypeError,
      'column "b" has 5000 bytes, and its offsets end at 5002',
    );
  });
}
