import type { CheckpointRef } from "../keys/series_keys.ts";
import type { Manifest } from "../manifest/manifest.ts";

/** What is known of a checkpoint without its tensors. */
export interface CheckpointInfo extends CheckpointRef {
  /** What the run that saved it is called. */
  readonly run: string;
  /** Ranks that saved it. */
  readonly worldSize: number;
  /** When the last of them had written its part, by its clock. */
  readonly createdAt: Date;
  /** Bytes of all tensors. */
  readonly bytes: number;
  /** How many tensors it has. */
  readonly tensorCount: number;
  /** The numbers that were saved with it. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What a manifest says. */
export function infoOf(manifest: Manifest): CheckpointInfo {
  const { generation, step, run, worldSize, createdAt, bytes, tensorCount, metrics } = manifest;
  return { generation, step, run, worldSize, createdAt: new Date(createdAt), bytes, tensorCount, metrics };
}
