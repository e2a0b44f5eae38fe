import type { LeftOut, ObjectMeta } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import type { Lade } from "@lade/lade";
import { type ObjectFilter, unknownMeta } from "@lade/transfer/filter";
import {
  classifyWhole,
  isLocalDirectory,
  isPrefix,
  isThere,
  locate,
  locatePrefix,
  type Place,
  placeBelow,
  refuseMissing,
} from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { tellingLeftOut } from "../places/tell_left_out.ts";
import { FOR_MANY } from "../transfer/filter_options.ts";

/** An object that a command line names, or the prefix of one that is made of several, such as Zarr. */
export interface NamedObject {
  /** Where it is. */
  readonly place: Place;
  /** Its name below what was given; the whole URI where it was given itself. */
  readonly name: string;
  /** Whether it was given itself, rather than found below what was given. */
  readonly isGiven: boolean;
  /** What a listing had of it. */
  readonly listed?: ObjectMeta;
}

/** What is listed. */
export interface NamingOptions {
  /** The arguments. */
  readonly uris: readonly string[];
  /** Whether what lies below is meant, too, where an object has the very name. */
  readonly recursive: boolean;
  /** Which of those below a prefix are meant. */
  readonly filter: ObjectFilter | undefined;
  /** What the command does, for messages. */
  readonly operation: string;
}

/** The name of a directory that is one Zarr array or group. */
const ZARR = /^(?:.*?\/)?[^/]+\.zarr\//i;
/** A prefix that ends with such a name. */
const ENDS_AS_ZARR = /[^/]\.zarr\/$/i;

/**
 * The objects of a command line, each in its turn: those that are named, and of a prefix or a directory all below it, of
 * which a Zarr array or group is one. What cannot be listed is a failure, and the rest goes on.
 */
export async function* objectsNamed(
  context: CommandContext,
  lade: Lade,
  options: NamingOptions,
): AsyncGenerator<NamedObject> {
  const { uris, recursive, filter, operation } = options;
  const { signal } = context;
  for (const argument of uris) {
    try {
      const place = await locate(lade, argument);
      const named = isPrefix(place) || await isLocalDirectory(place.uri);
      if (!recursive && !filter) {
        if (!named) {
          yield { name: argument, place, isGiven: true };
          continue;
        }
        if (await isZarr(place, signal)) {
          yield { name: argument, place: await locatePrefix(lade, place), isGiven: true };
          continue;
        }
      }
      const { object, prefix } = await classifyWhole(lade, place, operation, signal);
      if (object && filter && !recursive) {
        throw new UsageError(`${JSON.stringify(argument)} is one object. ${FOR_MANY}`);
      }
      if (object) yield { name: argument, place, isGiven: true, listed: object };
      if (!prefix) continue;
      if (!filter && ENDS_AS_ZARR.test(prefix.uri) && await isZarr(prefix, signal)) {
        yield { name: argument, place: prefix, isGiven: true };
      } else yield* objectsBelow(context, prefix, options);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      await context.fail(error);
    }
  }
}

async function isZarr({ store, key }: Place, signal: AbortSignal): Promise<boolean> {
  const { hasZarr } = await import("@lade/formats/formats");
  return await hasZarr(store, key, { signal });
}

/** What lies below a prefix, by the names that it has there. */
async function* objectsBelow(
  context: CommandContext,
  prefix: Place,
  { filter, operation }: NamingOptions,
): AsyncGenerator<NamedObject> {
  let isEmpty = true;
  const zarrs = new Set<string>();
  const onLeftOut = (left: LeftOut) => {
    const { key, reason, hasBytes, error } = left;
    const uri = prefix.uriOf(key);
    if (!error && filter?.(unknownMeta(key), key.slice(prefix.key.length)) === false) return;
    if (!hasBytes || error) return tellingLeftOut(context, prefix).onLeftOut?.(left);
    void context.fail(new UnsupportedError({ operation, uri, detail: reason })).catch(() => {});
  };
  const { signal } = context;
  const { meantBelow } = await import("@lade/transfer/filter");
  const meant = meantBelow(prefix.store, prefix.key, filter, { signal, onLeftOut });
  for await (const { name, meta: listed, error } of meant) {
    isEmpty = false;
    const zarr = ZARR.exec(name)?.[0];
    if (error) await context.fail(error);
    else if (zarr === undefined) yield { name, place: placeBelow(prefix, name), isGiven: false, listed };
    else if (!zarrs.has(zarr)) {
      zarrs.add(zarr);
      yield { name: zarr, place: placeBelow(prefix, zarr), isGiven: false };
    }
  }
  // What the filter leaves out is there all the same.
  if (isEmpty && !(filter && await isThere(prefix, signal))) await refuseMissing(prefix, operation);
}
