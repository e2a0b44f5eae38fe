import { defineCommand } from "../command/command.ts";
import { oplogOptions } from "../oplog/oplog_options.ts";

/** `lade oplog`. */
export const oplog = defineCommand({
  name: "oplog",
  brief: "Print, sum up and sort op-logs",
  description:
    "Reads what --op-log recorded, and the op-logs of warp, s3dlio and sai3-bench. cat prints each operation; analyze sums \
up by operations: how many, how fast, and how long they took; sort writes the operations of all LOGs in the order of \
their starts to OUT, a new file, which is compressed if its name ends in .zst.",
  usage: "cat|analyze LOG... | sort LOG... OUT",
  examples: [
    ["lade oplog analyze log.tsv.zst", "prints a table of operations"],
    ["lade oplog analyze --by size log.tsv.zst", "prints it by sizes of objects, too"],
    ["lade oplog sort rank-*.tsv.zst all.tsv.zst", "merges the logs of several processes"],
    ["lade oplog sort --to warp log.tsv.zst log.csv.zst", "writes the columns that warp has"],
  ],
  options: oplogOptions,
  whenUnread: "ends",
  run: async (context, given) => {
    const { runOplog } = await import("../oplog/run_oplog.ts");
    await runOplog(context, given);
  },
});
