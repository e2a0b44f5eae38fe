import { crc32c } from "@lade/codec/checksum";
import type { CallOptions, ObjectStore } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { ObjectSource } from "../source/object_source.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { indexOf } from "./build_index.ts";
import { indexKeyOf, readIndex } from "./index_file.ts";
import { stale } from "./index_text.ts";
import { recordsOf } from "./read_records.ts";
import type { RecordInput } from "./record_input.ts";
import type { RecordBatch } from "./record_batch.ts";
import { DATA_FAULT, LENGTH_FAULT, recordFault } from "./record_fault.ts";
import { FOOT_BYTES, FRAME_BYTES, HEAD_BYTES, isMaskedCrc, lengthInHead } from "./record_frame.ts";
import type { FrameRange, RecordIndex } from "./record_index.ts";

/** Options of {@linkcode openRecords}. */
export interface OpenRecordsOptions extends CallOptions {
  /**
   * Where the records lie: an index that is there, the key of one, `"find"` (the default) to look for one beside the object,
   * or `"build"` to find the records by their heads where none is found.
   */
  readonly index?: RecordIndex | { readonly key: string } | "find" | "build";
}

/** The records of a TFRecord object by their numbers. */
export class RecordFile {
  /** The object. */
  readonly source: ByteSource;
  /** Where its records lie. */
  readonly index: RecordIndex;

  /** An index that is not as long as the object is a `StaleIndexError`. */
  constructor(source: ByteSource, index: RecordIndex) {
    this.source = source;
    this.index = index;
    if (index.size !== source.size) {
      throw this.#stale(`its records end at byte ${index.size}, and the object has ${source.size} bytes`);
    }
  }

  /** Records in the object. */
  get length(): number {
    return this.index.length;
  }

  /** Where the frame of a record lies, for those who read it themselves. */
  rangeOf(record: number): FrameRange {
    return this.index.rangeOf(record);
  }

  /** Which bytes of a frame of `length` bytes its checksum is of. */
  checkedRange(length: number): { readonly from: number; readonly to: number } {
    return { from: HEAD_BYTES, to: length - FOOT_BYTES };
  }

  /**
   * The record in the bytes of its frame, a view of them. Its length and its bytes are compared with their checksums: one
   * that does not fit is a `FormatError`, and another length than the index says is a `StaleIndexError`. `checksum` is the
   * CRC-32C of the bytes that {@linkcode checkedRange} says, where somebody has computed it.
   */
  decode(record: number, frame: Uint8Array, checksum?: number): Uint8Array {
    const { offset, length } = this.rangeOf(record);
    if (frame.length !== length) {
      throw new RangeError(
        `Cannot take record ${record} from ${frame.length} bytes: its frame has ${length}`,
      );
    }
    const place = { uri: this.source.uri, record, offset };
    const told = lengthInHead(frame, 0);
    if (told === undefined) {
      const advice = `where the index is another object's, lade index ${this.source.uri} renews it`;
      throw recordFault(place, LENGTH_FAULT, advice);
    }
    if (told !== length - FRAME_BYTES) {
      throw this.#stale(`record ${record} has ${told} bytes, and ${length - FRAME_BYTES} by the index`);
    }
    const bytes = frame.subarray(HEAD_BYTES, length - FOOT_BYTES);
    if (!isMaskedCrc(frame, length - FOOT_BYTES, checksum ?? crc32c(bytes))) {
      throw recordFault(place, DATA_FAULT);
    }
    return bytes;
  }

  /**
   * Reads records in any order, those near one another by one request, and gives them in the order they were asked for. They
   * may share memory, and are the caller's.
   */
  async read(records: readonly number[], options: CallOptions = {}): Promise<Uint8Array[]> {
    const frames = await this.source.readRanges(records.map((record) => this.rangeOf(record)), options);
    return frames.map((frame, place) => this.decode(records[place] ?? 0, frame));
  }

  /** Yields the records from `from` up to before `to` in order, many at a time, as `readRecords` does. */
  async *batches(
    { from = 0, to = this.length, ...options }: CallOptions & {
      readonly from?: number;
      readonly to?: number;
    } = {},
  ): AsyncGenerator<RecordBatch, void, void> {
    const { bounds } = this.index;
    const [offset, end] = [bounds[from], bounds[to]];
    if (offset === undefined || end === undefined || from > to) {
      throw new RangeError(`Cannot read records ${from} to ${to}: there are ${this.length}`);
    }
    if (from < to) {
      yield* recordsOf(this.#input, { ...options, offset, first: from, end });
    }
  }

  get #input(): RecordInput {
    const { source } = this;
    return { uri: source.uri, source, stored: source, stream: (call) => source.stream(call) };
  }

  #stale(detail: string) {
    const { uri } = this.source;
    return stale({ uri, indexUri: uri }, detail);
  }
}

/**
 * Opens a TFRecord object to read records by their numbers. An index that does not fit the object is a `StaleIndexError`
 * that names what renews it.
 */
export async function openRecords(
  store: ObjectStore,
  key: string,
  options: OpenRecordsOptions = {},
): Promise<RecordFile> {
  const { index = "find", signal } = options;
  const call = { ...(signal && { signal }) };
  const source = await ObjectSource.open(store, key, call);
  if (typeof index === "object" && "bounds" in index) return new RecordFile(source, index);
  const given = typeof index === "object" ? { indexKey: index.key } : {};
  const found = await readIndex(store, key, source.size, {
    ...call,
    ...given,
    isNeeded: index === "find",
  });
  if (found) return new RecordFile(source, found.index);
  if (index === "build") return new RecordFile(source, await indexOf(source, call));
  throw new FormatError({
    operation: "read records by number of",
    uri: source.uri,
    detail: `it has no index beside it, such as ${JSON.stringify(indexKeyOf(key))}`,
    advice: `lade index ${source.uri} makes one`,
  });
}
