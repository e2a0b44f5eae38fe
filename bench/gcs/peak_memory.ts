import type { Bench } from "../bench.ts";
import { peakBench } from "../peak_bench.ts";
import { startFake } from "./gcs_bucket.ts";

/** To and from the fake, which keeps nothing; the file is on a disk. */
export const peakMemory: Bench = peakBench("gs-peak", startFake);
