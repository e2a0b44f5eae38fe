import { argument, flag, option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";
import { choiceValue } from "../values/plain_values.ts";

/** What `lade oplog` takes. */
export const oplogOptions = {
  by: option(
    ["--by"],
    choiceValue({
      metavar: "GROUP",
      choices: ["client", "thread", "server", "size", "prefix", "error"],
    }),
    undefined,
    "Sum up by this besides the operation: client, thread, server, size, prefix or error.",
  ),
  to: option(
    ["--to"],
    choiceValue({ metavar: "lade|warp|s3dlio", choices: ["lade", "warp", "s3dlio"] }),
    undefined,
    "Write the columns that this program reads; those of lade by default, which the others read too.",
  ),
  skipBad: flag(["--skip-bad"], "Pass over rows that have no meaning, and count them."),
  partial: flag(
    ["--partial"],
    "Take what is there of a log that was cut off, as that of a command that was killed.",
  ),
  action: argument(
    choiceValue({ metavar: "cat|analyze|sort", choices: ["cat", "analyze", "sort"] }),
    "What to do with the logs.",
  ),
  logs: restOfArguments(
    placeValue({ metavar: "FILE", dash: false }),
    "Op-logs, compressed or not; of sort the last one is the new file.",
    { least: 1, tooFew: "An op-log is needed." },
  ),
};

/** What was given of it. */
export type OplogValues = ValuesOf<typeof oplogOptions>;
