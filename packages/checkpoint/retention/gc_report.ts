import type { CheckpointRef } from "../keys/series_keys.ts";
import type { DamagedCheckpoint } from "../series/read_checkpoint.ts";

/** What a collection did, or would do. */
export interface GcReport {
  /** Checkpoints that are retired now: nobody finds them any more, and their objects are removed after the grace. */
  readonly retired: readonly CheckpointRef[];
  /** Checkpoints that would be retired or removed and are not, since somebody reads or copies them. */
  readonly held: readonly CheckpointRef[];
  /** Checkpoints that were retired before, and whose objects stay until the grace is over. */
  readonly waiting: readonly CheckpointRef[];
  /** Checkpoints that would be retired or given up and are not, since the store has no room for the marks. */
  readonly unmarked: readonly CheckpointRef[];
  /** Checkpoints that cannot be read, the newest first: they stay, and so do all objects that they may name. */
  readonly damaged: readonly DamagedCheckpoint[];
  /** What was removed, or would be. */
  readonly removed: readonly RemovedObjects[];
  /** Keys below the prefix that are not of the series; they are never touched. */
  readonly unknown: readonly string[];
  /**
   * Whether the store had no room to be asked what time it is: its newest object told, so that less may have been taken for old
   * than is.
   */
  readonly isFull: boolean;
}

/** Objects that were removed together. */
export interface RemovedObjects {
  /** The checkpoint, or the attempt at one. */
  readonly name: string;
  /** Why nobody needs it. */
  readonly reason: string;
  /** How many objects. */
  readonly objects: number;
  /** Bytes of them. */
  readonly bytes: number;
}
