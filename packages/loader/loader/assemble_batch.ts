import type { Clock } from "@lade/core/backend";
import type { FixedSample } from "../datasets/dataset.ts";
import type { BatchBuffer, BatchMemory } from "../pool/batch_memory.ts";
import type { StatsCounter } from "../stats/loader_stats.ts";
import type { SampleCollate } from "../workers/sample_work.ts";
import type { LoadedSamples } from "./batch_load.ts";
import { collateFixed } from "./collate_fixed.ts";
import type { Batch } from "./data_loader.ts";

/** What a batch is made of. */
export interface BatchParts<U, B> {
  readonly loaded: LoadedSamples<U>;
  readonly fixed: FixedSample | undefined;
  readonly collate: SampleCollate<U, B> | undefined;
  readonly isTransformed: boolean;
  readonly clock: Clock;
  readonly memory: BatchMemory;
  readonly stats: StatsCounter;
  readonly epoch: number;
  readonly step: number;
  readonly padding: number;
}

/** A batch, and whether it still has its memory. */
export interface HandedBatch<B> extends Batch<B> {
  /** Is told once the memory was given back. */
  onRelease: () => void;
}

/** Puts the samples of a batch together. Memory that the collation took is given back where it fails. */
export async function assembleBatch<U, B>(parts: BatchParts<U, B>): Promise<HandedBatch<B>> {
  const { loaded, fixed, collate, isTransformed, clock, memory, stats, epoch, step } = parts;
  const { samples, failures, buffer, adopted = [] } = loaded;
  const places = failures.keys().filter((place) => failures[place] === undefined).toArray();
  const own: BatchBuffer[] = [];
  let isOpen = true;
  const allocate = (bytes: number) => {
    if (!isOpen) throw new TypeError("Cannot allocate memory of a batch once its collation is over");
    const taken = memory.take(bytes);
    own.push(taken);
    return taken.bytes;
  };
  let data: B;
  try {
    if (fixed && buffer && !collate && !isTransformed) {
      const began = clock.monotonicMs();
      // The overload of a loader over samples that are alike says that this is what a batch is.
      data = collateFixed(buffer.bytes, fixed, failures.length, places) as B;
      stats.collateMs += clock.monotonicMs() - began;
    } else {
      const present = places.map((place) => samples[place] as U);
      const lot = { adopt: (made: BatchBuffer) => void own.push(made) };
      data = collate ? await collate(present, allocate, lot) : present as B;
    }
  } catch (error) {
    for (const taken of own) taken.release();
    throw error;
  } finally {
    isOpen = false;
  }
  const all = [...buffer ? [buffer] : [], ...adopted, ...own];
  const padded =
    failures.slice(failures.length - parts.padding).filter((failure) => failure === undefined).length;
  let isHeld = true;
  const batch: HandedBatch<B> = {
    data,
    epoch,
    step,
    size: places.length,
    padding: padded,
    skipped: failures.filter((failure) => failure !== undefined),
    onRelease: () => {},
    keep() {
      if (!isHeld) throw new TypeError("Cannot keep a batch whose memory was given back");
      for (const taken of all) taken.keep();
      isHeld = false;
      batch.onRelease();
      return data;
    },
    [Symbol.dispose]() {
      if (!isHeld) return;
      isHeld = false;
      for (const taken of all) taken.release();
      batch.onRelease();
    },
  };
  return batch;
}
