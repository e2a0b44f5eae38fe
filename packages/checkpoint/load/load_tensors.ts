import { type ObjectInfo, objectUri, readRanges } from "@lade/core";
import { checkOptions } from "@lade/core/backend";
import { inParallel } from "@lade/core/concurrency";
import { ChecksumMismatchError, NotFoundError, RangeNotSatisfiableError } from "@lade/core/errors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { damagedChunks, type DataObject } from "../record/piece_bytes.ts";
import type { TensorTable } from "../manifest/manifest.ts";
import { readTwice } from "../series/read_small.ts";
import type { Series } from "../series/series.ts";
import { cut, type Job, jobPlanOf, jobsOf } from "./load_jobs.ts";
import { readInOrder } from "./read_in_order.ts";
import { planLoad, type PlannedRead, type TensorTarget } from "./plan_load.ts";

/** Options of a load. */
export interface LoadOptions {
  /** Whether the checksums of all chunks that are touched are compared; `true` by default. */
  readonly verify?: boolean;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** What options of a load may be. */
export const OF_LOAD = { verify: "boolean", signal: "signal" } as const;

/** What a load did. */
export interface LoadReport {
  /** Bytes that went into the caller's memory. */
  readonly bytes: number;
  /** Bytes that were read for them. */
  readonly bytesRead: number;
}

/** Bytes of a job from which that pays. */
const WORTH_ORDER = 2 ** 22;

/** Reads parts of tensors into the caller's memory; see {@linkcode planLoad}. */
export async function loadTensors(
  { store }: Pick<Series, "store">,
  table: TensorTable,
  targets: Iterable<TensorTarget>,
  options: LoadOptions = {},
): Promise<LoadReport> {
  checkOptions("load tensors", options, OF_LOAD);
  const { verify = true, signal } = options;
  const plan = planLoad(table, targets, { inChunks: verify, gap: store.readHints.coalesceGap ?? 0 });
  const ground: LoadGround = { store, table, verify };
  const jobs = jobPlanOf(store);
  let [bytes, bytesRead] = [0, 0];
  await inParallel(jobsOf(plan, table, jobs.bytes), jobs.atOnce, async (job, signal) => {
    // Others count meanwhile.
    const own = await readTwice(() => runJob(ground, job, signal));
    bytes += own;
    bytesRead += job.bytes;
  }, signal);
  return { bytes, bytesRead };
}

interface LoadGround extends Pick<Series, "store"> {
  readonly table: TensorTable;
  readonly verify: boolean;
}

async function runJob(ground: LoadGround, job: Job, signal: AbortSignal): Promise<number> {
  const { object, reads } = job;
  const { budget } = ground.store.context;
  const scattered = reads.reduce((sum, { place, length }) => sum + (place ? 0 : length), 0);
  const lease = await budget.acquire(Math.min(scattered, budget.capacity), signal);
  try {
    if (ground.store.readHints.streams !== undefined && job.bytes >= WORTH_ORDER) {
      return await fillInOrder(ground, job, signal);
    }
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

/** Reads a job from the start to the end of what is wanted, and looks at each piece of it as it comes. */
async function fillInOrder(ground: LoadGround, { object, reads }: Job, signal: AbortSignal): Promise<number> {
  const { store, table: { chunkBytes }, verify } = ground;
  const { key, etag } = object;
  const steps = reads.flatMap((read) => {
    const memory = read.place ?? new Uint8Array(read.length);
    return [...cut({ ...read, place: memory }, chunkBytes, WORTH_ORDER)].map((
      { offset, place = memory },
    ) => ({
      read: { ...read, offset },
      offset: read.piece.offset + offset,
      bytes: place,
      whole: offset + place.length === read.offset + read.length ? { read, memory } : undefined,
    }));
  }).sort((a, b) => a.offset - b.offset);
  let bytes = 0;
  const onFilled = (index: number, info: ObjectInfo) => {
    const step = steps[index];
    if (!step) return;
    checkSize(ground, object, step.read, info);
    if (verify) compare(ground, object, step.read, step.bytes);
    if (step.whole) bytes += scatter(step.whole.read, step.whole.memory);
  };
  const gap = store.readHints.coalesceGap ?? 0;
  await orDamage(
    store.uri,
    key,
    reads[0],
    () => readInOrder(store, key, steps, { gap, ifMatch: etag, signal, onFilled }),
  );
  return bytes;
}

async function fill(
  ground: LoadGround,
  object: DataObject,
  reads: readonly PlannedRead[],
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  const { store } = ground;
  const { key, etag } = object;
  const ranges = reads.map(({ piece, offset, length, place }) => ({
    offset: piece.offset + offset,
    length,
    ...(place && { target: place }),
  }));
  const [first] = reads;
  return await orDamage(store.uri, key, first, async () => {
    const { info, bytes } = await readRanges(store, key, ranges, {
      signal,
      ...(etag !== undefined && { ifMatch: etag }),
    });
    if (info && first) checkSize(ground, object, first, info);
    return bytes;
  });
}

function checkSize({ store }: LoadGround, { key, size }: DataObject, read: PlannedRead, info: ObjectInfo) {
  if (info.size !== size) throw invalid(store.uri, read, `${key} has ${info.size} bytes, not ${size}`);
}

/** Takes for damage that an object is gone, cut, or refused by its store. */
async function orDamage<T>(
  uri: string,
  key: string,
  first: PlannedRead | undefined,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const fault = faultOf(error);
    if (!first || !fault) throw error;
    throw invalid(uri, first, `${key}${fault}`, { cause: error });
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
