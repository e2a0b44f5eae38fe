import { readInto, readIntoNow, readRanges, type ReadResult } from "@lade/core";
import type { Clock } from "@lade/core/backend";
import { UnavailableError } from "@lade/core/errors";
import type { EngineLevel } from "../config/resolve_config.ts";
import type { SampleRead } from "../datasets/dataset.ts";
import type { StatsCounter } from "../stats/loader_stats.ts";

/** A read, and where its bytes go. */
export interface PlacedRead extends SampleRead {
  /** As many bytes as the read has. */
  readonly target: Uint8Array;
  /** Where they begin within those of their sample. */
  readonly within: number;
}

/** What reads are made with. */
export interface ReadGround {
  readonly engine: EngineLevel;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly stats: StatsCounter;
}

/** Puts reads of one version of an object together, in the order in which the first of each comes. */
export function groupReads(reads: readonly PlacedRead[]): (readonly PlacedRead[])[] {
  const groups: PlacedRead[][] = [];
  // Nearly always there is one object of a key: to name each by store and etag, too, takes longer than all else here.
  const firsts = new Map<string, PlacedRead[]>();
  const others = new Map<string, PlacedRead[][]>();
  for (const read of reads) {
    const first = firsts.get(read.key);
    if (first && areOfOne(first, read)) first.push(read);
    else if (!first) firsts.set(read.key, begin(read));
    else {
      const alike = others.get(read.key);
      const group = alike?.find((group) => areOfOne(group, read));
      if (group) group.push(read);
      else if (alike) alike.push(begin(read));
      else others.set(read.key, [begin(read)]);
    }
  }
  return groups;

  function begin(read: PlacedRead): PlacedRead[] {
    const group = [read];
    groups.push(group);
    return group;
  }
}

/** Whether a read of the same key is of the same object as a group. */
function areOfOne([first]: readonly PlacedRead[], { store, etag }: PlacedRead): boolean {
  return first?.store === store && first.etag === etag;
}

/** Whether a read is all of an object that was empty, and may have bytes by now. */
export function isEmptyObject({ length, size }: SampleRead): boolean {
  return length === 0 && size === 0;
}

/** Fills the target of a read where its bytes are at hand, and says whether it did. */
export function readSampleNow(read: PlacedRead, { signal, clock, stats }: ReadGround): boolean {
  const { store, key, etag, offset, length, target } = read;
  if (length === 0) return !isEmptyObject(read);
  const began = clock.monotonicMs();
  const range = { offset, length };
  const result = readIntoNow(store, key, target, {
    signal,
    range,
    ...(etag !== undefined && { ifMatch: etag }),
  });
  if (!result) return false;
  checkLength(read, result);
  stats.read(length, clock.monotonicMs() - began);
  return true;
}

/** Fills the targets of a group. An object that has another content, or fewer bytes, than the data set said is an error. */
export async function readGroup(reads: readonly PlacedRead[], ground: ReadGround): Promise<void> {
  const [first] = reads;
  if (!first) return;
  const { engine, signal, clock, stats } = ground;
  const { store, key, etag, offset, length, target } = first;
  const began = clock.monotonicMs();
  const call = etag === undefined ? { signal } : { signal, ifMatch: etag };
  if (isEmptyObject(first)) checkSize(first, (await store.head(key, call)).size);
  else if (reads.length > 1) {
    const gap = engine.coalesceGap === "auto" ? {} : { gap: engine.coalesceGap };
    const { info } = await readRanges(store, key, reads, {
      ...call,
      ...gap,
      mergedSize: engine.coalesceSize,
    });
    if (info) checkSize(first, info.size);
  } else if (length > 0) {
    checkLength(first, await readInto(store, key, target, { ...call, range: { offset, length } }));
  }
  stats.readLater(reads.reduce((sum, { length }) => sum + length, 0), clock.monotonicMs() - began);
}

function checkLength(read: PlacedRead, { range, info }: ReadResult): void {
  checkSize(read, info.size);
  const { offset, length } = read;
  if (range.length === length) return;
  throw changed(read, `it has ${range.length} of the ${length} bytes from ${offset} that the data set says`);
}

function checkSize(read: PlacedRead, found: number): void {
  if (read.size === undefined || read.size === found) return;
  throw changed(read, `it has ${found} bytes, and the data set says ${read.size}`);
}

function changed({ store, key }: PlacedRead, detail: string): UnavailableError {
  const uri = store.uri.endsWith("/") ? store.uri + key : `${store.uri}/${key}`;
  return new UnavailableError({ operation: "load", uri, detail, retryable: false });
}
