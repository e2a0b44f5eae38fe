import { argument, option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";
import { choiceValue, sizeValue } from "../values/plain_values.ts";
import { percentValue } from "./workload_values.ts";

/** What `lade workload` takes. */
export const workloadCommandOptions = {
  target: option(
    ["--target"],
    placeValue({ metavar: "URI", dash: false }),
    undefined,
    "The prefix below which objects lie, in place of that of the spec.",
  ),
  memory: option(
    ["--memory"],
    sizeValue({ least: 1 }),
    undefined,
    "Hold at most this much content in memory; 512MiB by default.",
  ),
  tolerance: option(
    ["--tolerance"],
    percentValue,
    undefined,
    "Let the second one be slower by so much; 5% by default.",
  ),
  action: argument(
    choiceValue({ metavar: "check|run|clean|compare", choices: ["check", "run", "clean", "compare"] }),
    "What to do.",
  ),
  files: restOfArguments(
    placeValue({ metavar: "FILE", dash: false }),
    "A spec, in YAML or JSON; of compare two results that run printed with --json.",
    { least: 1, tooFew: "A spec is needed." },
  ),
};

/** What was given of it. */
export type WorkloadCommandValues = ValuesOf<typeof workloadCommandOptions>;
