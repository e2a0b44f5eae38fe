import type { CallOptions } from "@lade/core";
import { FaultList } from "../registry/fault_list.ts";
import type { Verification, VerifyOptions } from "../registry/format.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { schemaDifference } from "../table/compare_schemas.ts";
import type { Schema } from "../table/schema.ts";
import type { ArrowSchema } from "./arrow_field.ts";
import { parseBlock } from "./arrow_file.ts";
import { ArrowStreamReader } from "./arrow_stream.ts";
import { allocate, BatchBody } from "./batch_body.ts";
import { decodeBatch, placesOf, planBody, schemaOf, type Wanted, wantedOf } from "./decode_batch.ts";
import { Dictionaries } from "./dictionaries.ts";
import { type ArrowMessage, faultAt, parseMessage } from "./message.ts";
import { type Block, type Footer, HEAD, MAGIC, readFooter } from "./read_footer.ts";

/** Decodes all messages of one object, and gathers what is wrong. */
class Verifier {
  readonly #options: VerifyOptions;
  readonly #source: ByteSource;
  /** What is wrong. */
  readonly list: FaultList;
  readonly #checked: Record<string, number> = {};
  #covered = 0;
  #bytes = 0;

  constructor(source: ByteSource, options: VerifyOptions) {
    this.#source = source;
    this.#options = options;
    this.list = new FaultList(options);
  }

  passed(bytes: number): void {
    this.#bytes += bytes;
    this.#options.onBytes?.(bytes);
  }

  /** Decodes the body of a message. */
  decode(
    message: ArrowMessage,
    body: BatchBody,
    schema: ArrowSchema,
    wanted: Wanted,
    dictionaries: Dictionaries,
  ): void {
    body.onSum = (what, bytes) => {
      this.#checked[what] = (this.#checked[what] ?? 0) + 1;
      this.#covered += bytes;
    };
    if (message.kind === "dictionary") dictionaries.add(message.id, message.isDelta, message.batch, body);
    if (message.kind !== "batch") return;
    const { uri } = this.#source;
    const places = placesOf(schema, wanted, message.batch);
    decodeBatch(places, wanted.schema, message.batch, body, { dictionaries, uri });
  }

  get result(): Verification {
    const unchecked = Math.max(this.#source.size - this.#covered, 0);
    return { checked: this.#checked, unchecked, bytes: this.#bytes, faults: this.list.faults };
  }
}

/** Reads and decodes all of a file: every offset, length, text and count is checked, and each checksum compared. */
export async function verifyArrowFile(
  source: ByteSource,
  options: VerifyOptions = {},
): Promise<Verification> {
  const call = callOf(options);
  const verifier = new Verifier(source, options);
  await verifier.list.step(async () => {
    const footer = await readFooter(source, call);
    verifier.passed(source.size - footer.offset);
    await verifier.list.step(() => checkHead(source, footer, call));
    const wanted = wantedOf(footer.schema);
    const dictionaries = new Dictionaries(wanted.fields, source.uri);
    const all = [
      ...footer.dictionaries.map((block) => ({ block, kind: "dictionary" as const })),
      ...footer.batches.map((block) => ({ block, kind: "batch" as const })),
    ];
    for (const { block, kind } of all) {
      if (verifier.list.isFull) return;
      await verifier.list.step(async () => {
        const { message, body } = await readMessage(source, block, call);
        verifier.passed(block.metadataLength + block.bodyLength);
        if (message.kind !== kind) {
          throw faultAt({ uri: source.uri, offset: block.offset })(`it is no ${kind}`);
        }
        verifier.decode(message, BatchBody.whole(message.batch, body), footer.schema, wanted, dictionaries);
      });
    }
  });
  return verifier.result;
}

/** Reads and decodes all of a stream. */
export async function verifyArrowStream(
  source: ByteSource,
  options: VerifyOptions = {},
): Promise<Verification> {
  const call = callOf(options);
  const verifier = new Verifier(source, options);
  await verifier.list.step(async () => {
    const reader = await ArrowStreamReader.open(source, call);
    const schema = reader.arrowSchema;
    const wanted = wantedOf(schema);
    const dictionaries = new Dictionaries(wanted.fields, source.uri);
    for await (const { message, read } of reader.messages(call)) {
      if (verifier.list.isFull) return;
      verifier.passed(message.bodyLength);
      if (message.kind === "schema") continue;
      const header = message.batch;
      await verifier.list.step(async () => {
        const body = message.kind === "batch"
          ? planBody(header, message.bodyLength, placesOf(schema, wanted, header))
          : BatchBody.plan(header, message.bodyLength, Dictionaries.buffersOf(header));
        await read(body);
        verifier.decode(message, body, schema, wanted, dictionaries);
      });
    }
  });
  return verifier.result;
}

function callOf({ signal }: VerifyOptions): CallOptions {
  return signal ? { signal } : {};
}

/** What a file begins with: the magic bytes, and the schema that its footer has too. */
async function checkHead(source: ByteSource, footer: Footer, options: CallOptions): Promise<void> {
  const fault = faultAt({ uri: source.uri, offset: 0 });
  const head = await source.read(0, HEAD, options);
  const isSound = head.every((byte, index) => byte === (MAGIC[index] ?? 0));
  if (!isSound) throw fault("it does not begin with ARROW1 and two zeros");
  const first = await firstSchema(source, footer, options);
  const difference = schemaDifference(schemaOf(footer.schema), first);
  if (difference !== undefined) throw fault(`its schema is not that of its footer: ${difference}`);
}

/** The schema before the first message. Polars writes it without the mark and the length that begin a message. */
async function firstSchema(source: ByteSource, footer: Footer, options: CallOptions): Promise<Schema> {
  const { dictionaries, batches, offset } = footer;
  const end = [...dictionaries, ...batches].reduce((least, block) => Math.min(least, block.offset), offset);
  const bare = bareMessage(await source.read(HEAD, end - HEAD, options), source.uri);
  if (bare?.kind === "schema") return schemaOf(bare.schema);
  return (await ArrowStreamReader.open(source, options, HEAD)).schema;
}

function bareMessage(bytes: Uint8Array, uri: string): ArrowMessage | undefined {
  try {
    return parseMessage(bytes, { uri, offset: HEAD });
  } catch {
    return undefined;
  }
}

async function readMessage(source: ByteSource, block: Block, options: CallOptions) {
  const { offset, metadataLength, bodyLength } = block;
  const bytes = allocate(64 - metadataLength % 64, metadataLength + bodyLength);
  await source.readInto(offset, bytes, options);
  const message = parseBlock(bytes.subarray(0, metadataLength), block, source.uri);
  return { message, body: bytes.subarray(metadataLength) };
}
