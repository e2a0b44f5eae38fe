import type { CallOptions, ObjectStore } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { ObjectSource } from "../source/object_source.ts";
import { HeadWalk } from "./head_walk.ts";
import { compressionOf } from "./record_compression.ts";
import { HEAD_BYTES } from "./record_frame.ts";
import type { RecordIndex } from "./record_index.ts";

/** Bytes of frames from which on only their heads are read. */
const LARGE = 64 * 2 ** 10;
/** Frames by which it is judged whether they are large. */
const JUDGED = 8;
/** Heads that are asked for at once, where frames have all been of one length, at most. */
const AHEAD = 32;
/** Bytes that are read of small frames before they are judged again. */
const STRETCH = 16 * 2 ** 20;

/**
 * Finds out where the records of a TFRecord object lie, by their heads: of large records nothing else is read, so that it
 * costs by records and not by bytes; small ones are read in order. Lengths are compared with their checksums, records are
 * not. A compressed object has no index: that is a `FormatError`.
 */
export async function buildIndex(
  store: ObjectStore,
  key: string,
  options: CallOptions = {},
): Promise<RecordIndex> {
  return await indexOf(await ObjectSource.open(store, key, options), options);
}

/** {@linkcode buildIndex} of a source that is open. */
export async function indexOf(source: ByteSource, options: CallOptions = {}): Promise<RecordIndex> {
  const { uri, size } = source;
  const compression = await compressionOf(source, options);
  if (compression !== "none") {
    const detail = `it is compressed by ${compression}, and what is compressed is read in order`;
    throw new FormatError({ operation: "index tfrecord", uri, detail, advice: "decompress it first" });
  }
  const walk = new HeadWalk(uri, size);
  while (size - walk.offset >= HEAD_BYTES) {
    if (areLarge(walk)) await walkHeads(source, walk, options);
    else await walkBytes(source, walk, options);
  }
  return walk.finish();
}

/** Whether the last frames were large; as long as there are none, it is not known. */
function areLarge(walk: HeadWalk): boolean {
  let [bytes, frames] = [0, 0];
  while (frames < JUDGED && walk.frameLength(frames) > 0) bytes += walk.frameLength(frames++);
  return frames > 0 && bytes / frames >= LARGE;
}

/** Reads heads alone, until frames are small. */
async function walkHeads(source: ByteSource, walk: HeadWalk, options: CallOptions): Promise<void> {
  let ahead = 1;
  while (source.size - walk.offset >= HEAD_BYTES && areLarge(walk)) {
    const { offset } = walk;
    const step = walk.frameLength(0);
    const isEven = step === walk.frameLength(1) && step === walk.frameLength(2);
    const fitting = Math.floor((source.size - offset - HEAD_BYTES) / step) + 1;
    const count = isEven ? Math.min(ahead, fitting) : 1;
    if (count === 1) walk.take(await source.read(offset, HEAD_BYTES, options), 0);
    else {
      const ranges = Array.from(
        { length: count },
        (_, index) => ({ offset: offset + index * step, length: HEAD_BYTES }),
      );
      const heads = await source.readRanges(ranges, options);
      // A head counts only where the one before leads to it.
      for (const [index, head] of heads.entries()) {
        if (walk.offset !== offset + index * step) break;
        walk.take(head, 0);
      }
    }
    ahead = isEven ? Math.min(2 * ahead, AHEAD) : 1;
  }
}

/** Reads everything for a stretch; of the first frames little, so that large ones are soon seen to be. */
async function walkBytes(source: ByteSource, walk: HeadWalk, options: CallOptions): Promise<void> {
  const from = walk.offset;
  if (from < STRETCH) {
    const length = Math.min(Math.max(LARGE, from), source.size - from);
    walk.takeAll(await source.read(from, length, options), from);
    return;
  }
  const end = Math.min(from + STRETCH, source.size);
  let start = from;
  const straddling = new Uint8Array(HEAD_BYTES);
  let held = 0;
  for await (const piece of source.stream({ ...options, offset: from, end })) {
    let at = 0;
    if (held > 0) {
      at = Math.min(HEAD_BYTES - held, piece.length);
      straddling.set(piece.subarray(0, at), held);
      held += at;
      if (held === HEAD_BYTES) {
        walk.take(straddling, 0);
        held = 0;
      }
    }
    if (held === 0) {
      const next = walk.takeAll(piece, start) - start;
      if (next < piece.length) {
        straddling.set(piece.subarray(next));
        held = piece.length - next;
      }
    }
    start += piece.length;
  }
}
