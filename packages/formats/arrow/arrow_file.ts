import type { ByteBudget, CallOptions } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { readAhead } from "../source/read_ahead.ts";
import type { TableBatch } from "../table/column.ts";
import { checkRows } from "../table/rebatch.ts";
import type { Schema } from "../table/schema.ts";
import type { FetchedGroup, GroupedTable, GroupOptions, RowGroup } from "../table/grouped_table.ts";
import type { ScanOptions } from "../table/table_reader.ts";
import { allocate, BatchBody } from "./batch_body.ts";
import type { BatchHeader, Codec } from "./batch_header.ts";
import { decodeBatch, placesOf, planBody, schemaOf, type Wanted, wantedOf } from "./decode_batch.ts";
import { Dictionaries } from "./dictionaries.ts";
import { type ArrowMessage, faultAt, metadataLength, parseMessage, PREFIX } from "./message.ts";
import { type Block, type Footer, readFooter } from "./read_footer.ts";
import { splitRows } from "./split_rows.ts";

/** Batches whose metadata are read by one call. */
const HEADERS = 64;

/** A file in Arrow's IPC format: its batches are read by ranges, and of them only the columns that are wanted. */
export class ArrowFileReader implements GroupedTable {
  /** The columns. */
  readonly schema: Schema;
  /** What the writer said of each column. */
  readonly fieldMetadata: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Record batches. */
  readonly batches: number;
  readonly #source: ByteSource;
  readonly #footer: Footer;
  readonly #budget: ByteBudget | undefined;
  readonly #rows: number[] = [];
  #codec: Codec | undefined;

  private constructor(source: ByteSource, footer: Footer, budget: ByteBudget | undefined) {
    this.#source = source;
    this.#budget = budget;
    this.#footer = footer;
    this.schema = schemaOf(footer.schema);
    this.batches = footer.batches.length;
    this.fieldMetadata = Object.fromEntries(
      footer.schema.fields.map(({ field, metadata }) => [field.name, metadata]),
    );
  }

  /**
   * Reads the footer of a file, which is within the first request of a source that was opened at its end. Batches are read
   * ahead as far as the `budget` has room; without one, one batch is.
   */
  static async open(
    source: ByteSource,
    { budget, ...options }: CallOptions & { readonly budget?: ByteBudget } = {},
  ): Promise<ArrowFileReader> {
    return new ArrowFileReader(source, await readFooter(source, options), budget);
  }

