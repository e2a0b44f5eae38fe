import { defineCommand } from "../command/command.ts";
import { journalOptions } from "../transfer/journal_options.ts";
import type { CommandContext } from "../command/command_context.ts";
import { splitPlaces } from "../places/split_places.ts";
import { restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { planOptions } from "../transfer/plan_options.ts";
import { shardOptions } from "../transfer/shard_options.ts";
import {
  contentOptions,
  decompressOptions,
  guessOptions,
  linkOptions,
  nameOptions,
  timeOptions,
  treeOptions,
  versionOptions,
  writeOptions,
} from "../transfer/transfer_options.ts";
import { filterOptions, globOptions } from "../transfer/filter_options.ts";
import { placeValue, sourcesAndDestination } from "../values/place_value.ts";

const options = {
  ...treeOptions,
  ...writeOptions,
  ...filterOptions,
  ...globOptions,
  ...nameOptions,
  ...linkOptions,
  ...versionOptions,
  ...contentOptions,
  ...decompressOptions,
  ...timeOptions,
  ...guessOptions,
  ...shardOptions,
  ...journalOptions,
  ...planOptions,
  places: restOfArguments(
    placeValue({ metavar: "SRC", dash: true }),
    "What to copy, one or several, and last where to. Each is a URI, a local path, or - for \
standard input or output.",
    sourcesAndDestination,
  ),
};

type CpOptions = ValuesOf<typeof options>;

/** `lade cp`. */
export const cp = defineCommand({
  name: "cp",
  brief: "Copy objects",
  description: "Copies between any two stores. A DEST that ends in a slash, a container or an existing local \
directory takes the source under its own name; any other DEST is the name itself. With -r everything under SRC goes \
under DEST, names below SRC kept, whether or not SRC or DEST ends in a slash.",
  usage: "SRC... DEST",
  examples: [
    ["lade cp model.bin s3://bucket/models/", "copies to s3://bucket/models/model.bin"],
    ["lade cp -r s3://bucket/data/ s3://other/data/", "copies everything under data/"],
    ["lade cp --version ID s3://bucket/a.bin s3://bucket/a.bin", "makes an older version the latest again"],
    ["lade cp --zstd 3 log.txt s3://bucket/logs/", "copies to s3://bucket/logs/log.txt.zst"],
    ["lade cp --decompress s3://bucket/logs/log.txt.zst log.txt", "copies what was compressed"],
  ],
  options,
  whenUnread: "goes on",
  check: checkCp,
  run: runCp,
});

async function checkCp({ places, ...options }: CpOptions): Promise<void> {
  const { refuseMistakes } = await import("../transfer/refuse_mistakes.ts");
  refuseMistakes({ ...splitPlaces(places), options, move: false });
}

/** Copies all places but the last to the last. */
async function runCp(context: CommandContext, { places, ...options }: CpOptions): Promise<void> {
  const { runTransfer } = await import("../transfer/run_transfer.ts");
  await runTransfer(context, { ...splitPlaces(places), options, move: false });
}
