import { checkExampleSchema, encodeRows } from "@lade/formats/example";
import { BatchBuilder, type Schema, type TableWriter } from "@lade/formats/table";
import type { PackFormat } from "../manifest/pack_plan.ts";
import { sampleSize } from "../pool/sample_size.ts";
import { type CreateShard, type OpenShard, type ShardPlace, writerCall } from "./open_shard.ts";
import type { IndexedSample } from "./pack_sample.ts";

/** Bytes of rows that make a row group or record batch, about: small enough for rows to be shuffled by them. */
const GROUP_BYTES = 4 * 2 ** 20;

/** Writes rows of a table to Parquet or Arrow files, with the columns and types that the table has. */
export function tableShards(
  { schema, format, shardSize }: {
    readonly schema: Schema;
    readonly format: "parquet" | "arrow";
    readonly shardSize: number;
  },
): CreateShard<readonly IndexedSample[]> {
  return (place) => Promise.resolve(new TableShard({ schema, format, shardSize, place }));
}

interface TableShardSetup {
  readonly schema: Schema;
  readonly format: "parquet" | "arrow";
  readonly shardSize: number;
  readonly place: ShardPlace;
}

class TableShard implements OpenShard<readonly IndexedSample[]> {
  readonly #setup: TableShardSetup;
  #writer: TableWriter | undefined;
  #bytes = 0;

  constructor(setup: TableShardSetup) {
    this.#setup = setup;
  }

  async take(batch: readonly IndexedSample[], from: number): Promise<number> {
    const { schema, shardSize } = this.#setup;
    const builder = new BatchBuilder(schema);
    const before = this.#bytes;
    for (const { sample, index } of batch.slice(from)) {
      const size = sampleSize(sample);
      if (this.#bytes > 0 && this.#bytes + size > shardSize) break;
      this.#bytes += size;
      appendRow(builder, sample, index);
    }
    const { rows } = builder;
    if (rows === 0) return 0;
    const groupRows = Math.max(1, Math.round(GROUP_BYTES * rows / (this.#bytes - before)));
    this.#writer ??= await this.#create(groupRows);
    await this.#writer.write(builder.finish());
    return rows;
  }

  async close(): Promise<number> {
    if (!this.#writer) throw new TypeError("Cannot close a shard without samples");
    return (await this.#writer.close()).size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer?.[Symbol.asyncDispose]();
  }

  async #create(groupRows: number): Promise<TableWriter> {
    const { schema, format, place } = this.#setup;
    const { store, key } = place;
    const options = { schema, groupRows, ...writerCall(place) };
    if (format === "parquet") {
      const { createParquetWriter } = await import("@lade/formats/parquet");
      return await createParquetWriter(store, key, options);
    }
    const { createArrowFileWriter } = await import("@lade/formats/arrow");
    return await createArrowFileWriter(store, key, options);
  }
}

/** Makes tf.Examples of rows, whose features are the columns. */
export function rowEncoder(schema: Schema): (batch: readonly IndexedSample[]) => Iterable<Uint8Array> {
  return (batch) => {
    const builder = new BatchBuilder(schema);
    for (const { sample, index } of batch) appendRow(builder, sample, index);
    return encodeRows(builder.finish());
  };
}

/** Throws a `TypeError` for samples that are of a table, and are no rows that a format can hold. */
export function checkRows(
  { schema, of }: { readonly schema: Schema; readonly of: "rows" | "batches" },
  format: PackFormat,
): void {
  if (of === "batches") throw new TypeError('its samples are batches of rows: say kind (--kind) "rows"');
  if (format === "tar" || format === "npy") {
    throw new TypeError(`rows of a table are packed to parquet, arrow or tfrecord, not to ${format}`);
  }
  if (format === "tfrecord") checkExampleSchema(schema);
}

function appendRow(builder: BatchBuilder, sample: unknown, index: number): void {
  const row = sample as Readonly<Record<string, unknown>>;
  try {
    builder.append(builder.schema.fields.map(({ name }) => Object.hasOwn(row, name) ? row[name] : null));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new TypeError(`Cannot pack sample ${index}: ${words}`, { cause: error });
  }
}
