import { argument, flag, option, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";
import { durationValue, integerValue, sizeValue } from "../values/plain_values.ts";
import { stepsValue } from "./workload_values.ts";

/** What `lade bench` takes. */
export const benchCommandOptions = {
  time: option(
    ["--time"],
    durationValue({ most: "7d", isSeconds: true }),
    30_000,
    "Take so long for all steps together; 30s by default.",
  ),
  size: option(["--size"], sizeValue({ least: 0 }), undefined, "Bytes of an object; 4MiB by default."),
  objects: option(
    ["--objects"],
    integerValue({ metavar: "N", least: 1, most: 100_000_000 }),
    undefined,
    "Have at most N objects; 256 by default. Where all are there, puts replace them.",
  ),
  concurrency: option(
    ["--concurrency"],
    stepsValue,
    undefined,
    "Operations at a time, step by step; 1,4,16,64 by default.",
  ),
  verify: flag(["--verify"], "Compare every byte that is read with what was written."),
  memory: option(
    ["--memory"],
    sizeValue({ least: 1 }),
    undefined,
    "Hold at most this much content in memory; 512MiB by default.",
  ),
  uri: argument(
    placeValue({ metavar: "URI", dash: false }),
    "A container, prefix or directory; a new prefix is made below it, and removed at the end.",
  ),
};

/** What was given of it. */
export type BenchCommandValues = ValuesOf<typeof benchCommandOptions>;
