import { inOrder } from "@lade/core/concurrency";
import { NotFoundError } from "@lade/core/errors";
import type { Lade } from "@lade/lade";
import { UnknownFormatError } from "@lade/formats/errors";
import { detectFormat } from "@lade/formats/formats";
import { checkIndex, indexObject, isIndexed } from "@lade/formats/index";
import { explainMissing } from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";
import { type IndexLine, IndexMessage } from "../messages/index_messages.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { SkipMessage } from "../messages/transfer_messages.ts";
import { filterOf } from "../transfer/filter_options.ts";
import type { IndexValues } from "./index_options.ts";
import { type NamedObject, objectsNamed } from "./objects_named.ts";

/** What became of an object; nothing where it has no index. */
type Indexed = { readonly line?: IndexLine; readonly skipped?: string } | { readonly error: unknown };

/** Writes or checks the index of each object. */
export async function runIndex(context: CommandContext, options: IndexValues): Promise<void> {
  const { output, settings } = context;
  const { uris, recursive, jobs } = options;
  const lade = await context.lade();
  const filter = await filterOf(context, options, uris);
  let found = 0;
  const work = async (object: NamedObject): Promise<Indexed> => {
    try {
      return await indexOne(context, lade, object, options);
    } catch (error) {
      return { error };
    }
  };
  const all = objectsNamed(context, lade, { uris, recursive, filter, operation: "index" });
  for await (const indexed of inOrder(all, () => lade.context.descriptors.atOnce(jobs), work)) {
    if ("error" in indexed) {
      found++;
      await context.fail(indexed.error);
    } else if (indexed.line) {
      const { line } = indexed;
      found++;
      if (line.state === "stale" || line.state === "missing") output.isNegative = true;
      await (options.check ? output.result(new IndexMessage(line)) : output.done(new IndexMessage(line)));
    } else if (indexed.skipped !== undefined && settings.verbosity > 0) {
      await output.note(new SkipMessage(indexed.skipped, "it is no TFRecord and no tar"));
    }
  }
  if (found === 0 && output.failures === 0) {
    await output.note(new NoteMessage("there is no TFRecord and no tar: nothing was indexed"));
  }
}

async function indexOne(
  { signal }: CommandContext,
  lade: Lade,
  { place, isGiven }: NamedObject,
  { format: given, check }: IndexValues,
): Promise<Indexed> {
  const { uri, store, key, uriOf } = place;
  const call = { signal, ...(given && { format: given }) };
  try {
    if (!given && !isGiven && !await hasIndex(place, signal)) return { skipped: uri };
    const { format, indexKey, count, noun, ...rest } = check
      ? await checkIndex(store, key, call)
      : { ...await indexObject(store, key, call), state: "written" as const };
    return { line: { uri, index: uriOf(indexKey), format, count, noun, ...rest } };
  } catch (error) {
    if (!isGiven || !(error instanceof NotFoundError)) throw error;
    const advice = "add a slash at its end";
    throw await explainMissing(error, { lade, place, operation: "index", advice, signal });
  }
}

/** Whether an object that was found below a prefix is of a format that has indexes. */
async function hasIndex({ store, key }: NamedObject["place"], signal: AbortSignal): Promise<boolean> {
  try {
    return isIndexed((await detectFormat(store, key, { signal })).format);
  } catch (error) {
    if (error instanceof UnknownFormatError) return false;
    throw error;
  }
}
