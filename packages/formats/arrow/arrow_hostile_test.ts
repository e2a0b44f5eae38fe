import { assertEquals, assertRejects } from "@std/assert";
import { UnsupportedError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import { BytesSource } from "../source/mod.ts";
import type { Schema, TableBatch } from "../table/mod.ts";
import { ArrowEncoder } from "./arrow_encoder.ts";
import { ArrowFileReader } from "./arrow_file.ts";
import { ArrowStreamReader } from "./arrow_stream.ts";
import { type BatchNumbers, BatchTemplate } from "./batch_template.ts";
import { FlatBuilder, number, reference } from "./flat_builder.ts";
import { frame } from "./frame_message.ts";
import { type Block, MAGIC } from "./read_footer.ts";
import { writeFooter } from "./write_footer.ts";

const INT: Schema = { fields: [{ name: "a", type: { kind: "int32" }, nullable: true }] };
const TEXT: Schema = { fields: [{ name: "a", type: { kind: "string" }, nullable: false }] };

/** A stream of one batch whose message says these numbers. */
function streamOf(schema: Schema, numbers: BatchNumbers, body: Uint8Array): BytesSource {
  const encoder = new ArrowEncoder(schema, { alignment: 8 });
  const shape = {
    nodes: numbers.nodes.length / 2,
    buffers: numbers.buffers.length / 2,
    zstd: false,
    alignment: 8,
  };
  const message = new BatchTemplate(shape).fill(numbers);
  const pieces = [encoder.schemaMessage(), message, body, encoder.endMessage()];
  return new BytesSource(new Uint8Array(pieces.flatMap((piece) => [...piece])), "memory://s");
}

async function scan(source: BytesSource): Promise<TableBatch[]> {
  return await Array.fromAsync((await ArrowStreamReader.open(source)).scan());
}

Deno.test("Arrow: numbers of a batch that do not fit one another are FormatErrors that say which", async () => {
  const sound = { rows: 4, nodes: [4, 1], buffers: [0, 1, 8, 16], bodyLength: 24 };
  const body = new Uint8Array(24).fill(0);
  body[0] = 0b0111;
  assertEquals((await scan(streamOf(INT, sound, body)))[0]?.rows, 4);
  const wrong: [Partial<BatchNumbers>, string][] = [
    [{ rows: 2 ** 31 }, "claims 2147483648 rows"],
    [{ rows: -1 }, "claims -1 rows"],
    [{ rows: 5 }, "has 4 rows, and 5 are due"],
    [{ nodes: [4, 5] }, "5 of them without a value"],
    [{ nodes: [4, 0] }, "3 rows with a value, and 4 are due"],
    [{ nodes: [4, 1, 0, 0] }, "its schema asks for 1 of 2"],
    [{ buffers: [0, 1, 8, 15] }, "has 15 bytes, and 16 are needed"],
    [{ buffers: [0, 0, 8, 16] }, "has 0 bytes, and 1 are needed"],
    [{ buffers: [0, 16, 8, 16] }, "behind one that ends at 16"],
    [{ buffers: [0, 1, 4, 16] }, "lies at 4+16"],
    [{ buffers: [0, 1, 16, 16] }, "lies at 16+16 of 24"],
    [{ buffers: [0, 1, 8, -16] }, "lies at 8+-16"],
    [{ bodyLength: 23 }, "no multiple of 8"],
    [{ bodyLength: 2 ** 40 }, "its body claims 1099511627776 bytes"],
  ];
  for (const [numbers, word] of wrong) {
    await assertRejects(() => scan(streamOf(INT, { ...sound, ...numbers }, body)), FormatError, word);
  }
});

Deno.test("Arrow: text that is no UTF-8, or is cut within a character, is a FormatError; offsets that fall are one", async () => {
  const numbers = { rows: 2, nodes: [2, 0], buffers: [0, 0, 0, 12, 16, 4], bodyLength: 24 };
  const bodyOf = (offsets: number[], bytes: number[]) => {
    const body = new Uint8Array(24);
    body.set(new Uint8Array(Int32Array.from(offsets).buffer));
    body.set(bytes, 16);
    return body;
  };
  const e = [0xc3, 0xa9, 0xc3, 0xa9];
  assertEquals(
    (await scan(streamOf(TEXT, numbers, bodyOf([0, 2, 4], e))))[0]?.columns[0]?.offsets,
    Int32Array.of(0, 2, 4),
  );
  // Offsets need not begin at 0; what lies before them is of no row.
  const later = (await scan(streamOf(TEXT, numbers, bodyOf([2, 2, 4], e))))[0]?.columns[0];
  assertEquals([later?.offsets, later?.values], [Int32Array.of(0, 0, 2), Uint8Array.of(0xc3, 0xa9)]);
  for (
    const [offsets, bytes, word] of [
      [[0, 1, 4], e, "no UTF-8"],
      [[0, 2, 3], e, "no UTF-8"],
      [[0, 2, 4], [0xc3, 0xa9, 0xff, 0x41], "no UTF-8"],
      [[0, 3, 2], e, "offsets that fall"],
      [[-1, 2, 4], e, "offsets that begin below 0"],
      [[0, 2, 5], e, "has 4 bytes, and 5 are needed"],
    ] as const
  ) {
    await assertRejects(
      () => scan(streamOf(TEXT, numbers, bodyOf([...offsets], [...bytes]))),
      FormatError,
      word,
    );
  }
});

Deno.test("Arrow: a stream that is none, or begins otherwise, says so", async () => {
  const end = new ArrowEncoder(INT).endMessage();
  await assertRejects(
    () => scan(new BytesSource(end, "memory://s")),
    FormatError,
    "does not begin with a schema",
  );
  const old = Uint8Array.of(16, 0, 0, 0, ...new Uint8Array(28));
  await assertRejects(() => scan(new BytesSource(old, "memory://s")), FormatError, "before Arrow 0.15");
  const schema = new ArrowEncoder(INT).schemaMessage();
  const twice = new BytesSource(Uint8Array.of(...schema, ...schema, ...end), "memory://s");
  await assertRejects(() => scan(twice), FormatError, "a second schema");
  await assertRejects(() => scan(new BytesSource(schema, "memory://s")), FormatError, "it is cut");
  const long = Uint8Array.of(...schema, 255, 255, 255, 255, 0, 0, 0, 16, ...end);
  await assertRejects(() => scan(new BytesSource(long, "memory://s")), FormatError, "claim 268435456 bytes");
  const more = new BytesSource(Uint8Array.of(...schema, ...end, 0), "memory://s");
  await assertRejects(() => scan(more), FormatError, "1 bytes lie behind its end");
  const builder = new FlatBuilder();
  const table = builder.table([number(2, 2), number(1, 1), reference(builder.table([])), number(8, 0)]);
  const older = new BytesSource(Uint8Array.of(...frame(builder.finish(table), 8), ...end), "memory://s");
  await assertRejects(() => scan(older), UnsupportedError, "of version 3");
});

Deno.test("Arrow: a footer that does not tell the truth of a message is a FormatError", async () => {
  const encoder = new ArrowEncoder(INT, { alignment: 8 });
  const head = new Uint8Array(8);
  head.set(MAGIC);
  const schema = encoder.schemaMessage(8);
  const message = new BatchTemplate({ nodes: 1, buffers: 2, zstd: false, alignment: 8 })
    .fill({ rows: 4, nodes: [4, 0], buffers: [0, 0, 0, 16], bodyLength: 16 });
  const block = { offset: 8 + schema.length, metadataLength: message.length, bodyLength: 16 };
  const scanBy = async (told: Partial<Block>) => {
    const footer = writeFooter(encoder.arrowSchema, [{ ...block, ...told }]);
    const pieces = [head, schema, message, new Uint8Array(16), encoder.endMessage(), footer];
    const source = new BytesSource(new Uint8Array(pieces.flatMap((piece) => [...piece])), "memory://f");
    return await Array.fromAsync((await ArrowFileReader.open(source)).scan());
  };
  assertEquals((await scanBy({}))[0]?.columns[0]?.values, Int32Array.of(0, 0, 0, 0));
  for (
    const [told, word] of [
      [{ metadataLength: message.length + 8, bodyLength: 8 }, "the footer tells"],
      [{ bodyLength: 8 }, "its body has 16 bytes, and the footer tells 8"],
      [
        { offset: 8, metadataLength: schema.length, bodyLength: 0 },
        "lie between its last message and its footer",
      ],
      [{ offset: 0 }, "it has a message at 0"],
      [{ bodyLength: 2 ** 40 }, "it has a message at"],
    ] as const
  ) {
    await assertRejects(() => scanBy(told), FormatError, word);
  }
});

Deno.test("Arrow: a decimal of more digits than its column has is a FormatError, unless it stands for no value", async () => {
  const schema: Schema = {
    fields: [{ name: "a", type: { kind: "decimal", precision: 2, scale: 1 }, nullable: true }],
  };
  const body = new Uint8Array(40);
  body[0] = 0b01;
  body[8] = 99;
  body[24] = 100;
  const numbers = { rows: 2, nodes: [2, 1], buffers: [0, 1, 8, 32], bodyLength: 40 };
  assertEquals((await scan(streamOf(schema, numbers, body)))[0]?.rows, 2);
  body[0] = 0b10;
  await assertRejects(
    () => scan(streamOf(schema, numbers, body)),
    FormatError,
    'column "a" has a decimal of more than 2 digits in row 1',
  );
});
