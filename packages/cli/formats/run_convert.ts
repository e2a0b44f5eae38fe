import { exists } from "@lade/core/operations";
import {
  AlreadyExistsError,
  NotFoundError,
  PreconditionFailedError,
  UnsupportedError,
} from "@lade/core/errors";
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
  type Place,
  placeBelow,
} from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { ConvertedMessage } from "../messages/converted_message.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { SkipMessage } from "../messages/transfer_messages.ts";
import { madeDirectory } from "../places/made_directory.ts";
import { tellingLeftOut } from "../places/tell_left_out.ts";
import { showCommandProgress } from "../progress/show_progress.ts";
import { TransferProgress } from "../progress/transfer_progress.ts";
import type { ConvertValues } from "./convert_options.ts";
import { schemaOf } from "./schema_of.ts";

/** Converts one object. */
export async function runConvert(context: CommandContext, options: ConvertValues): Promise<void> {
  const { output, signal } = context;
  const [source = "", target = ""] = options.places;
  const { schema: text, columns, compression, groupRows, shardSize, noIndex, noClobber } = options;
  const { from: given, to: wanted } = options;
  const schema = text === undefined ? undefined : schemaOf(text);
  const lade = await context.lade();
  const from = await sourceOf(lade, source);
  const to = await destinationOf(lade, target, from, wanted);
  if (from.uri === to.uri) throw new UsageError(`${JSON.stringify(source)} cannot be converted onto itself.`);
  if (noClobber && (isPrefix(to) || shardSize !== undefined)) {
    throw new UsageError("-n is for one object that is written.");
  }
  const left = () => output.note(new SkipMessage(to.uri, "it is there already"));
  const isTree = isPrefix(to);
  if (noClobber && await exists(to.store, to.key, { signal })) {
    return await left();
  }
  const progress = new TransferProgress(lade.context.clock);
  const removeIfUnused = isTree ? await madeDirectory(lade, to) : undefined;
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
        ...(shardSize !== undefined && { maxBytes: shardSize }),
        ...(noIndex && { index: false }),
        ...(noClobber && { writer: { ifNoneMatch: "*" } }),
        onLeftOut: (left) => {
          const { key, reason, hasBytes, error } = left;
          if (!hasBytes || error) return tellingLeftOut(context, from).onLeftOut?.(left);
          const told = { operation: "convert", uri: from.uriOf(key), detail: reason };
          void context.fail(new UnsupportedError(told)).catch(() => {});
        },
        onPassedOver: (name, type) => {
          const detail = `member ${JSON.stringify(name)} is a ${type}, which is not unpacked`;
          const told = { operation: "unpack", uri: from.uri, detail };
          void context.fail(new UnsupportedError(told)).catch(() => {});
        },
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
    await removeIfUnused?.();
    const isTaken = error instanceof AlreadyExistsError || error instanceof PreconditionFailedError;
    if (noClobber && isTaken && error.uri === to.uri) return await left();
    if (!(error instanceof NotFoundError) || isPrefix(from)) throw error;
    const advice = "name an object below it";
    throw await explainMissing(error, { lade, place: from, operation: "convert", advice, signal });
  }
}

/** An object, or of a directory its prefix. */
async function sourceOf(lade: Lade, argument: string): Promise<Place> {
  const place = await locate(lade, argument);
  return await isLocalDirectory(place.uri) ? await locatePrefix(lade, place) : place;
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
  const prefix = await locatePrefix(lade, place);
  if (wanted === undefined) {
    const { format = "tar" } = formatOfName(from.key);
    if (!isPrefix(from) && (format === "tar" || format === "tfrecord")) return prefix;
    throw new UsageError(`${JSON.stringify(argument)} is no object: --to says which format to write there.`);
  }
  return placeBelow(prefix, renamed(lastPart(from), wanted));
}

/** The last part of a URI. */
function lastPart({ uri }: Place): string {
  return uri.replace(/\/+$/, "").split("/").at(-1) ?? "";
}

/** A name with the suffix of another format in place of its own. */
function renamed(name: string, to: FormatName): string {
  const bare = name.replace(/\.(?:gz|zst|zstd)$/i, "");
  const { format } = formatOfName(bare);
  const suffix = format && FORMAT_SUFFIXES[format].find((each) => bare.toLowerCase().endsWith(each));
  return (suffix ? bare.slice(0, -suffix.length) : bare) + FORMAT_SUFFIXES[to][0];
}
