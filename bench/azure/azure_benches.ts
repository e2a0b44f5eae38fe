import type { Bench } from "../bench.ts";
import { clientCpu } from "./client_cpu.ts";
import { getFile, getMemory } from "./get_blob.ts";
import { putFile, putMemory } from "./put_blob.ts";
import { getMany, getTree, putMany, putTree } from "./small_blobs.ts";

/** The benchmarks of az://. */
export const azureBenches: readonly Bench[] = [
  getMemory,
  getFile,
  putMemory,
  putFile,
  getMany,
  getTree,
  putMany,
  putTree,
  clientCpu,
];
