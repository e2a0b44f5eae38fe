import { checkOptions, optionWords } from "@lade/core/backend";
import { checkWhole } from "../errors/check_values.ts";
import { checkKeepPolicy, type KeepPolicy } from "../retention/keep_policy.ts";

/** Options of {@linkcode openCheckpoints}. */
export interface CheckpointsOptions {
  /**
   * What this run of the training is called: the same on all of its ranks, and another one after each restart, such as the job's
   * id and how often it was restarted. Needed where there are several ranks; a random one by default.
   */
  readonly run?: string;
  /** Which of the ranks this is; 0 by default. */
  readonly rank?: number;
  /** How many ranks there are; 1 by default. */
  readonly worldSize?: number;
  /** Opens what is there, and neither joins a run nor saves; `false` by default. */
  readonly readOnly?: boolean;
  /**
   * Promises that no other run writes at the same time, where the store cannot hold several apart because it replaces objects
   * under any condition. Without it such a store is refused.
   */
  readonly soleRun?: boolean;
  /** Bytes of the tensors of one file, at most, but for a part that is larger; 5 GB by default. */
  readonly shardBytes?: number;
  /** Bytes that one checksum is of; 4 MiB by default. */
  readonly chunkBytes?: number;
  /**
   * Bytes that are copied at most, so that the training goes on while they are written; a quarter of the byte budget by default.
   * Files are copied as a whole. What is written just then takes buffers of a few MiB besides, of the byte budget too.
   */
  readonly snapshotBytes?: number;
  /** How long a rank waits for the others, in milliseconds; half an hour by default. */
  readonly patienceMs?: number;
  /** Which checkpoints are kept: the others are removed after each save of rank 0, by {@linkcode Checkpoints.gc}. All by default. */
  readonly keep?: KeepPolicy;
  /**
   * `"digest"` compares the SHA-256 of each part that lies in memory with those of the checkpoint before, and names what is the
   * same there in place of writing it again; parts that functions give are always written. Worth it where one core hashes
   * faster than the store takes bytes. By default only parts that are `frozen` are not written again.
   */
  readonly reuse?: "digest";
  /** How long a hold on a checkpoint that is read is good for without being renewed, in milliseconds; 15 minutes by default. */
  readonly leaseMs?: number;
  /** How long a checkpoint that is retired stays for who reads it without a hold, in milliseconds; an hour by default. */
  readonly graceMs?: number;
  /** Ends the opening, and all that is saved. */
  readonly signal?: AbortSignal;
}

/** Options with their defaults. */
export interface CheckpointsConfig {
  readonly run: string | undefined;
  readonly rank: number;
  readonly worldSize: number;
  readonly readOnly: boolean;
  readonly soleRun: boolean;
  readonly shardBytes: number;
  readonly chunkBytes: number;
  readonly snapshotBytes: number;
  readonly patienceMs: number;
  readonly keep: KeepPolicy | undefined;
  readonly reuse: "digest" | undefined;
  readonly leaseMs: number;
  readonly graceMs: number;
}

const CALL = "open checkpoints";
const KNOWN = {
  run: "any",
  rank: "any",
  worldSize: "any",
  readOnly: "boolean",
  soleRun: "boolean",
  shardBytes: "any",
  chunkBytes: "any",
  snapshotBytes: "any",
  patienceMs: "any",
  keep: "any",
  reuse: "any",
  leaseMs: "any",
  graceMs: "any",
  signal: "signal",
} as const;
const SHARD_BYTES = 5_000_000_000;
const CHUNK_BYTES = 4 * 2 ** 20;
const PATIENCE_MS = 30 * 60_000;
const LEASE_MS = 15 * 60_000;
const GRACE_MS = 60 * 60_000;
const RANKS = 100_000;
const RUN_LENGTH = 4096;

/** Writes out the defaults. Options that are not known, or contradict one another, are a `TypeError`. */
export function resolveCheckpointsOptions(options: CheckpointsOptions, budget: number): CheckpointsConfig {
  checkOptions(CALL, options, KNOWN);
  const { rank = 0, worldSize = 1, run, readOnly = false, soleRun = false } = options;
  checkWhole(CALL, "worldSize", worldSize, 1, RANKS);
  checkWhole(CALL, "rank", rank, 0, worldSize);
  if (run !== undefined && (typeof run !== "string" || run === "" || !run.isWellFormed())) {
    throw new TypeError(`Cannot open checkpoints of run ${optionWords(run)}: no run can be called so`);
  }
  if (run !== undefined && run.length > RUN_LENGTH) {
    throw new TypeError(
      `Cannot open checkpoints of a run whose name has ${run.length} characters: ${RUN_LENGTH} is the most`,
    );
  }
  if (worldSize > 1 && run === undefined && !readOnly) {
    throw new TypeError(
      `Cannot open checkpoints as one of ${worldSize} ranks without run: what all of them call this run, and no earlier one`,
    );
  }
  const { shardBytes = SHARD_BYTES, chunkBytes = CHUNK_BYTES, patienceMs = PATIENCE_MS } = options;
  const { snapshotBytes = Math.floor(budget / 4) } = options;
  checkWhole(CALL, "shardBytes", shardBytes, 1);
  checkWhole(CALL, "chunkBytes", chunkBytes, 1);
  checkWhole(CALL, "snapshotBytes", snapshotBytes, 0);
  checkWhole(CALL, "patienceMs", patienceMs, 0);
  const { keep, leaseMs = LEASE_MS, graceMs = GRACE_MS } = options;
  checkWhole(CALL, "leaseMs", leaseMs, 1);
  checkWhole(CALL, "graceMs", graceMs, 0);
  if (keep !== undefined) checkKeepPolicy(keep);
  const { reuse } = options;
  if (reuse !== undefined && reuse !== "digest") {
    throw new TypeError(`Cannot open checkpoints with reuse ${optionWords(reuse)}: it is "digest"`);
  }
  const sizes = { shardBytes, chunkBytes, snapshotBytes };
  return { run, rank, worldSize, readOnly, soleRun, ...sizes, patienceMs, keep, reuse, leaseMs, graceMs };
}
