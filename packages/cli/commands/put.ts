import { defineCommand } from "../command/command.ts";
import { journalOptions } from "../transfer/journal_options.ts";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { localPathOf, uriOfArgument } from "@lade/transfer/places";
import { splitPlaces } from "../places/split_places.ts";
import { restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { planOptions } from "../transfer/plan_options.ts";
import { shardOptions } from "../transfer/shard_options.ts";
import {
  contentOptions,
  guessOptions,
  linkOptions,
  nameOptions,
  timeOptions,
  treeOptions,
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
  ...contentOptions,
  ...timeOptions,
  ...guessOptions,
  ...shardOptions,
  ...journalOptions,
  ...planOptions,
  places: restOfArguments(
    placeValue({ metavar: "SRC", dash: true }),
    "What to upload, one or several, and last where to. A source is a local path or file URI, or \
- for standard input.",
    sourcesAndDestination,
  ),
};

type PutOptions = ValuesOf<typeof options>;

/** `lade put`. */
export const put = defineCommand({
  name: "put",
  brief: "Upload files",
  description: "Uploads files, or with -r everything under a directory; URI is read as cp reads its DEST. \
Nobody sees an object before all of it is there. lade upload is the same.",
  usage: "SRC... URI",
  examples: [
    ["lade put model.bin s3://bucket/models/", "uploads to s3://bucket/models/model.bin"],
    ["tar c data | lade put --zstd 3 - s3://bucket/data.tar", "uploads to s3://bucket/data.tar.zst"],
    ["lade put -r data/ s3://bucket/data/", "uploads everything under data/"],
  ],
  options,
  whenUnread: "goes on",
  check: checkPut,
  run: runPut,
});

async function checkPut({ places, ...options }: PutOptions): Promise<void> {
  const { sources, destination } = splitPlaces(places);
  const foreign = sources.find((source) =>
    source !== "-" && localPathOf(uriOfArgument(source)) === undefined
  );
  if (foreign !== undefined) {
    throw new UsageError(`put takes local files: use cp to copy ${JSON.stringify(foreign)}.`);
  }
  const { refuseMistakes } = await import("../transfer/refuse_mistakes.ts");
  refuseMistakes({ sources, destination, options, move: false });
}

/** Copies local files to the last place. */
async function runPut(context: CommandContext, { places, ...options }: PutOptions): Promise<void> {
  const { runTransfer } = await import("../transfer/run_transfer.ts");
  await runTransfer(context, { ...splitPlaces(places), options, move: false });
}
