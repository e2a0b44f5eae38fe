import { defineCommand } from "../command/command.ts";
import { journalOptions } from "../transfer/journal_options.ts";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { isStandardOutput, localPathOf, uriOfArgument } from "@lade/transfer/places";
import { argument, optionalArgument, type ValuesOf } from "../syntax/option.ts";
import { planOptions } from "../transfer/plan_options.ts";
import { shardOptions } from "../transfer/shard_options.ts";
import {
  decompressOptions,
  linkOptions,
  nameOptions,
  timeOptions,
  treeOptions,
  versionOptions,
  writeOptions,
} from "../transfer/transfer_options.ts";
import { filterOptions, globOptions } from "../transfer/filter_options.ts";
import { placeValue } from "../values/place_value.ts";

const options = {
  ...treeOptions,
  ...writeOptions,
  ...filterOptions,
  ...globOptions,
  ...nameOptions,
  ...linkOptions,
  ...versionOptions,
  ...decompressOptions,
  ...timeOptions,
  ...shardOptions,
  ...journalOptions,
  ...planOptions,
  uri: argument(placeValue({ metavar: "URI", dash: false }), "What to download."),
  destination: optionalArgument(
    placeValue({ metavar: "DEST", dash: true }),
    ".",
    "A local path or file URI, or - for standard output; the working directory by default.",
  ),
};

type GetOptions = ValuesOf<typeof options>;

/** `lade get`. */
export const get = defineCommand({
  name: "get",
  brief: "Download objects",
  description:
    "Downloads an object, or with -r everything under a prefix; DEST is read as cp reads it. Nothing \
is written outside DEST: an object whose name would lead there is reported and left out. A file appears whole or not \
at all. lade download is the same.",
  usage: "URI [DEST]",
  examples: [
    ["lade get s3://bucket/model.bin", "downloads to model.bin"],
    ["lade get s3://bucket/list.txt - | wc -l", "counts lines"],
    ["lade get --decompress s3://bucket/log.txt.zst", "downloads to log.txt"],
    ["lade get -r s3://bucket/data/ data/", "downloads everything under data/"],
  ],
  options,
  whenUnread: "goes on",
  check: checkGet,
  run: runGet,
});

async function checkGet({ uri, destination, ...options }: GetOptions): Promise<void> {
  if (!isStandardOutput(destination) && localPathOf(uriOfArgument(destination)) === undefined) {
    throw new UsageError(`get writes local files: use cp to copy to ${JSON.stringify(destination)}.`);
  }
  const { refuseMistakes } = await import("../transfer/refuse_mistakes.ts");
  refuseMistakes({ sources: [uri], destination, options, move: false });
}

/** Copies to a local place, or to standard output. */
async function runGet(context: CommandContext, { uri, destination, ...options }: GetOptions): Promise<void> {
  const { runTransfer } = await import("../transfer/run_transfer.ts");
  await runTransfer(context, { sources: [uri], destination, options, move: false });
}
