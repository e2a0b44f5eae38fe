import type { ObjectStore } from "@lade/core";
import type { FormatError } from "@lade/formats/errors";
import { readRecords, type RecordBatch } from "@lade/formats/tfrecord";
import type { StreamDataset } from "./dataset.ts";
import { LostSample } from "./lost_sample.ts";
import { streamObjects, type StreamObjectsOptions } from "./stream_objects.ts";

/**
 * The records of TFRecord objects in order, without an index, also of those that are compressed with gzip or zlib, which
 * their first bytes tell. Every checksum is compared. The store stays the caller's.
 */
export function streamRecords(options: StreamObjectsOptions): StreamDataset<Uint8Array<ArrayBuffer>> {
  return streamObjects(options, { kind: ["records"], noun: "records", read: recordsOf });
}

async function* recordsOf(
  store: ObjectStore,
  key: string,
  from: number,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array<ArrayBuffer> | LostSample, number, undefined> {
  return yield* recordSamples((onFault) => readRecords(store, key, { signal, onFault }), from);
}

/** Records from the `from`-th on, those whose checksums do not fit in their place; and how many there are in all. */
export async function* recordSamples(
  batchesOf: (onFault: (fault: FormatError) => void) => AsyncIterable<RecordBatch>,
  from: number,
): AsyncGenerator<Uint8Array<ArrayBuffer> | LostSample, number, undefined> {
  const faults = new Map<number, FormatError>();
  const onFault = (fault: FormatError) => void faults.set(fault.record ?? 0, fault);
  let next = 0;
  /** Those before a record, whose checksums do not fit. */
  function* lost(before: number) {
    for (; next < before; next++) {
      if (next >= from) yield new LostSample(faults.get(next));
      faults.delete(next);
    }
  }
  for await (const batch of batchesOf(onFault)) {
    yield* lost(batch.first);
    // A batch is valid until the next one: a record is copied once.
    for (let place = Math.max(0, from - next); place < batch.length; place++) {
      yield Uint8Array.from(batch.record(place));
    }
    next += batch.length;
  }
  yield* lost(Math.max(next, ...faults.keys().map((record) => record + 1)));
  return next;
}
