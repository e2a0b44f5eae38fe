import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage_error.ts";
import { checkSeveral } from "../loader/check_several.ts";
import { loaderCommandOptions, type LoaderCommandValues } from "../loader/loader_command_options.ts";

/** `lade loader`. */
export const loader = defineCommand({
  name: "loader",
  brief: "Plan, pack and measure loading of samples, and stream them",
  description:
    "plan shows every setting of a loader and where it comes from, how many steps there are, what is held in memory, and \
which samples this rank begins with. index writes lade-manifest.tsv beside the objects, by which nobody lists them again, \
and an index beside each TFRecord or tar that has none, and tells what changed; --check compares alone. What comes later is \
hidden by a manifest until index runs again: plan tells of it. pack writes the samples into shards of TFRecord, tar, npy, Parquet or Arrow at DEST, in \
the order that --shuffle and --seed say, with indexes and, at the end, a manifest; broken off, the same command goes on, and \
nobody loads what is there until it is whole. run goes \
through epochs as training would, waits --compute-ms in each step, and prints a table: of each epoch samples and bytes per \
second, the share of time in steps (AU, without the first step), how long batches and reads were waited for and what \
limited, and the mean and least of all; --json has the metrics of DLIO by their names. stream writes batches as an Arrow IPC stream, which pyarrow reads: a \
record batch for each, with the state behind it as lade.state in its metadata, from which --state goes on. A stream that is \
cut off lacks its end, and fails its reader. --transform and --collate name functions that a file exports; samples, their \
order and their random numbers are the same with any number of --workers. Of a stream the first sample is transformed for \
its columns: what --transform gives is an object, a record, a webdataset sample or an array. Of several URIs each is drawn as \
its --weight says, and gone through again and again; an epoch goes on in each where the one before ended.",
  usage: "plan|index|pack|run|stream URI [URI ...|DEST]",
  examples: [
    [
      "lade loader plan s3://bucket/train/ --batch-size 64 --shuffle full --rank 3/8",
      "shows what rank 3 of 8 would do",
    ],
    ["lade loader index s3://bucket/train/", "lists the objects once for all"],
    [
      "lade loader pack --format tar --shard-size 1G --shuffle full images/ s3://bucket/train/",
      "packs a directory into shuffled shards of webdataset",
    ],
    [
      "lade loader run s3://bucket/unet3d/ --batch-size 7 --compute-ms 323 --epochs 5",
      "measures five epochs",
    ],
    [
      "lade loader run s3://bucket/web/ --weight 3 s3://bucket/books/ --weight 1 --shuffle auto",
      "draws three samples of the first for one of the second",
    ],
    [
      "lade loader run s3://bucket/train/ --batch-size 64 --transform augment.ts#crop --workers 4",
      "transforms samples in four threads",
    ],
    [
      "lade loader stream s3://bucket/train/ --batch-size 64 --listen unix:/tmp/train.sock",
      "gives batches to one reader of a socket",
    ],
  ],
  options: loaderCommandOptions,
  whenUnread: "ends",
  check: checkLoader,
  run: async (context, given) => {
    const { runLoader } = await import("../loader/run_loader.ts");
    await runLoader(context, given);
  },
});

function checkLoader(given: LoaderCommandValues): void {
  const { action, state, listen, sharedMemory, transform, collate, workers } = given;
  if (action !== "stream" && (state !== undefined || listen !== undefined || sharedMemory)) {
    throw new UsageError("--state, --listen and --shared-memory are of stream.");
  }
  const isWorked = transform !== undefined || collate !== undefined;
  if ((action === "index" || action === "pack") && (isWorked || workers !== undefined)) {
    throw new UsageError(
      `--transform, --collate and --workers are of plan, run and stream, not of ${action}.`,
    );
  }
  if (action === "stream" && collate !== undefined) {
    throw new UsageError("--collate is of plan and run: the columns of a stream are made of samples.");
  }
  if (workers !== undefined && !isWorked) {
    throw new UsageError("--workers needs --transform or --collate: that is what workers run.");
  }
  if (given.maxSkipped !== undefined && given.onError !== "skip") {
    throw new UsageError("--max-skipped needs --on-error skip: otherwise the first failure ends all.");
  }
  if (sharedMemory && listen === undefined) {
    throw new UsageError("--shared-memory needs --listen unix:PATH: its socket tells where batches lie.");
  }
  if (listen !== undefined && !/^unix:./s.test(listen)) {
    throw new UsageError(`--listen: ${JSON.stringify(listen)} is no unix:PATH.`);
  }
  if (given.allowEmpty && (action === "index" || action === "pack")) {
    throw new UsageError(`--allow-empty is of plan, run and stream, not of ${action}.`);
  }
  if (given.check && action !== "index") throw new UsageError("--check is of index.");
  if (action === "index") checkIndex(given);
  checkPack(given);
  checkSeveral(given);
}

function checkIndex(given: LoaderCommandValues): void {
  const { batchSize, globalBatchSize, rank, remainder, seed, shuffle, block, window, lanes } = given;
  const { fields, noIndex, schema, onError, maxBytes } = given;
  const ofLoaders = [batchSize, globalBatchSize, rank, remainder, seed, shuffle, block, window, lanes];
  if ([...ofLoaders, fields, schema, onError, maxBytes].every((option) => option === undefined) && !noIndex) {
    return;
  }
  throw new UsageError(
    "index takes --kind and --check alone: batches, order and fields are of those who load.",
  );
}

function checkPack(given: LoaderCommandValues): void {
  const { action, more, format, shardSize, records, replacePack } = given;
  if (action !== "pack") {
    if (format === undefined && shardSize === undefined && records === undefined && !replacePack) return;
    throw new UsageError("--format, --shard-size, --records and --replace-pack are of pack.");
  }
  if (more.length !== 1) throw new UsageError("pack needs a URI and a DEST.");
  const { batchSize, globalBatchSize, rank, remainder } = given;
  if ([batchSize, globalBatchSize, rank, remainder].some((option) => option !== undefined)) {
    throw new UsageError(
      "pack writes every sample once: batches and ranks are of those who read the shards.",
    );
  }
}
