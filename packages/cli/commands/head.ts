import { defineCommand } from "../command/command.ts";
import { headOptions } from "../formats/head_options.ts";

/** `lade head`. */
export const head = defineCommand({
  name: "head",
  brief: "Show the first rows of objects",
  description:
    "Shows the first rows of a table, the first records, members of an archive or elements of arrays, in columns that fit the \
terminal, or with --json a line for each with all its values. No more of an object is read than that takes, where its \
format allows.",
  usage: "URI...",
  examples: [
    ["lade head s3://bucket/train.parquet", "shows ten rows"],
    ["lade head -n 3 --columns id,label --json s3://bucket/train.csv.gz", "prints three lines of JSON"],
  ],
  options: headOptions,
  whenUnread: "ends",
  run: async (context, given) => {
    const { runHead } = await import("../formats/run_head.ts");
    await runHead(context, given);
  },
});
