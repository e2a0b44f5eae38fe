import { NotFoundError } from "@lade/core/errors";
import { type Head, type HeadRow, openFormat, openHead } from "@lade/formats/formats";
import { explainMissing, isPrefix, locate } from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";
import { HeadMessage, HeadRowMessage } from "../messages/head_messages.ts";
import type { HeadValues } from "./head_options.ts";
import { schemaOf } from "./schema_of.ts";

/** Shows the beginning of each object; one that fails does not keep back the next. */
export async function runHead(context: CommandContext, options: HeadValues): Promise<void> {
  const { output, settings, terminal } = context;
  let isFirst = true;
  for (const argument of options.uris) {
    try {
      const { uri, head } = await openOne(context, argument, options);
      if (settings.json) await printRows(context, uri, head);
      else {
        const rows = await Array.fromAsync(head.rows);
        const columns = head.columns ?? namesOf(rows);
        const title = options.uris.length > 1 ? argument : undefined;
        await output.result(new HeadMessage({ columns, rows, title, isFirst, width: terminal.columns() }));
        isFirst = false;
      }
    } catch (error) {
      await context.fail(error);
    }
  }
}

async function openOne(
  context: CommandContext,
  argument: string,
  { format, schema, columns, count }: HeadValues,
): Promise<{ readonly uri: string; readonly head: Head }> {
  const { signal } = context;
  const lade = await context.lade();
  const place = await locate(lade, argument);
  const { uri, store, key } = place;
  try {
    const opened = await openFormat(store, key, { signal, ...(format && { format }) });
    const wanted = {
      count,
      signal,
      ...(columns && { columns }),
      ...(schema !== undefined && { schema: schemaOf(schema) }),
    };
    return { uri, head: await openHead(opened, wanted) };
  } catch (error) {
    if (!(error instanceof NotFoundError) || isPrefix(place)) throw error;
    const advice = "name an object below it";
    throw await explainMissing(error, { lade, place, operation: "read", advice, signal });
  }
}

async function printRows({ output }: CommandContext, uri: string, { rows }: Head): Promise<void> {
  let number = 0;
  for await (const row of rows) await output.result(new HeadRowMessage(uri, number++, row));
}

/** All names that any row has, in the order they come. */
function namesOf(rows: readonly HeadRow[]): string[] {
  return [...new Set(rows.flatMap((row) => row.map(([name]) => name)))];
}
