import type { Bench } from "../bench.ts";
import { adaptive } from "./adaptive.ts";
import { clientCpu } from "./client_cpu.ts";
import { getFile, getMemory } from "./get_blob.ts";
import { peakMemory } from "./peak_memory.ts";
import { putBare, putFake, putFile, putMemory } from "./put_blob.ts";
import { getMany, getTree, putMany, putTree } from "./small_blobs.ts";

/** The benchmarks of az://. */
export const azureBenches: readonly Bench[] = [
  getMemory,
  getFile,
  putMemory,
  putFile,
  putFake,
  putBare,
  getMany,
  getTree,
  putMany,
  putTree,
  clientCpu,
  adaptive,
  peakMemory,
];
