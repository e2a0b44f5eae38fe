import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage_error.ts";
import { convertOptions } from "../formats/convert_options.ts";

/** `lade convert`. */
export const convert = defineCommand({
  name: "convert",
  brief: "Convert objects from one format to another",
  description:
    "Reads FROM and writes TO in another format, between any two stores: CSV, TSV, JSON lines, Parquet, Arrow and TFRecords of \
tf.Examples among one another; npz to safetensors; all files below a prefix or directory to tar or TFRecord, with an index beside it; and these \
to files below a prefix. Formats are told by names, and of FROM by its bytes too. Nobody sees TO before all of it is \
there; what was there is then replaced.",
  usage: "FROM TO",
  examples: [
    [
      "lade convert train.csv s3://bucket/train.parquet",
      "guesses the types of the columns, and notes them",
    ],
    [
      'lade convert --schema "id: int64, text: string?" in.jsonl.gz out.arrow',
      "takes these types; a value of another one is an error with its line",
    ],
    [
      "lade convert --shard-size 1G images/ s3://bucket/train/%06d.tar",
      "packs a directory, with an index for each archive",
    ],
    ["lade convert s3://bucket/train/000000.tar images/", "unpacks an archive"],
    ["lade convert --columns image,label --to tfrecord data.parquet shards/", "writes shards/data.tfrecord"],
  ],
  options: convertOptions,
  whenUnread: "goes on",
  check: ({ places }) => {
    if (places.length !== 2) throw new UsageError("There is one source and one destination.");
  },
  run: async (context, given) => {
    const { runConvert } = await import("../formats/run_convert.ts");
    await runConvert(context, given);
  },
});
