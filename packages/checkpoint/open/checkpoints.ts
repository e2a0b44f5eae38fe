import type { CheckpointRef } from "../keys/series_keys.ts";
import type { CheckpointInfo } from "../series/checkpoint_info.ts";
import type { Checkpoint } from "../load/checkpoint.ts";
import type { CheckpointContent } from "../save/checkpoint_content.ts";
import type { RecoveryReport } from "../save/recover.ts";
import type { GcReport } from "../retention/gc_report.ts";
import type { DamagedCheckpoint } from "../series/read_checkpoint.ts";
import type { VerifyFault, VerifyLevel } from "../verify/verify_report.ts";
import type { KeepPolicy } from "../retention/keep_policy.ts";

/** What a rank wrote for a checkpoint. */
export interface WrittenReport {
  /** Bytes of all its objects. */
  readonly bytes: number;
  /** Objects of data. */
  readonly objects: number;
}

/** A save that goes on in the background. Each of these rejects with what the save fails with. */
export interface SaveHandle {
  /** Resolves when the caller may change the memory of its tensors, and bytes that are extras; all else was taken by the call. */
  readonly snapshot: Promise<void>;
  /** Resolves when all that this rank has is written; the checkpoint is not there yet. */
  readonly written: Promise<WrittenReport>;
  /** Resolves when the checkpoint is there, of all ranks. */
  readonly committed: Promise<CheckpointInfo>;
}

/** Options of a save. */
export interface SaveOptions {
  /** Gives the save up: before its commit was sent nothing of it is ever seen. */
  readonly signal?: AbortSignal;
}

/** Options of an opening. */
export interface OpenOptions {
  /**
   * Whether the checkpoint is kept from being removed while it is open, which writes a small object; `true` by default but
   * where the series is open for reading only.
   */
  readonly hold?: boolean;
  /** Ends the opening. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode Checkpoints.openLatestValid}. */
export interface OpenValidOptions extends OpenOptions {
  /** How much of a checkpoint is looked at before it is taken for sound; `"chunks"`, every byte of it, by default. */
  readonly level?: VerifyLevel;
}

/** A checkpoint that was passed over. */
export interface SkippedCheckpoint extends CheckpointRef {
  /** Why: what is wrong with it, of at least one of its objects. */
  readonly faults: readonly VerifyFault[];
}

/** The newest checkpoint that is sound. */
export interface ValidCheckpoint {
  /** The checkpoint, open. */
  readonly checkpoint: Checkpoint;
  /** Newer ones, which are damaged, the newest first. */
  readonly skipped: readonly SkippedCheckpoint[];
}

/** Options of {@linkcode Checkpoints.list}. */
export interface ListCheckpointsOptions {
  /** Is told of each checkpoint that cannot be read, in its place of the order. */
  readonly onDamaged?: (damaged: DamagedCheckpoint) => void;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode Checkpoints.gc}. */
export interface GcOptions {
  /** Which checkpoints are kept; those that the series was opened with by default. */
  readonly keep?: KeepPolicy;
  /** Only says what would be removed; `false` by default. */
  readonly dryRun?: boolean;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/**
 * Which checkpoint: where all ranks of this run go on (`"resume"`), the newest there is (`"latest"`), the newest one of a step,
 * or one by generation and step. Where there was none when the run began, `"resume"` is a `NotFoundError`; where what it goes on from
 * is gone, an `InvalidCheckpointError`.
 */
export type WhichCheckpoint = "resume" | "latest" | number | CheckpointRef;

/**
 * A series of checkpoints of one training. Disposing it waits for saves in flight; to give them up, abort their signal. Nothing is
 * saved after that.
 */
export interface Checkpoints extends AsyncDisposable {
  /** Where it lies. */
  readonly uri: string;
  /** Whether a save has not ended. */
  readonly isSaving: boolean;
  /**
   * Saves what this rank has at a step, from 0 up to 10^12: all ranks save the same steps. It returns at once; saves come one after
   * the other. Wrong arguments are a `TypeError` or `RangeError` before anything is written.
   *
   * A save that failed and whose handle nobody looked at is thrown by the next save, and by `settled()`.
   */
  save(step: number, content: CheckpointContent, options?: SaveOptions): SaveHandle;
  /** Resolves when no save is in flight, and rejects with the first failure that nobody looked at. */
  settled(): Promise<void>;
  /** The newest checkpoint there is; `undefined` where there is none. */
  latest(options?: { readonly signal?: AbortSignal }): Promise<CheckpointInfo | undefined>;
  /**
   * All checkpoints, the newest first. Those that cannot be read are left out, and are an `InvalidCheckpointError` behind the
   * last one, unless `onDamaged` takes them.
   */
  list(options?: ListCheckpointsOptions): AsyncIterable<CheckpointInfo>;
  /** Opens one. It is a `NotFoundError` where there is none. */
  open(which: WhichCheckpoint, options?: OpenOptions): Promise<Checkpoint>;
  /**
   * Opens the newest checkpoint that is sound, and says which newer ones are not, and why: each is verified before it is taken.
   * Where none is sound it is an `InvalidCheckpointError`, where there is none a `NotFoundError`. For readers: as one of several
   * ranks it is a `TypeError`, since each could go back to another one; there the launcher names a step.
   */
  openLatestValid(options?: OpenValidOptions): Promise<ValidCheckpoint>;
  /** Commits what all ranks wrote and none committed, as after a crash. */
  recover(options?: { readonly signal?: AbortSignal }): Promise<RecoveryReport>;
  /**
   * Removes checkpoints that no rule keeps, those that are retired, and attempts of which no checkpoint can come any more. One
   * that somebody has open stays. One that cannot be read is reported, and stays with all that it may name. Keys that are not of
   * the series are reported, and never touched.
   */
  gc(options?: GcOptions): Promise<GcReport>;
  /** Keeps a checkpoint whatever the rules say. */
  pin(ref: CheckpointRef, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** The checkpoints that are pinned, in no order. */
  pinned(options?: { readonly signal?: AbortSignal }): Promise<readonly CheckpointRef[]>;
  /** Takes that back. */
  unpin(ref: CheckpointRef, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Has a checkpoint removed by the next `gc` after the grace; from now on nobody finds it. One that cannot be read is, too. The
   * newest that can, one that is pinned and one that somebody has open are a `PreconditionFailedError`.
   */
  retire(ref: CheckpointRef, options?: { readonly signal?: AbortSignal }): Promise<void>;
}
