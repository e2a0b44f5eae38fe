import type { Bench } from "../bench.ts";
import { adaptive } from "./adaptive.ts";
import { checkTree } from "./check_tree.ts";
import { getDirect, getFile, getFileBare, getLatency, getLatencyBare } from "./get_file.ts";
import { getHuge, getHugeBare, putHuge, putHugeBare } from "./huge_file.ts";
import { getMemory, getMemoryBare } from "./get_memory.ts";
import { getTls } from "./get_tls.ts";
import { peakMemory } from "./peak_memory.ts";
import { putFile, putFileBare } from "./put_file.ts";
import { syncUnchanged } from "./sync_unchanged.ts";
import {
  getLargerTree,
  getMany,
  getSamples,
  getTree,
  getTreeBare,
  list,
  putLargerTree,
  putMany,
  putTree,
  putTreeBare,
} from "./small_objects.ts";

/** The benchmarks of s3://. */
export const s3Benches: readonly Bench[] = [
  getFile,
  getFileBare,
  getDirect,
  getLatency,
  getLatencyBare,
  getMemory,
  getMemoryBare,
  getTls,
  adaptive,
  putFile,
  putFileBare,
  getMany,
  getSamples,
  getTree,
  getTreeBare,
  putMany,
  putTree,
  putTreeBare,
  getLargerTree,
  putLargerTree,
  list,
  syncUnchanged,
  getHuge,
  getHugeBare,
  putHuge,
  putHugeBare,
  checkTree,
  peakMemory,
];
