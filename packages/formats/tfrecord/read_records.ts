import type { CallOptions, ObjectStore } from "@lade/core";
import { ObjectSource } from "../source/object_source.ts";
import type { RecordBatch } from "./record_batch.ts";
import type { ReadRecordsOptions } from "./record_compression.ts";
import { RecordCutter } from "./record_cutter.ts";
import { hesitantly, inputOf, type RecordInput } from "./record_input.ts";

/**
 * Yields all records of a TFRecord object in order, many at a time, and read ahead. Every length and every record is
 * compared with its checksum. What is damaged or cut is a `FormatError` with the record's number and offset. A batch is
 * valid until the next one is asked for.
 */
export async function* readRecords(
  store: ObjectStore,
  key: string,
  options: ReadRecordsOptions = {},
): AsyncGenerator<RecordBatch, void, void> {
  const { signal } = options;
  const source = await ObjectSource.open(store, key, { ...(signal && { signal }) });
  yield* recordsOf(await inputOf(source, options), options);
}

/** Which records {@linkcode recordsOf} reads. An input without a source is read from its first byte to its last. */
export interface RecordSpan {
  /** Where the first record's frame begins. */
  readonly offset?: number;
  /** Which record it is. */
  readonly first?: number;
  /** Where the last record's frame ends. */
  readonly end?: number;
  /** Nothing is read ahead, since the reader may soon have enough. */
  readonly isHesitant?: boolean;
}

/** {@linkcode readRecords} of an input that is open, or of a span of it. */
export async function* recordsOf(
  { uri, source, stream }: Pick<RecordInput, "uri" | "source" | "stream">,
  options: Omit<ReadRecordsOptions, "compression"> & RecordSpan = {},
): AsyncGenerator<RecordBatch, void, void> {
  const { signal, onFault, offset = 0, first = 0, end = source?.size, isHesitant = false } = options;
  const call: CallOptions = { ...(signal && { signal }) };
  const cutter = new RecordCutter({
    uri,
    first,
    offset,
    ...(end !== undefined && { size: end }),
    ...(onFault && { onFault }),
  });
  const pieces = !source
    ? stream(call)
    : isHesitant
    ? hesitantly(source, { ...call, offset })
    : source.stream({ ...call, offset, isLookedAt: true, ...(end !== undefined && { end }) });
  for await (const piece of pieces) yield* cutter.push(piece);
  cutter.finish();
}
