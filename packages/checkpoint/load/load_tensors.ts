import { objectUri, readRanges } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { ChecksumMismatchError, NotFoundError, RangeNotSatisfiableError } from "@lade/core/errors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { damagedChunks, type DataObject } from "../record/piece_bytes.ts";
import type { TensorTable } from "../manifest/manifest.ts";
import { checkNames } from "../errors/check_names.ts";
import type { Series } from "../series/series.ts";
import { planLoad, type PlannedRead, type TensorTarget } from "./plan_load.ts";

/** Options of a load. */
export interface LoadOptions {
  /** Whether the checksums of all chunks that are touched are compared; `true` by default. */
  readonly verify?: boolean;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** What a load did. */
export interface LoadReport {
  /** Bytes that went into the caller's memory. */
  readonly bytes: number;
  /** Bytes that were read for them. */
  readonly bytesRead: number;
}

/** Reads of one object that are asked for together. */
interface Job {
  readonly object: DataObject;
  readonly reads: PlannedRead[];
  bytes: number;
}

/** Bytes and reads of one job, at most, but for a read that is larger: others are read while the checksums of one are taken. */
const JOB_BYTES = 16 * 2 ** 20;
const JOB_READS = 4096;
/** Jobs at the same time. */
const AT_ONCE = 16;

/** Reads parts of tensors into the caller's memory; see {@linkcode planLoad}. */
export async function loadTensors(
  { store }: Pick<Series, "store">,
  table: TensorTable,
  targets: Iterable<TensorTarget>,
  options: LoadOptions = {},
): Promise<LoadReport> {
  checkNames("load tensors", options, ["verify", "signal"]);
  const { verify = true, signal } = options;
  const plan = planLoad(table, targets, { inChunks: verify, gap: store.readHints.coalesceGap ?? 0 });
  const ground: LoadGround = { store, table, verify };
  let [bytes, bytesRead] = [0, 0];
  await inParallel(jobsOf(plan, table), AT_ONCE, async (job, signal) => {
    bytes += await runJob(ground, job, signal);
    bytesRead += job.bytes;
  }, signal);
  return { bytes, bytesRead };
}

interface LoadGround extends Pick<Series, "store"> {
  readonly table: TensorTable;
  readonly verify: boolean;
}

/** Puts reads of an object together; large pieces that go straight into place are read by several jobs. */
function* jobsOf(
  plan: Iterable<PlannedRead>,
  { shards, chunkBytes }: TensorTable,
): Generator<Job, void, void> {
  const open = new Map<number, Job>();
  for (const whole of plan) {
    for (const read of cut(whole, chunkBytes)) {
      const { shard } = read.piece;
      let job = open.get(shard);
      if (!job) open.set(shard, job = { object: shards[shard] ?? { key: "", size: 0 }, reads: [], bytes: 0 });
      job.reads.push(read);
      job.bytes += read.length;
      if (job.bytes < JOB_BYTES && job.reads.length < JOB_READS) continue;
      open.delete(shard);
      yield job;
    }
  }
  yield* open.values();
}

function* cut(read: PlannedRead, chunkBytes: number): Generator<PlannedRead, void, void> {
  const { place, offset, length } = read;
  const step = Math.max(chunkBytes, Math.floor(JOB_BYTES / chunkBytes) * chunkBytes);
  if (!place || length <= step) return yield read;
  for (let at = 0; at < length; at += step) {
    const end = Math.min(length, at + step);
    yield { ...read, offset: offset + at, length: end - at, place: place.subarray(at, end) };
  }
}

async function runJob(ground: LoadGround, { object, reads }: Job, signal: AbortSignal): Promise<number> {
  const { budget } = ground.store.context;
  const scattered = reads.reduce((sum, { place, length }) => sum + (place ? 0 : length), 0);
  const lease = await budget.acquire(Math.min(scattered, budget.capacity), signal);
  try {
    const filled = await fill(ground, object, reads, signal);
    let bytes = 0;
    reads.forEach((read, index) => {
      const found = filled[index] ?? new Uint8Array(0);
      if (ground.verify) compare(ground, object, read, found);
      bytes += scatter(read, found);
    });
    return bytes;
  } finally {
    lease.release();
  }
}

async function fill(
  { store }: LoadGround,
  { key, size, etag }: DataObject,
  reads: readonly PlannedRead[],
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  const ranges = reads.map(({ piece, offset, length, place }) => ({
    offset: piece.offset + offset,
    length,
    ...(place && { target: place }),
  }));
  const [first] = reads;
  try {
    const { info, bytes } = await readRanges(store, key, ranges, {
      signal,
      ...(etag !== undefined && { ifMatch: etag }),
    });
    if (info && info.size !== size && first) {
      throw invalid(store.uri, first, `${key} has ${info.size} bytes, not ${size}`);
    }
    return bytes;
  } catch (error) {
    const fault = faultOf(error);
    if (!first || !fault) throw error;
    throw invalid(store.uri, first, `${key}${fault}`, { cause: error });
  }
}

/** What an object has that cannot be read; nothing where only the store fails. */
function faultOf(error: unknown): string | undefined {
  if (error instanceof NotFoundError) return " is gone";
  if (error instanceof RangeNotSatisfiableError) return " is cut";
  return error instanceof ChecksumMismatchError ? `: ${error.detail}` : undefined;
}

/** Puts bytes that do not lie side by side in the target where they belong; says how many are the caller's. */
function scatter({ place, runs, target, offset }: PlannedRead, bytes: Uint8Array): number {
  if (place) return place.length;
  let count = 0;
  for (const run of runs) {
    const from = run.source - offset;
    target.set(bytes.subarray(from, from + run.length), run.target);
    count += run.length;
  }
  return count;
}

function compare(
  { store, table: { chunkBytes } }: LoadGround,
  { key }: DataObject,
  read: PlannedRead,
  bytes: Uint8Array,
) {
  for (const { offset, length } of damagedChunks(read.piece, read.offset, bytes, chunkBytes)) {
    const place = `bytes ${offset} to ${offset + length - 1} of ${JSON.stringify(objectUri(store.uri, key))}`;
    throw invalid(store.uri, read, `${place} do not match their checksum`, { offset });
  }
}

function invalid(
  uri: string,
  { tensor: { name: tensor } }: PlannedRead,
  detail: string,
  more: { readonly cause?: unknown; readonly offset?: number } = {},
): InvalidCheckpointError {
  const operation = `load tensor ${JSON.stringify(tensor)} of a checkpoint in`;
  return new InvalidCheckpointError({ operation, uri, detail, tensor, ...more });
}
