import type { Dataset } from "@lade/loader";
import { dataset, type UriPart } from "@lade/lade";
import type { CommandContext } from "../command/command_context.ts";
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
  if (isPiped(given)) return await openPiped(context, given);
  const { lade: opening, signal } = context;
  const { uri, more, weights, tell } = given;
  const lade = await opening();
  const options = { lade, signal, ...datasetOptionsOf(given), ...notingLeftOut(context) };
  if (more.length === 0) return await dataset((await sourceOf(lade, uri)).uri, options);
  const parts = [uri, ...more].map(async (argument, place): Promise<UriPart> => {
    const weight = weights[place];
    return { uri: (await sourceOf(lade, argument)).uri, ...(weight !== undefined && { weight }) };
  });
  return await dataset(await Promise.all(parts), { ...options, tell });
}
