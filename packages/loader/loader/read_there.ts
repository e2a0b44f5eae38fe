import type { ObjectStore } from "@lade/core";
import { elsewhereOf, type ElsewhereReads } from "@lade/core/seams";
import type { LentBuffer } from "../pool/batch_memory.ts";
import type { ReaderRead } from "../readers/reader_messages.ts";
import type { Reader } from "../readers/reader.ts";
import type { StatsCounter } from "../stats/loader_stats.ts";
import { isEmptyObject, type PlacedRead } from "./read_samples.ts";
import { areLarge } from "./reads_at_hand.ts";

/** Reads of a batch that a reader may do. */
export interface SharedReads {
  /** What the reader has to run. */
  readonly program: string;
  readonly reads: readonly PlacedRead[];
  readonly ways: ReadonlyMap<ObjectStore, ElsewhereReads>;
}

/** More than that is never at hand, and better read by several threads of the system. */
const LONGEST = 2 ** 20;
/** How long a reader may take for what is cached, where other programs want its core, too. */
const MOST_MS = 50;
/** And for a byte, at 400 MB/s. */
const BYTE_MS = 2.5e-6;

/** What a reader may read in place of this thread: all of a batch, or nothing. */
export function sharedReads(
  groups: readonly (readonly PlacedRead[])[],
  buffer: LentBuffer,
): SharedReads | undefined {
  if (!buffer.canBeLent) return undefined;
  const ways = new Map<ObjectStore, ElsewhereReads>();
  const reads: PlacedRead[] = [];
  let program: string | undefined;
  for (const group of groups) {
    // Several small ones of an object are better asked for together.
    if (group.length > 1 && !areLarge(group)) return undefined;
    for (const read of group) {
      if (read.etag === undefined || read.length > LONGEST) return undefined;
      reads.push(read);
      if (ways.has(read.store)) continue;
      const way = elsewhereOf(read.store);
      program ??= way?.program;
      if (!way || way.program !== program) return undefined;
      ways.set(read.store, way);
    }
  }
  return program === undefined ? undefined : { program, reads, ways };
}

/** What a reader works with. */
export interface ReaderGround {
  readonly reader: Reader;
  readonly stats: StatsCounter;
}

/** What became of a read. */
export interface ReadElsewhere {
  readonly isDone: boolean;
  /** The CRC-32C of what is checked of it, where it was taken. */
  readonly checksum: number | undefined;
}

/**
 * Has a reader fill the memory of a batch, and says what became of each read. What it could not do without question, be it
 * for what is wrong with an object or for time, is left to this thread.
 */
export async function readThere(
  { reads, ways }: SharedReads,
  buffer: LentBuffer,
  { reader, stats }: ReaderGround,
): Promise<readonly ReadElsewhere[]> {
  const bytes = reads.reduce((sum, { length }) => sum + length, 0);
  const orders = reads.map(({ store, key, etag, size, offset, length, target, checked }): ReaderRead => {
    const place = length > 0 ? ways.get(store)?.placeOf(key) : undefined;
    return { place, etag, size, offset, length, start: target.byteOffset, checked };
  });
  if (orders.some(({ checked }) => checked)) reader.takeChecksums();
  const answer = await reader.read({
    buffer: buffer.bytes.buffer,
    reads: JSON.stringify(orders),
    limitMs: MOST_MS + bytes * BYTE_MS,
  });
  buffer.restore(answer?.buffer);
  let missed = 0;
  const done = reads.map((sample, which) => {
    const { store, length } = sample;
    const checksum = answer?.checksums[which] ?? -1;
    const read = { isDone: true, checksum: checksum < 0 ? undefined : checksum };
    if (length === 0) return { ...read, isDone: !isEmptyObject(sample) };
    const ms = answer?.ms[which] ?? -1;
    if (ms < 0) {
      missed++;
      return { isDone: false, checksum: undefined };
    }
    stats.readByReader(length, ms);
    ways.get(store)?.onRead(length);
    return read;
  });
  if (missed * 2 > reads.length) reader.failed();
  return done;
}
