import type { CallOptions } from "@lade/core";
import type { ByteSource } from "../source/byte_source.ts";
import type { TableBatch } from "../table/column.ts";
import { checkRows } from "../table/rebatch.ts";
import type { Schema } from "../table/schema.ts";
import type { ScanOptions, TableReader } from "../table/table_reader.ts";
import type { ArrowSchema } from "./arrow_field.ts";
import { BatchBody } from "./batch_body.ts";
import { decodeBatch, placesOf, planBody, schemaOf, wantedOf } from "./decode_batch.ts";
import { Dictionaries } from "./dictionaries.ts";
import { type ArrowMessage, faultAt, metadataLength, parseMessage, PREFIX } from "./message.ts";
import { PieceReader } from "./piece_reader.ts";
import { splitRows } from "./split_rows.ts";

/** A stream in Arrow's IPC format: read in order, one message in memory at a time, besides what is read ahead. */
export class ArrowStreamReader implements TableReader {
  /** The columns. */
  readonly schema: Schema;
  /** What the writer said of each column. */
  readonly fieldMetadata: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly #source: ByteSource;
  /**
   * The schema as Arrow has it.
   *
   * @internal
   */
  readonly arrowSchema: ArrowSchema;
  readonly #start: number;

  private constructor(source: ByteSource, schema: ArrowSchema, start: number) {
    this.#source = source;
    this.arrowSchema = schema;
    this.#start = start;
    this.schema = schemaOf(schema);
    this.fieldMetadata = Object.fromEntries(
      schema.fields.map(({ field, metadata }) => [field.name, metadata]),
    );
  }

  /** Reads the schema, which a stream begins with; `start` is where it does. */
  static async open(source: ByteSource, options: CallOptions = {}, start = 0): Promise<ArrowStreamReader> {
    const place = { uri: source.uri, offset: start };
    const length = metadataLength(await source.read(start, PREFIX, options), place);
    const message = length > 0
      ? parseMessage(await source.read(start + PREFIX, length, options), place)
      : undefined;
    if (message?.kind !== "schema") throw faultAt(place)("it does not begin with a schema");
    return new ArrowStreamReader(source, message.schema, start + PREFIX + length);
  }

  /**
   * Yields the rows: as many to a batch as the stream has, or as are asked for. A stream without a mark at its end is cut,
   * which is an error once all that is there was yielded.
   */
  async *scan(options: ScanOptions = {}): AsyncGenerator<TableBatch, void, undefined> {
    const { columns, rows = {}, batchRows } = options;
    checkRows(rows);
    const { from = 0, to = Infinity } = rows;
    const { uri } = this.#source;
    const wanted = wantedOf(this.arrowSchema, columns);
    const dictionaries = new Dictionaries(wanted.fields, uri);
    let at = 0;
    for await (const { message, read } of this.messages(options)) {
      if (at >= to) return;
      const length = message.bodyLength;
      if (message.kind === "dictionary" && dictionaries.wants(message.id)) {
        const body = BatchBody.plan(message.batch, length, Dictionaries.buffersOf(message.batch));
        await read(body);
        dictionaries.add(message.id, message.isDelta, message.batch, body);
      }
      if (message.kind !== "batch") continue;
      const header = message.batch;
      const [first, last] = [Math.max(from - at, 0), Math.min(to - at, header.rows)];
      at += header.rows;
      const places = placesOf(this.arrowSchema, wanted, header);
      if (first >= last) continue;
      const body = planBody(header, length, places);
      await read(body);
      const batch = decodeBatch(places, wanted.schema, header, body, {
        dictionaries,
        uri,
        from: first,
        to: last,
      });
      yield* splitRows(batch, batchRows);
      if (at >= to) return;
    }
  }

  /** Holds nothing that has to be closed. */
  async [Symbol.asyncDispose](): Promise<void> {}

  /**
   * Yields the messages behind the schema. `read` reads what is planned of a body, before the next message is asked for.
   *
   * @internal
   */
  async *messages(
    { signal }: CallOptions = {},
  ): AsyncGenerator<{ message: ArrowMessage; offset: number; read: (body: BatchBody) => Promise<void> }> {
    const { uri, size } = this.#source;
    const pieces = this.#source.stream({ offset: this.#start, ...(signal && { signal }) })
      [Symbol.asyncIterator]();
    const reader = new PieceReader(pieces, uri, this.#start);
    const prefix = new Uint8Array(PREFIX);
    try {
      for (;;) {
        signal?.throwIfAborted();
        const offset = reader.position;
        const fault = faultAt({ uri, offset });
        if (offset === size) throw fault("it ends without the mark of its end: it is cut");
        await reader.fill(prefix);
        const length = metadataLength(prefix, { uri, offset });
        if (length === 0) {
          if (reader.position !== size) throw fault(`${size - reader.position} bytes lie behind its end`);
          return;
        }
        if (length > size - reader.position) {
          throw fault(`its metadata claim ${length} bytes, and fewer are left`);
        }
        const metadata = new Uint8Array(length);
        await reader.fill(metadata);
        const message = parseMessage(metadata, { uri, offset });
        if (message.kind === "schema") throw fault("a second schema comes");
        const start = reader.position;
        if (message.bodyLength > size - start) {
          throw fault(`its body claims ${message.bodyLength} bytes, and ${size - start} are left`);
        }
        const read = async ({ runs }: BatchBody) => {
          for (const run of runs) {
            await reader.skip(start + run.offset - reader.position);
            await reader.fill(run.target);
          }
        };
        yield { message, offset, read };
        await reader.skip(start + message.bodyLength - reader.position);
      }
    } finally {
      await pieces.return?.();
    }
  }
}
