import type { Bench } from "../bench.ts";
import { adaptive } from "./adaptive.ts";
import { checkTree } from "./check_tree.ts";
import { getDirect, getFile, getLatency } from "./get_file.ts";
import { getHuge, putHuge } from "./huge_file.ts";
import { getMemory } from "./get_memory.ts";
import { getTls } from "./get_tls.ts";
import { peakMemory } from "./peak_memory.ts";
import { putFile } from "./put_file.ts";
import { syncUnchanged } from "./sync_unchanged.ts";
import { getLargerTree, getMany, getTree, list, putLargerTree, putMany, putTree } from "./small_objects.ts";

/** The benchmarks of s3://. */
export const s3Benches: readonly Bench[] = [
  getFile,
  getDirect,
  getLatency,
  getMemory,
  getTls,
  adaptive,
  putFile,
  getMany,
  getTree,
  putMany,
  putTree,
  getLargerTree,
  putLargerTree,
  list,
  syncUnchanged,
  getHuge,
  putHuge,
  checkTree,
  peakMemory,
];
