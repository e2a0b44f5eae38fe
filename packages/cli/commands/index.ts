import { defineCommand } from "../command/command.ts";
import { indexOptions } from "../formats/index_options.ts";

/** `lade index`. */
export const index = defineCommand({
  name: "index",
  brief: "Write indexes of TFRecord and tar objects",
  description:
    "Writes an index beside each object, by which records and samples are read by number: x.tfrecord.idx for x.tfrecord, \
x.idx for x.tar, as DALI reads both. Of large records and members only the headers are read. Under a prefix or directory \
all TFRecord and tar objects are meant; others are passed over.",
  usage: "URI...",
  examples: [
    ["lade index -r s3://bucket/train/", "writes an index beside each shard"],
    ["lade index --check s3://bucket/train/00000.tar", "exits with 1 where its index is stale or missing"],
  ],
  options: indexOptions,
  whenUnread: "goes on",
  run: async (context, given) => {
    const { runIndex } = await import("../formats/run_index.ts");
    await runIndex(context, given);
  },
});
