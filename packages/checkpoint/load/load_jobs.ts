import type { ObjectStore } from "@lade/core";
import type { TensorTable } from "../manifest/manifest.ts";
import type { DataObject } from "../record/piece_bytes.ts";
import type { PlannedRead } from "./plan_load.ts";

/** Reads of one object that are asked for together. */
export interface Job {
  readonly object: DataObject;
  readonly reads: PlannedRead[];
  bytes: number;
}

/** How reads become jobs. */
export interface JobPlan {
  /** Bytes of one, at most, but for a read that is larger: others are read while the checksums of one are taken. */
  readonly bytes: number;
  /** Jobs at the same time. */
  readonly atOnce: number;
}

/** Where several ranges are read at a time. */
const JOBS: JobPlan = { bytes: 16 * 2 ** 20, atOnce: 16 };
/** Bytes of a job that is read from its start to its end. */
const BYTES_IN_ORDER = 32 * 2 ** 20;

/** The jobs that suit a store. */
export function jobPlanOf({ readHints: { streams } }: Pick<ObjectStore, "readHints">): JobPlan {
  return streams === undefined ? JOBS : { bytes: BYTES_IN_ORDER, atOnce: streams };
}
/** Reads of one job, at most. */
const JOB_READS = 4096;

/** Puts reads of an object together; large pieces that go straight into place are read by several jobs. */
export function* jobsOf(
  plan: Iterable<PlannedRead>,
  { shards, chunkBytes }: TensorTable,
  jobBytes: number,
): Generator<Job, void, void> {
  const open = new Map<number, Job>();
  for (const whole of plan) {
    for (const read of cut(whole, chunkBytes, jobBytes)) {
      const { shard } = read.piece;
      let job = open.get(shard);
      if (!job) open.set(shard, job = { object: shards[shard] ?? { key: "", size: 0 }, reads: [], bytes: 0 });
      job.reads.push(read);
      job.bytes += read.length;
      if (job.bytes < jobBytes && job.reads.length < JOB_READS) continue;
      open.delete(shard);
      yield job;
    }
  }
  yield* open.values();
}

/** Cuts a read whose bytes lie side by side in memory into reads of whole chunks, of `most` bytes where that is enough for one. */
export function* cut(
  read: PlannedRead,
  chunkBytes: number,
  most: number,
): Generator<PlannedRead, void, void> {
  const { place, offset, length } = read;
  const step = Math.max(chunkBytes, Math.floor(most / chunkBytes) * chunkBytes);
  if (!place || length <= step) return yield read;
  for (let at = 0; at < length; at += step) {
    const end = Math.min(length, at + step);
    yield { ...read, offset: offset + at, length: end - at, place: place.subarray(at, end) };
  }
}
