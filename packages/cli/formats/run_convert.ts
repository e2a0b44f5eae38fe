import { exists } from "@lade/core/operations";
import { AlreadyExistsError, NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import type { FormatName } from "@lade/formats";
import { convert } from "@lade/formats/convert";
import { formatSchema } from "@lade/formats/table";
import { FORMAT_SUFFIXES, formatOfName } from "@lade/formats/formats";
import type { Lade } from "@lade/lade";
import {
  explainMissing,
  isLocalDirectory,
  isPrefix,
  locate,
  locatePrefix,
  nameOf,
  type Place,
  placeBelow,
} from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { ConvertedMessage } from "../messages/converted_message.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { SkipMessage } from "../messages/transfer_messages.ts";
import { showCommandProgress } from "../progress/show_progress.ts";
import { TransferProgress } from "../progress/transfer_progress.ts";
import type { ConvertValues } from "./convert_options.ts";
import { schemaOf } from "./schema_of.ts";

/** Converts one object. */
export async function runConvert(context: CommandContext, options: ConvertValues): Promise<void> {
  const { output, signal } = context;
  const [source = "", target = ""] = options.places;
  const { schema: text, columns, compression, groupRows, noClobber, from: given, to: wanted } = options;
  const schema = text === undefined ? undefined : schemaOf(text);
  const lade = await context.lade();
  const from = await locate(lade, source);
  const to = await destinationOf(lade, target, from, wanted);
  if (from.uri === to.uri) throw new UsageError(`${JSON.stringify(source)} cannot be converted onto itself.`);
  const left = () => output.note(new SkipMessage(to.uri, "it is there already"));
  if (noClobber && await exists(to.store, to.key, { signal })) return await left();
  const progress = new TransferProgress(lade.context.clock);
  try {
    await using _display = showCommandProgress(context, progress, lade.context.clock);
    const { from: read, to: written, counts } = await convert(
      { store: from.store, key: from.key, ...(given && { format: given }) },
      { store: to.store, key: to.key, ...(wanted && { format: wanted }) },
      {
        signal,
        ...(schema && { schema }),
        ...(columns && { columns }),
        ...(compression !== undefined && { compression }),
        ...(groupRows !== undefined && { groupRows }),
        ...(noClobber && { writer: { ifNoneMatch: "*" } }),
        onSchema: (columns, isGuessed) => {
          if (!isGuessed) return;
          void output.note(new NoteMessage(`columns guessed from the first rows: ${formatSchema(columns)}`));
        },
        onBytes: (bytes) => progress.add({ type: "bytes", key: to.uri, bytes }),
      },
    );
    const line = { source: from.uri, destination: to.uri, from: read, to: written, counts };
    await output.done(new ConvertedMessage(line));
  } catch (error) {
    const isTaken = error instanceof AlreadyExistsError || error instanceof PreconditionFailedError;
    if (noClobber && isTaken && error.uri === to.uri) return await left();
    if (!(error instanceof NotFoundError)) throw error;
    const advice = "name an object below it";
    throw await explainMissing(error, { lade, place: from, operation: "convert", advice, signal });
  }
}

/** Where it goes: TO, or below it where it is a prefix or a directory. */
async function destinationOf(
  lade: Lade,
  argument: string,
  from: Place,
  wanted: FormatName | undefined,
): Promise<Place> {
  const place = await locate(lade, argument);
  if (!isPrefix(place) && !await isLocalDirectory(place.uri)) return place;
  if (wanted === undefined) {
    throw new UsageError(`${JSON.stringify(argument)} is no object: --to says which format to write there.`);
  }
  const prefix = await locatePrefix(lade, place);
  return placeBelow(prefix, renamed(nameOf(from), wanted));
}

/** A name with the suffix of another format in place of its own. */
function renamed(name: string, to: FormatName): string {
  const bare = name.replace(/\/$/, "").replace(/\.(?:gz|zst|zstd)$/i, "");
  const { format } = formatOfName(bare);
  const suffix = format && FORMAT_SUFFIXES[format].find((each) => bare.toLowerCase().endsWith(each));
  return (suffix ? bare.slice(0, -suffix.length) : bare) + FORMAT_SUFFIXES[to][0];
}
