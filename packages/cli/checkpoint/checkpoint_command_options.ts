import { argument, flag, option, optionalArgument, type ValuesOf } from "../syntax/option.ts";
import { bestValue, checkpointValue, graceValue } from "../values/checkpoint_values.ts";
import { placeValue } from "../values/place_value.ts";
import { choiceValue, durationValue, integerValue, textValue } from "../values/plain_values.ts";

const many = (metavar: string) => integerValue({ metavar, least: 1 });

/** What `lade checkpoint` takes. */
export const checkpointCommandOptions = {
  step: option(
    ["--step"],
    checkpointValue,
    undefined,
    "Which checkpoint: latest, the newest of a step, or GENERATION-STEP as ls shows it. Of show, verify, copy, export (latest by \
default), pin, unpin and retire.",
  ),
  level: option(
    ["--level"],
    choiceValue({ metavar: "LEVEL", choices: ["size", "chunks", "full"] }),
    undefined,
    "How much is compared: size lists, chunks reads every byte, full also what files and records say of themselves. Of \
verify, and of copy before it commits; chunks by default.",
  ),
  hold: flag(
    ["--hold"],
    "Keep the checkpoint from being removed meanwhile, by a small object beside it. Of verify, copy and export.",
  ),
  tensors: option(
    ["--tensors"],
    textValue("PREFIX"),
    undefined,
    "Only tensors whose names begin so. Of export.",
  ),
  format: option(
    ["--format"],
    choiceValue({ metavar: "FORMAT", choices: ["safetensors", "npz", "raw"] }),
    undefined,
    "What is written: safetensors files with an index (the default), one npz, or bare bytes with a description. Of export.",
  ),
  replace: flag(["--replace"], "Replace an export that is there. Of export."),
  keepLast: option(["--keep-last"], many("N"), undefined, "Keep so many of the newest. Of gc."),
  keepEverySteps: option(
    ["--keep-every-steps"],
    many("N"),
    undefined,
    "Keep those whose step is a multiple of N. Of gc.",
  ),
  keepEvery: option(
    ["--keep-every"],
    durationValue({ most: "3650d" }),
    undefined,
    "Keep the first one of each such stretch of time. Of gc.",
  ),
  keepBest: option(
    ["--keep-best"],
    bestValue,
    undefined,
    "Keep so many of the best by a metric that was saved with them. Of gc.",
  ),
  grace: option(
    ["--grace"],
    graceValue,
    undefined,
    "How long a checkpoint that is retired stays for who reads it without a hold; 1h by default. Of gc.",
  ),
  dryRun: flag(["--dry-run"], "Print what would be retired and removed, and change nothing. Of gc."),
  action: argument(
    choiceValue({
      metavar: "ACTION",
      choices: ["ls", "show", "verify", "copy", "export", "pin", "unpin", "retire", "gc", "recover"],
    }),
    "ls, show, verify, copy, export, pin, unpin, retire, gc or recover.",
  ),
  uri: argument(placeValue({ metavar: "URI", dash: false }), "The prefix or directory of the checkpoints."),
  destination: optionalArgument(
    placeValue({ metavar: "DEST", dash: false }),
    undefined,
    "Where copy puts it, the prefix or directory of another series; or export its files.",
  ),
};

/** What was given of it. */
export type CheckpointCommandValues = ValuesOf<typeof checkpointCommandOptions>;
