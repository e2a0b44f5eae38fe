/** Goes through records that are made as they are read, as a program of its own. Prints its memory, as JSON. */
import { memoryUsage } from "node:process";
import {
  createStoreContext,
  getBytes,
  type GetOptions,
  type GetResult,
  MemoryStore,
  type ObjectMeta,
  objectUri,
} from "@lade/core";
import { createGetResult } from "@lade/core/backend";
import { ForwardingStore } from "@lade/core/layers";
import { createRecordWriter } from "@lade/formats/tfrecord";
import { createLoader, openDataset } from "@lade/loader";

/** What is printed. */
export interface LongStream {
  /** Bytes that the process held, after each quarter of a GiB. */
  readonly held: readonly number[];
  /** Bytes of samples, and how many. */
  readonly bytes: number;
  readonly samples: number;
}

/** What all buffers of the process may take. */
export const BUDGET: number = 64 * 2 ** 20;
/** Bytes of a record, and records of an object. */
export const RECORD: number = 32 * 2 ** 10;
export const RECORDS: number = 8 * 2 ** 10;
/** Objects, of a quarter of a GiB each. */
export const OBJECTS = 8;

/** Objects of one record again and again, of which none is in memory. */
class SameRecords extends ForwardingStore {
  readonly #unit: Uint8Array;
  readonly #objects: readonly ObjectMeta[];

  constructor(unit: Uint8Array, context: ReturnType<typeof createStoreContext>) {
    super(new MemoryStore({ context }));
    this.#unit = unit;
    this.#objects = Array.from({ length: OBJECTS }, (_, object) => ({
      key: `${object}.tfrecord`,
      size: unit.length * RECORDS,
      etag: `"${object}"`,
      lastModified: new Date(0),
    }));
  }

  override async *list(): AsyncGenerator<ObjectMeta> {
    yield* this.#objects;
  }

  override get(key: string, { range, signal }: GetOptions = {}): Promise<GetResult> {
    const info = this.#objects.find((object) => object.key === key);
    if (!info) return super.get(key);
    const unit = this.#unit;
    const given = range && "offset" in range ? range : undefined;
    const offset = given?.offset ?? 0;
    const length = Math.min(given?.length ?? Infinity, info.size - offset);
    let at = offset;
    const source = {
      read(target: Uint8Array) {
        const from = at % unit.length;
        const piece = unit.subarray(from, Math.min(unit.length, from + target.length));
        target.set(piece);
        at += piece.length;
        return piece.length;
      },
      close() {},
    };
    const uri = objectUri(this.uri, key);
    return Promise.resolve(
      createGetResult({ info: { ...info, metadata: {} }, range: { offset, length }, source, uri, signal }),
    );
  }
}

if (import.meta.main) {
  const context = createStoreContext({ maxBufferedBytes: BUDGET });
  const made = new MemoryStore();
  await using writer = await createRecordWriter(made, "one");
  await writer.write(new Uint8Array(RECORD).fill(7));
  await writer.close();
  const store = new SameRecords((await getBytes(made, "one")).bytes, context);
  await using dataset = await openDataset(store, "", { index: false });
  await using loader = createLoader<unknown>(dataset, { batchSize: 64, shuffle: { window: 64, lanes: 4 } });
  const held: number[] = [];
  let bytes = 0;
  let samples = 0;
  for await (const { data } of loader) {
    for (const sample of data) bytes += (sample as Uint8Array).length;
    samples += data.length;
    if (samples % RECORDS !== 0) continue;
    (globalThis as { gc?: () => void }).gc?.();
    held.push(memoryUsage().rss);
  }
  const told: LongStream = { held, bytes, samples };
  console.log(JSON.stringify(told));
}
