import type { CallOptions } from "@lade/core";
import type { PipedBytes } from "../source/piped_bytes.ts";
import { inflateRecords } from "./inflate_records.ts";
import { recordsOf } from "./read_records.ts";
import type { RecordBatch } from "./record_batch.ts";
import { detectCompression, type ReadRecordsOptions } from "./record_compression.ts";
import { HEAD_BYTES } from "./record_frame.ts";

/** `readRecords` of bytes that come once, compressed with gzip or zlib or not. */
export async function* readPipedRecords(
  bytes: PipedBytes,
  { signal, onFault }: Pick<ReadRecordsOptions, "signal" | "onFault"> = {},
): AsyncGenerator<RecordBatch, void, void> {
  const { uri } = bytes;
  const compression = detectCompression(await bytes.start(HEAD_BYTES));
  bytes.forget();
  const stream = (call?: CallOptions) =>
    compression === "none" ? bytes.stream() : inflateRecords(uri, bytes.stream(), compression, call);
  // Nothing is known of where they end: what is cut is seen by its last record.
  yield* recordsOf({ uri, stream }, { ...(signal && { signal }), ...(onFault && { onFault }) });
}