  /** Rows in all. The file does not tell them in one place: this reads the metadata of every batch. */
  async countRows(options: CallOptions = {}): Promise<number> {
    while (this.#rows.length < this.batches) await this.#countMore(options);
    return this.#rows.reduce((sum, rows) => sum + rows, 0);
  }

  /** The record batches. This reads the metadata of each, once. */
  async rowGroups({ columns, ...options }: GroupOptions = {}): Promise<readonly RowGroup[]> {
    wantedOf(this.#footer.schema, columns);
    await this.countRows(options);
    return this.#footer.batches.map(({ bodyLength }, index) => ({
      rows: this.#rows[index] ?? 0,
      bytes: bodyLength,
    }));
  }

  /** Reads the columns of a record batch, and the dictionaries that they need. */
  async fetchGroup(index: number, { columns, ...options }: GroupOptions = {}): Promise<FetchedGroup> {
    const block = this.#footer.batches[index];
    if (!block) throw new RangeError(`record batch ${index} is wanted of ${this.batches}`);
    const wanted = wantedOf(this.#footer.schema, columns);
    const dictionaries = await this.#readDictionaries(wanted, options);
    return await this.#fetchBatch(block, wanted, { dictionaries, from: 0, to: Infinity }, options);
  }

  /** How the first batches are compressed, where they are. */
  async compression(options: CallOptions = {}): Promise<Codec | undefined> {
    if (this.#rows.length === 0) await this.#countMore(options);
    return this.#codec;
  }

  /** Yields the rows: as many to a batch as the file has, or as are asked for. */
  async *scan(options: ScanOptions = {}): AsyncGenerator<TableBatch, void, undefined> {
    const { columns, rows = {}, batchRows, signal } = options;
    const call = signal ? { signal } : {};
    checkRows(rows);
    const wanted = wantedOf(this.#footer.schema, columns);
    const dictionaries = await this.#readDictionaries(wanted, call);
    const parts = await this.#partsOf(rows, call);
    const load = async ({ block, from, to }: Part, signal: AbortSignal) => {
      const fetched = await this.#fetchBatch(block, wanted, { dictionaries, from, to }, { signal });
      return fetched.decode();
    };
    const sizeOf = ({ block }: Part) => block.bodyLength;
    const budget = this.#budget && { budget: this.#budget };
    for await (const batch of readAhead(parts, { sizeOf, read: load, ...call, ...budget })) {
      yield* splitRows(batch, batchRows);
    }
  }

  /** Holds nothing that has to be closed. */
  async [Symbol.asyncDispose](): Promise<void> {}

  /** The parts of batches that some rows lie in. */
  async #partsOf(
    { from = 0, to = Infinity }: { from?: number; to?: number },
    options: CallOptions,
  ): Promise<Part[]> {
    const { batches } = this.#footer;
    if (from === 0 && to === Infinity) return batches.map((block) => ({ block, from: 0, to: Infinity }));
    const parts: Part[] = [];
    let at = 0;
    for (const [index, block] of batches.entries()) {
      if (at >= to) break;
      if (index >= this.#rows.length) await this.#countMore(options);
      const rows = this.#rows[index] ?? 0;
      const [first, last] = [Math.max(from - at, 0), Math.min(to - at, rows)];
      if (first < last) parts.push({ block, from: first, to: last });
      at += rows;
    }
    return parts;
  }

  async #countMore(options: CallOptions): Promise<void> {
    const start = this.#rows.length;
    const blocks = this.#footer.batches.slice(start, start + HEADERS);
    const headers = await this.#readHeaders(blocks, options);
    headers.forEach((header, index) => {
      const { rows, codec } = batchOf(header, blocks[index], this.#source);
      this.#rows[start + index] = rows;
      this.#codec ??= codec;
    });
  }

  async #readHeaders(blocks: readonly Block[], options: CallOptions): Promise<ArrowMessage[]> {
    const ranges = blocks.map(({ offset, metadataLength }) => ({ offset, length: metadataLength }));
    const read = await this.#source.readRanges(ranges, options);
    return blocks.map((block, index) =>
      parseBlock(read[index] ?? new Uint8Array(0), block, this.#source.uri)
    );
  }

  async #readDictionaries(wanted: Wanted, options: CallOptions): Promise<Dictionaries> {
    const dictionaries = new Dictionaries(wanted.fields, this.#source.uri);
    if (dictionaries.isEmpty) return dictionaries;
    const blocks = this.#footer.dictionaries;
    const messages = await this.#readHeaders(blocks, options);
    for (const [index, message] of messages.entries()) {
      const block = blocks[index];
      if (!block) continue;
      const fault = faultAt({ uri: this.#source.uri, offset: block.offset });
      if (message.kind !== "dictionary") throw fault("no dictionary is where the footer has one");
      const { id, isDelta, batch } = message;
      if (!dictionaries.wants(id)) continue;
      if (!isDelta && dictionaries.has(id)) {
        throw fault(`dictionary ${id} is there twice, as only a stream may have it`);
      }
      const body = BatchBody.plan(batch, block.bodyLength, Dictionaries.buffersOf(batch));
      await this.#fill(body, block, options);
      dictionaries.add(id, isDelta, batch, body);
    }
    return dictionaries;
  }

  async #fetchBatch(
    block: Block,
    wanted: Wanted,
    rows: { readonly dictionaries: Dictionaries; readonly from: number; readonly to: number },
    options: CallOptions,
  ): Promise<FetchedGroup> {
    const { schema } = this.#footer;
    const { uri } = this.#source;
    if (wanted.isAll) {
      const { metadataLength: length, bodyLength } = block;
      const message = allocate(64 - length % 64, length + bodyLength);
      await this.#source.readInto(block.offset, message, options);
      const header = batchOf(parseBlock(message.subarray(0, length), block, uri), block, this.#source);
      const body = BatchBody.whole(header, message.subarray(length));
      const places = placesOf(schema, wanted, header);
      return {
        bytes: message.length,
        decode: () => decodeBatch(places, wanted.schema, header, body, { ...rows, uri }),
      };
    }
    const [message] = await this.#readHeaders([block], options);
    const header = batchOf(message, block, this.#source);
    const places = placesOf(schema, wanted, header);
    const body = planBody(header, block.bodyLength, places);
    await this.#fill(body, block, options);
    return {
      bytes: body.runs.reduce((sum, { target }) => sum + target.length, block.metadataLength),
      decode: () => decodeBatch(places, wanted.schema, header, body, { ...rows, uri }),
    };
  }

  async #fill({ runs }: BatchBody, { offset, metadataLength }: Block, options: CallOptions): Promise<void> {
    const ranges = runs.map((run) => ({
      offset: offset + metadataLength + run.offset,
      length: run.target.length,
      target: run.target,
    }));
    await this.#source.readRanges(ranges, options);
  }
}

interface Part {
  readonly block: Block;
  readonly from: number;
  readonly to: number;
}

/** Parses the message of a block, and checks that it is as long as the footer says. */
export function parseBlock(bytes: Uint8Array, block: Block, uri: string): ArrowMessage {
  const place = { uri, offset: block.offset };
  const length = metadataLength(bytes.subarray(0, PREFIX), place);
  if (length !== block.metadataLength - PREFIX) {
    throw faultAt(place)(
      `its metadata have ${length} bytes, and the footer tells ${block.metadataLength - PREFIX}`,
    );
  }
  const message = parseMessage(bytes.subarray(PREFIX), place);
  if (message.bodyLength === block.bodyLength) return message;
  throw faultAt(place)(`its body has ${message.bodyLength} bytes, and the footer tells ${block.bodyLength}`);
}

function batchOf(
  message: ArrowMessage | undefined,
  block: Block | undefined,
  { uri }: ByteSource,
): BatchHeader {
  if (message?.kind === "batch") return message.batch;
  const offset = block?.offset ?? 0;
  const detail = `no record batch is where the footer has one (message at byte ${offset})`;
  throw new FormatError({ operation: "read arrow", uri, detail, offset });
}
