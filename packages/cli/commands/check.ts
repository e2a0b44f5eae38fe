import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { type CheckOptions, checkOptions } from "../transfer/check_options.ts";

/** `lade check`. */
export const check = defineCommand({
  name: "check",
  brief: "Compare without copying",
  description:
    "Compares everything under SOURCE with what DEST has of the same names, or one object with another. Prints a \
line for each name that differs, with the signs of rclone check --combined: * different, + missing at the destination, \
- missing at the source, ! not compared; and with --all = the same. Exits with 1 unless all are the same. Objects are the same \
only by their content: by a checksum or MD5 etag that the stores have or that was remembered, else they are read; \
never by their times.",
  usage: "SOURCE DEST",
  examples: [
    ["lade check data/ s3://bucket/data/", "compares a directory with a prefix"],
    [
      "lade check --one-way s3://bucket/data/ gs://other/data/",
      "prints what the copy lacks or has otherwise",
    ],
    ["lade check --download s3://bucket/data/ data/", "reads all of both"],
  ],
  options: checkOptions,
  whenUnread: "ends",
  run: async (context: CommandContext, given: CheckOptions) => {
    const { runCheck } = await import("../transfer/run_check.ts");
    await runCheck(context, given);
  },
});
