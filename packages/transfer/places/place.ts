import { NotFoundError } from "@lade/core/errors";
import { isUri, parseUri, pathOfUri } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { asPrefix } from "./as_prefix.ts";
import { fileUri } from "./local_path.ts";
import type { LocatedUri, UriCalls } from "./uri_calls.ts";

/** Where an argument leads: a container's store, a key or prefix in it, and the URI of both together. */
export interface Place extends LocatedUri {
  /** The URI as its provider writes it. */
  readonly uri: string;
}

/** The URI that an argument stands for: itself, or that of a local path. */
export function uriOfArgument(argument: string): string {
  return isUri(argument) ? argument : fileUri(argument);
}

/** The URI that messages name: of a URL of a service that of its provider, else as it was given. */
export async function ownUri(lade: Pick<UriCalls, "uriOf">, uri: string): Promise<string> {
  return /^https?:/i.test(uri) ? await lade.uriOf(uri) : uri;
}

/** Opens the store that an argument leads to. */
export async function locate(lade: UriCalls, argument: string): Promise<Place> {
  const located = await lade.locate(uriOfArgument(argument));
  return { ...located, uri: located.uriOf(located.key) };
}

/** Opens the prefix of a place's name: the place itself where it is a prefix, else with a slash at the end. */
export async function locatePrefix(lade: UriCalls, place: Place): Promise<Place> {
  if (isPrefix(place)) return place;
  const prefix = await asPrefix(lade, place);
  return { ...prefix, uri: prefix.uriOf(prefix.key) };
}

/** Another key of the same store. */
export function placeOf(place: Place, key: string): Place {
  return { ...place, key, uri: place.uriOf(key) };
}

/** The object `name` under a prefix. */
export function placeBelow(prefix: Place, name: string): Place {
  return placeOf(prefix, prefix.key + name);
}

/** Whether the place is a prefix or a whole container, rather than an object. */
export function isPrefix(place: Place): boolean {
  return place.key === "" || place.key.endsWith("/");
}

/** Whether there can be an object of the place's very key, which may end in a slash; not so of local directories. */
export function canBeObject(place: Place): boolean {
  return !isPrefix(place) || (place.key !== "" && localPathOf(place.uri) === undefined);
}

/** The last part of a key, by which an object goes where only a prefix is named; with the slash at its end, if any. */
export function nameOf({ key }: Place): string {
  const end = key.endsWith("/") ? key.length - 1 : key.length;
  return key.slice(key.slice(0, end).lastIndexOf("/") + 1);
}

/** What messages call a place that is no object. */
export function prefixNoun(place: Place): string {
  return localPathOf(place.uri) === undefined ? "a prefix" : "a directory";
}

/** The path of a URI of a local store; `undefined` for any other. */
export function localPathOf(uri: string): string | undefined {
  const { scheme, rest } = parseUri(uri);
  return scheme === "file" || scheme === "direct" ? pathOfUri(rest) : undefined;
}

/** Whether a URI names a directory that exists in a local store. */
export async function isLocalDirectory(uri: string): Promise<boolean> {
  const path = localPathOf(uri);
  if (path === undefined) return false;
  try {
    return (await system.stat(path)).isDirectory;
  } catch {
    // What is wrong with the path is for the store to say.
    return false;
  }
}

/**
 * Whether there is anything under a prefix; an empty local directory counts. A missing container is a `NotFoundError`,
 * except for a local one, which is a directory like those below it.
 */
export async function isThere(prefix: Place, signal: AbortSignal): Promise<boolean> {
  if (await isLocalDirectory(prefix.uri)) return true;
  try {
    for await (const _ of prefix.store.list(prefix.key, { signal, order: "any", limit: 1 })) return true;
  } catch (error) {
    if (!(error instanceof NotFoundError) || localPathOf(prefix.uri) === undefined) throw error;
  }
  return false;
}
