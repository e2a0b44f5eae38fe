import type { Dataset } from "@lade/loader";
import { dataset, type MixedPart } from "@lade/lade";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { datasetOptionsOf } from "./dataset_options_of.ts";
import type { LoaderCommandValues } from "./loader_command_options.ts";
import { notingLeftOut } from "./noting_left_out.ts";
import { isPiped, openPiped } from "./open_piped.ts";
import { sourceOf } from "./source_of.ts";

/** Opens what a command line names: one data set, or several, each drawn as its weight says. */
export async function openLoaded(
  context: CommandContext,
  given: LoaderCommandValues,
): Promise<Dataset<unknown>> {
  const { lade: opening, signal } = context;
  const { uri, more, weights, tell } = given;
  const lade = await opening();
  const options = { lade, signal, ...datasetOptionsOf(given), ...notingLeftOut(context) };
  const isFirstPiped = isPiped(given);
  if (more.length === 0) {
    return isFirstPiped
      ? await openPiped(context, given)
      : await dataset((await sourceOf(lade, uri)).uri, options);
  }
  const uris = await Promise.all(
    [uri, ...more].map((argument, place) =>
      place > 0 || !isFirstPiped ? sourceOf(lade, argument) : undefined
    ),
  );
  const piped = isFirstPiped ? await openPiped(context, given) : undefined;
  const parts = uris.map((source, place): MixedPart => {
    const weight = weights[place];
    const weighed = weight === undefined ? {} : { weight };
    if (source) return { uri: source.uri, ...weighed };
    if (piped) return { dataset: piped, ...weighed };
    throw new TypeError(`Cannot open data set ${place}: it has no URI`);
  });
  const opened = await dataset(parts, { ...options, tell });
  if ("members" in opened && given.samplesPerEpoch === undefined) {
    await opened[Symbol.asyncDispose]();
    throw new UsageError(
      "--samples-per-epoch is needed: nobody knows how many samples there are where some can only be gone through.",
    );
  }
  return opened;
}
