import type { Bench } from "../bench.ts";
import { checkpointLoad, checkpointLoadCold, checkpointLoadDirect } from "./load.ts";
import { checkpointCommit, checkpointMemory, checkpointReshard, checkpointSnapshot } from "./bounds.ts";
import { checkpointLoadS3, checkpointSaveS3 } from "./s3.ts";
import { checkpointSave, checkpointSaveDirect, checkpointSaveUnsynced } from "./save.ts";

/** The benchmarks of checkpoints. */
export const checkpointBenches: readonly Bench[] = [
  checkpointSave,
  checkpointSaveUnsynced,
  checkpointSaveDirect,
  checkpointLoad,
  checkpointLoadCold,
  checkpointLoadDirect,
  checkpointSaveS3,
  checkpointLoadS3,
  checkpointReshard,
  checkpointSnapshot,
  checkpointMemory,
  checkpointCommit,
];
