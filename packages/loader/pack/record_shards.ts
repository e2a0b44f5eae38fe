import { encodeExample } from "@lade/formats/example";
import { createRecordWriter, indexKeyOf, writeIndex } from "@lade/formats/tfrecord";
import { type CreateShard, type OpenShard, writerCall } from "./open_shard.ts";
import type { PackRecords } from "../manifest/pack_plan.ts";
import { bytesOfArray, type IndexedSample, type KnownSample, nameBelow, ofSample } from "./pack_sample.ts";

/** Bytes of a record besides its own: its length, and two checksums. */
const FRAME = 16;

/** What record shards are made of. */
export interface RecordShardOptions {
  /** Bytes of a shard, at most. */
  readonly shardSize: number;
  /** What records are. */
  readonly records: PackRecords;
  /** What is taken off the keys of whole objects. */
  readonly prefix: string;
  /** Makes the records of rows of a table, where samples are these. */
  readonly encodeRows?: ((batch: readonly IndexedSample[]) => Iterable<Uint8Array>) | undefined;
}

/** Writes samples as the records of TFRecord objects, each with its index beside it. */
export function recordShards(options: RecordShardOptions): CreateShard<readonly IndexedSample[]> {
  return async (place): Promise<OpenShard<readonly IndexedSample[]>> => {
    const { store, key, signal } = place;
    const writer = await createRecordWriter(store, key, writerCall(place));
    let size = 0;
    return {
      async take(batch, from) {
        let at = from;
        for (const record of recordsOf(batch.slice(from), options)) {
          if (size > 0 && size + FRAME + record.length > options.shardSize) break;
          size += FRAME + record.length;
          await writer.write(record);
          at++;
        }
        return at - from;
      },
      async close() {
        const { index, size } = await writer.close();
        if (index) await writeIndex(store, indexKeyOf(key), index, signal ? { signal } : {});
        return size;
      },
      [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
    };
  };
}

function* recordsOf(
  batch: readonly IndexedSample[],
  { encodeRows, ...options }: RecordShardOptions,
): Generator<Uint8Array> {
  if (encodeRows) yield* encodeRows(batch);
  else for (const indexed of batch) yield ofSample(indexed, (sample) => recordOf(sample, options));
}

/** The record of a sample. A record stays as it is. */
function recordOf(
  known: KnownSample,
  { records, prefix }: Pick<RecordShardOptions, "records" | "prefix">,
): Uint8Array {
  const isBytes = records === "bytes";
  switch (known.kind) {
    case "record":
      return known.bytes;
    case "file": {
      const { key, bytes } = known.file;
      if (isBytes) return bytes;
      return encodeExample({ name: { bytes: [nameBelow(prefix, key)] }, data: { bytes: [bytes] } });
    }
    case "array": {
      const { dtype, shape, order } = known.array;
      const data = bytesOfArray(known.array);
      if (isBytes) return data;
      return encodeExample({
        data: { bytes: [data] },
        dtype: { bytes: [dtype] },
        shape: { ints: shape },
        ...(order === "F" && shape.length > 1 && { order: { bytes: ["F"] } }),
      });
    }
    case "fields":
    case "files": {
      const { key } = known.sample;
      const fields = known.kind === "fields"
        ? Object.entries(known.sample.fields)
        : known.sample.files.map(({ name, bytes }) => [name.slice(key.length + 1), bytes] as const);
      const [first, ...more] = fields;
      if (isBytes) {
        if (first && more.length === 0) return first[1];
        throw new TypeError(`it has ${fields.length} fields, and "bytes" are of samples with one`);
      }
      // Names such as __proto__ stay names: an object that is made of entries has them for its own.
      return encodeExample(Object.fromEntries([
        ["__key__", { bytes: [key] }],
        ...fields.map(([name, bytes]) => [name, { bytes: [bytes] }] as const),
      ]));
    }
  }
}
