import type { Bench } from "../bench.ts";
import { adaptive, adaptivePut } from "./far_away.ts";
import { clientCpu, getFake, getFile, getMemory } from "./get_object.ts";
import { peakMemory } from "./peak_memory.ts";
import { putFake, putFile } from "./put_object.ts";
import { getTree, many, putTree } from "./small_objects.ts";

/** The benchmarks of gs://. */
export const gcsBenches: readonly Bench[] = [
  getMemory,
  getFake,
  getFile,
  putFake,
  putFile,
  many,
  getTree,
  putTree,
  clientCpu,
  adaptive,
  adaptivePut,
  peakMemory,
];
