import { NotFoundError } from "@lade/core/errors";
import { inOrder } from "@lade/core/concurrency";
import { UnknownFormatError } from "@lade/formats/errors";
import { openFormat } from "@lade/formats/formats";
import { explainMissing } from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";
import {
  type Described,
  DescriptionLineMessage,
  DescriptionMessage,
} from "../messages/description_messages.ts";
import { filterOf } from "../transfer/filter_options.ts";
import { type NamedObject, objectsNamed } from "./objects_named.ts";
import type { ShowValues } from "./show_options.ts";

/** Shows what each object is: one that is named alone with all its parts, several in a line each. */
export async function runShow(context: CommandContext, options: ShowValues): Promise<void> {
  const { output, signal, terminal } = context;
  const { uris, recursive, format, jobs } = options;
  const lade = await context.lade();
  const filter = await filterOf(context, options, uris);
  const describe = async ({ place, name, isGiven, listed }: NamedObject): Promise<Described> => {
    const { uri, store, key } = place;
    try {
      const opened = await openFormat(store, key, { signal, ...(format && { format }) });
      const { compression } = opened;
      const description = await opened.format.describe(opened.target, { signal });
      return { uri, name, description, ...(compression && { storedAs: compression }) };
    } catch (error) {
      if (!isGiven && error instanceof UnknownFormatError) {
        return { uri, name, ...(listed && { size: listed.size }) };
      }
      if (!isGiven || !(error instanceof NotFoundError)) throw error;
      const advice = "add a slash at its end";
      throw await explainMissing(error, { lade, place, operation: "show", advice, signal });
    }
  };
  const work = async (object: NamedObject) => {
    try {
      return { object, described: await describe(object) };
    } catch (error) {
      return { object, error };
    }
  };
  const atOnce = () => lade.context.descriptors.atOnce(jobs);
  const all = objectsNamed(context, lade, { uris, recursive, filter, operation: "show" });
  for await (const { object, described, error } of inOrder(all, atOnce, work)) {
    if (!described) await context.fail(error);
    else if (options.long || (uris.length === 1 && object.isGiven && !recursive)) {
      await output.result(new DescriptionMessage(described, terminal.columns()));
    } else await output.result(new DescriptionLineMessage(described));
  }
}
