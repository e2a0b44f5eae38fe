import { readInto, readRanges } from "@lade/core";
import { UnavailableError } from "@lade/core/errors";
import type { Clock } from "@lade/core/backend";
import type { EngineLevel } from "../config/resolve_config.ts";
import type { SampleRead } from "../datasets/dataset.ts";
import type { StatsCounter } from "../stats/loader_stats.ts";

/** A read, and where its bytes go. */
export interface PlacedRead extends SampleRead {
  /** As many bytes as the read has. */
  readonly target: Uint8Array;
}

/** What reads are made with. */
export interface ReadGround {
  readonly engine: EngineLevel;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly stats: StatsCounter;
}

/** Reads of one object, which are made together. */
export interface ReadGroup {
  readonly reads: readonly PlacedRead[];
}

/** Puts reads of one version of an object together, in the order in which the first of each comes. */
export function groupReads(reads: readonly PlacedRead[]): ReadGroup[] {
  // Most often each sample is an object of its own, and then no key is made.
  if (reads.length === 1) return [{ reads }];
  const groups = new Map<unknown, Map<string, PlacedRead[]>>();
  const all: { reads: PlacedRead[] }[] = [];
  for (const read of reads) {
    let ofStore = groups.get(read.store);
    if (!ofStore) groups.set(read.store, ofStore = new Map());
    const name = read.etag === undefined ? read.key : `${read.key}\0${read.etag}`;
    let group = ofStore.get(name);
    if (!group) {
      ofStore.set(name, group = []);
      all.push({ reads: group });
    }
    group.push(read);
  }
  return all;
}

/** Fills the targets of a group. An object that has another content, or fewer bytes, than the data set said is an error. */
export async function readGroup({ reads }: ReadGroup, ground: ReadGround): Promise<void> {
  const [first] = reads;
  if (!first) return;
  const { engine, signal, clock, stats } = ground;
  const { store, key, etag } = first;
  const began = clock.monotonicMs();
  const call = { signal, ...(etag !== undefined && { ifMatch: etag }) };
  if (reads.length > 1) {
    const gap = engine.coalesceGap === "auto" ? {} : { gap: engine.coalesceGap };
    await readRanges(store, key, reads, { ...call, ...gap, mergedSize: engine.coalesceSize });
  } else if (first.length > 0) {
    const { offset, length, target } = first;
    const { range } = await readInto(store, key, target, { ...call, range: { offset, length } });
    if (range.length !== length) {
      const uri = store.uri.endsWith("/") ? store.uri + key : `${store.uri}/${key}`;
      const detail = `it has ${range.length} of the ${length} bytes from ${offset} that the data set says`;
      throw new UnavailableError({ operation: "load", uri, detail, retryable: false });
    }
  }
  stats.read(reads.reduce((sum, { length }) => sum + length, 0), clock.monotonicMs() - began);
}
