import type { Bench } from "../bench.ts";
import { peakBench } from "../peak_bench.ts";
import { startFake } from "./start_fake.ts";

/** To and from the fake, which keeps nothing; the file is on a disk. */
export const peakMemory: Bench = peakBench("az-peak", startFake);
