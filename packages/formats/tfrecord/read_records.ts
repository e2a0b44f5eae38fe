import type { CallOptions, ObjectStore } from "@lade/core";
import type { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { ObjectSource } from "../source/object_source.ts";
import type { RecordCompression } from "./inflate_source.ts";
import type { RecordBatch } from "./record_batch.ts";
import { RecordCutter } from "./record_cutter.ts";
import { HEAD_BYTES, lengthInHead } from "./record_frame.ts";

/** Options of {@linkcode readRecords}. */
export interface ReadRecordsOptions extends CallOptions {
  /** How the object is compressed; found by its first bytes when `"auto"`, the default. */
  readonly compression?: RecordCompression | "none" | "auto";
  /** Takes records whose checksum does not fit, which are then left out. Without it the first one ends the reading. */
  readonly onFault?: (fault: FormatError) => void;
}

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
  yield* recordsOf(await ObjectSource.open(store, key, { ...(signal && { signal }) }), options);
}

/** Where {@linkcode recordsOf} begins and ends. */
export interface RecordSpan {
  /** Where the first record's frame begins. */
  readonly offset?: number;
  /** Which record it is. */
  readonly first?: number;
  /** Where the last record's frame ends. */
  readonly end?: number;
}

/** {@linkcode readRecords} of a source that is open; a span of it is never compressed. */
export async function* recordsOf(
  source: ByteSource,
  options: ReadRecordsOptions & RecordSpan = {},
): AsyncGenerator<RecordBatch, void, void> {
  const { signal, onFault, offset = 0, first = 0, end = source.size } = options;
  const call = signal ? { signal } : {};
  const compression = offset > 0 ? "none" : await compressionOf(source, options);
  const { uri } = source;
  const cutter = new RecordCutter({
    uri,
    first,
    offset,
    ...(compression === "none" && { size: end }),
    ...(onFault && { onFault }),
  });
  const stored = source.stream({ ...call, offset, end });
  const pieces = compression === "none"
    ? stored
    : (await import("./inflate_source.ts")).inflate(stored, compression, uri);
  for await (const piece of pieces) yield* cutter.push(piece);
  cutter.finish();
}

/** How a source is compressed, by its first bytes. */
export async function compressionOf(
  source: ByteSource,
  options: Pick<ReadRecordsOptions, "compression" | "signal"> = {},
): Promise<RecordCompression | "none"> {
  const { compression = "auto", signal } = options;
  if (compression !== "auto") return compression;
  const start = await source.read(0, Math.min(HEAD_BYTES, source.size), signal ? { signal } : {});
  return detectCompression(start);
}

/**
 * The compression that the first 12 bytes of a file of records tell. A record of 35,615 bytes begins as gzip does: bytes
 * that are the head of a frame are no compression.
 */
export function detectCompression(start: Uint8Array): RecordCompression | "none" {
  if (start.length >= HEAD_BYTES && lengthInHead(start, 0) !== undefined) return "none";
  const [first = 0, second = 0, method] = start;
  if (first === 0x1f && second === 0x8b && (method === undefined || method === 8)) return "gzip";
  const isZlib = start.length >= 2 && (first & 0x0f) === 8 && first >> 4 <= 7 &&
    (first * 256 + second) % 31 === 0 && (second & 0x20) === 0;
  return isZlib ? "zlib" : "none";
}
