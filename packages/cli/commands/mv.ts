import { defineCommand } from "../command/command.ts";
import { journalOptions } from "../transfer/journal_options.ts";
import type { CommandContext } from "../command/command_context.ts";
import { splitPlaces } from "../places/split_places.ts";
import { restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { planOptions } from "../transfer/plan_options.ts";
import { shardOptions } from "../transfer/shard_options.ts";
import {
  guessOptions,
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
  ...timeOptions,
  ...guessOptions,
  ...shardOptions,
  ...journalOptions,
  ...planOptions,
  places: restOfArguments(
    placeValue({ metavar: "SRC", dash: false }),
    "What to move, one or several, and last where to: URIs or local paths.",
    sourcesAndDestination,
  ),
};

type MvOptions = ValuesOf<typeof options>;

/** `lade mv`. */
export const mv = defineCommand({
  name: "mv",
  brief: "Move objects",
  description: "Moves between any two stores; DEST is read as cp reads it. Within one store an object is \
renamed. Between stores it is copied, and the source is removed once the answer to the write proves that the copy is \
stored.",
  usage: "SRC... DEST",
  examples: [
    ["lade mv s3://bucket/a.bin s3://bucket/b.bin", "renames an object"],
    ["lade mv -r checkpoints/ s3://bucket/checkpoints/", "moves a directory to a bucket"],
  ],
  options,
  whenUnread: "goes on",
  check: checkMv,
  run: runMv,
});

async function checkMv({ places, ...options }: MvOptions): Promise<void> {
  const { refuseMistakes } = await import("../transfer/refuse_mistakes.ts");
  refuseMistakes({ ...splitPlaces(places), options, move: true });
}

/** Moves all places but the last to the last. */
async function runMv(context: CommandContext, { places, ...options }: MvOptions): Promise<void> {
  const { runTransfer } = await import("../transfer/run_transfer.ts");
  await runTransfer(context, { ...splitPlaces(places), options, move: true });
}
