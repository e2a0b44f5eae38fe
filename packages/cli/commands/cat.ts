import { readChunks } from "@lade/core/operations";
import { SIZE_UNITS } from "@lade/core/settings";
import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { VerificationMessage } from "../messages/transfer_messages.ts";
import {
  explainMissing,
  localPathOf,
  locate,
  needContent,
  type Place,
  type UriCalls,
} from "@lade/transfer/places";
import { refuseSeveral } from "../places/split_places.ts";
import { option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { cutBytes } from "../transfer/cut_bytes.ts";
import { watchLimit } from "../transfer/tell_limit.ts";
import { inputOf, isStandardInput, standardInput, type Verification, verifiedChunks } from "@lade/transfer";
import { atLeastOne, placeValue } from "../values/place_value.ts";
import { sizeValue, versionValue } from "../values/plain_values.ts";

const options = {
  offset: option(
    ["--offset"],
    sizeValue({ least: 0 }),
    0,
    "Start at this byte of each object instead of the first.",
  ),
  length: option(
    ["--length"],
    sizeValue({ least: 1 }),
    undefined,
    "Print at most this many bytes of each object.",
  ),
  version: option(
    ["--version"],
    versionValue,
    undefined,
    "Print this version of the one object, as ls --versions names it.",
  ),
  uris: restOfArguments(placeValue({ metavar: "URI", dash: false }), "An object.", atLeastOne),
};

type CatOptions = ValuesOf<typeof options>;

/** `lade cat`. */
export const cat = defineCommand({
  name: "cat",
  brief: "Print objects to standard output",
  description: `Prints objects one after the other, or a range of each. ${SIZE_UNITS}`,
  usage: "URI...",
  examples: [
    ["lade cat s3://bucket/notes.txt", "prints an object"],
    ["lade cat --version ID s3://bucket/notes.txt", "prints what it was before"],
    ["lade cat --offset 1G --length 8MiB s3://bucket/model.bin > piece", "takes 8 MiB out of the middle"],
  ],
  options,
  whenUnread: "ends",
  run: runCat,
});

/** Prints each object, in order; one that fails does not keep back the next. */
async function runCat(context: CommandContext, options: CatOptions): Promise<void> {
  refuseSeveral(options.uris, options.version);
  const { output, fail } = context;
  output.rawResults = true;
  const tellLimit = await watchLimit(context);
  const printed = { objects: 0, bytes: 0 };
  for (const argument of options.uris) {
    try {
      await printOne(context, argument, options, printed);
    } catch (error) {
      await fail(error);
    }
  }
  if (printed.objects > 0) await tellLimit?.(printed);
}

async function printOne(
  context: CommandContext,
  argument: string,
  options: CatOptions,
  printed: { objects: number; bytes: number },
): Promise<void> {
  const { output, settings, signal, terminal } = context;
  const { offset, length, version } = options;
  const lade = await context.lade();
  const place = await locate(lade, argument);
  const input = isStandardInput(argument) ? standardInput(terminal.stdin) : await inputOf(place.uri);
  const slowed = await slowerOf(lade, place, signal);
  const print = async (chunk: Uint8Array) => {
    await output.bytes(chunk);
    printed.bytes += chunk.length;
  };
  if (input && version === undefined) {
    for await (const chunk of slowed(cutBytes(input.read(signal), offset, length))) await print(chunk);
    printed.objects++;
    return;
  }
  const onVerified = (verification: Verification) => {
    if (settings.verbosity > 0) void output.note(new VerificationMessage(verification));
  };
  const part = offset > 0 || length !== undefined;
  const range = { offset, ...(length !== undefined && { length }) };
  await needContent(place, { operation: "get", advice: "use ls", version, signal });
  const reading = { signal, ...(part && { range }), ...(version !== undefined && { version }) };
  await using chunks = await readChunks(place.store, place.key, reading)
    .catch(async (error) => {
      if (version !== undefined) throw error;
      throw await explainMissing(error, { lade, place, operation: "get", advice: "use ls", signal });
    });
  for await (const chunk of slowed(verifiedChunks(chunks, place, onVerified))) await print(chunk);
  printed.objects++;
}

/** Slows bytes down that come from no service, which would have them come slowly. */
async function slowerOf(lade: UriCalls, place: Place, signal: AbortSignal) {
  const { bandwidth } = lade.context;
  if (!bandwidth || localPathOf(place.uri) === undefined) {
    return (chunks: AsyncIterable<Uint8Array>) => chunks;
  }
  const { slowChunks } = await import("@lade/transfer/limit");
  return (chunks: AsyncIterable<Uint8Array>) => slowChunks(chunks, bandwidth, signal);
}
