import { crc32c, crc32cToHex, readChunks, readRanges } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { ChecksumMismatchError, NotFoundError, RangeNotSatisfiableError } from "@lade/core/errors";
import type { TensorEntry } from "../manifest/manifest.ts";
import { damagedChunks, type PieceBytes } from "../record/piece_bytes.ts";
import type { Verification } from "./verification.ts";
import type { VerifyFault } from "./verify_report.ts";

/** Some chunks of a piece, side by side. */
interface Stretch {
  readonly tensor: TensorEntry;
  readonly piece: PieceBytes;
  /** The first byte, from the beginning of the piece. */
  readonly at: number;
  readonly length: number;
}

/** Stretches of one object that are read together. */
interface Job {
  readonly key: string;
  readonly stretches: Stretch[];
  bytes: number;
}

/** Bytes and stretches of one job, at most, but for one chunk that is larger. */
const JOB_BYTES = 32 * 2 ** 20;
const JOB_STRETCHES = 4096;
/** Jobs, and extras, at the same time. */
const AT_ONCE = 4;

/** Compares the checksum of every chunk of every tensor, within the byte budget. */
export async function checkPieces(work: Verification, signal: AbortSignal | undefined): Promise<void> {
  await inParallel(jobsOf(work), AT_ONCE, (job, signal) => checkJob(work, job, signal), signal);
}

/** Compares the checksum of every extra that is an object of its own. */
export async function checkExtras(work: Verification, signal: AbortSignal | undefined): Promise<void> {
  const { store, manifest, unreadable, onFault, onBytes } = work;
  const extras = Object.entries(manifest.extras).flatMap(([name, of]) =>
    of.flatMap((extra) => "key" in extra && !unreadable.has(extra.key) ? [{ name, ...extra }] : [])
  );
  await inParallel(extras, AT_ONCE, async ({ name, rank, key, crc32c: due }, signal) => {
    await orGone(work, key, async () => {
      let size = 0;
      const isAsDue = async () => {
        let sum = size = 0;
        for await (const bytes of await readChunks(store, key, { signal })) {
          sum = crc32c(bytes, sum);
          size += bytes.length;
        }
        return crc32cToHex(sum) === due;
      };
      const isSound = await isAsDue() || await isAsDue();
      onBytes(size);
      if (isSound) return;
      const detail = `it does not match its checksum: the extra ${JSON.stringify(name)} of rank ${rank}`;
      onFault({ key, detail });
    });
  }, signal);
}

/** Takes it for a fault that an object is gone or cut since it was listed, or damaged by what its store says. */
export async function orGone(
  { onFault }: Verification,
  key: string,
  read: () => Promise<void>,
): Promise<void> {
  try {
    // What its store finds damaged may be so on its way only.
    await read().catch((error) => error instanceof ChecksumMismatchError ? read() : Promise.reject(error));
  } catch (error) {
    if (error instanceof NotFoundError) onFault({ key, detail: "it is gone" });
    else if (error instanceof RangeNotSatisfiableError) onFault({ key, detail: "it is cut" });
    else if (error instanceof ChecksumMismatchError) onFault({ key, detail: error.detail });
    else throw error;
  }
}

function* jobsOf({ table: { tensors, shards, chunkBytes }, unreadable }: Verification): Generator<Job> {
  const open = new Map<string, Job>();
  const step = Math.max(chunkBytes, Math.floor(JOB_BYTES / chunkBytes) * chunkBytes);
  for (const tensor of tensors) {
    for (const piece of tensor.pieces) {
      const key = shards[piece.shard]?.key ?? "";
      if (unreadable.has(key)) continue;
      for (let at = 0; at < piece.length; at += step) {
        const length = Math.min(step, piece.length - at);
        let job = open.get(key);
        if (job && (job.bytes + length > JOB_BYTES || job.stretches.length >= JOB_STRETCHES)) {
          yield job;
          job = undefined;
        }
        if (!job) open.set(key, job = { key, stretches: [], bytes: 0 });
        job.stretches.push({ tensor, piece, at, length });
        job.bytes += length;
      }
    }
  }
  yield* open.values();
}

async function checkJob(work: Verification, { key, stretches, bytes }: Job, signal: AbortSignal) {
  const { store, onFault, onBytes } = work;
  const { budget, buffers } = store.context;
  const lease = await budget.acquire(Math.min(bytes, budget.capacity), signal);
  // Memory that was used before costs nothing, and checksums need no copy of it.
  const slab = buffers.lease(bytes);
  try {
    await orGone(work, key, async () => {
      let end = 0;
      const ranges = stretches.map(({ piece, at, length }) => ({
        offset: piece.offset + at,
        length,
        target: slab.bytes.subarray(end, end += length),
      }));
      const faultsOf = async () => {
        const read = await readRanges(store, key, ranges, { signal });
        return stretches.flatMap((stretch, place) =>
          compare(work, key, stretch, read.bytes[place] ?? new Uint8Array(0))
        );
      };
      // What does not match may have been damaged on its way.
      const faults = (await faultsOf()).length > 0 ? await faultsOf() : [];
      faults.forEach(onFault);
      onBytes(bytes);
    });
  } finally {
    slab.release();
    lease.release();
  }
}

function compare(
  { table: { chunkBytes } }: Verification,
  key: string,
  { tensor: { name: tensor }, piece, at }: Stretch,
  bytes: Uint8Array,
): VerifyFault[] {
  const detail = "its bytes do not match their checksum";
  return [...damagedChunks(piece, at, bytes, chunkBytes)].map((damage) => ({
    key,
    tensor,
    ...damage,
    detail,
  }));
}
