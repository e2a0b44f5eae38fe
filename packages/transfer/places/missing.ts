import {
  isLocalDirectory,
  isPrefix,
  isThere,
  localPathOf,
  locatePrefix,
  type Place,
  prefixNoun,
} from "./place.ts";
import { InvalidNameError, NotFoundError } from "@lade/core/errors";
import { redactSecrets } from "@lade/core/text";
import { system } from "@lade/core/system";
import type { UriCalls } from "./uri_calls.ts";

/**
 * Throws a `NotFoundError` for a prefix under which a listing found nothing, so that a typing error does not pass for
 * success. Containers and local directories may be empty.
 */
export async function refuseMissing({ key, uri }: Place, operation: string): Promise<void> {
  if (key === "" || await isLocalDirectory(uri)) return;
  throw new NotFoundError({ operation, uri, detail: "no such prefix" });
}

/** Throws an `InvalidNameError` for a prefix where an object is needed, with what to do instead. */
export async function refusePrefix(place: Place, operation: string, advice: string): Promise<void> {
  if (!isPrefix(place)) return;
  const { uri } = place;
  const path = localPathOf(uri)?.replace(/(?<=.)\/+$/, "");
  const status = path === undefined ? undefined : await system.stat(path).catch(() => undefined);
  const told = status === undefined || status.isDirectory
    ? { detail: `it is ${prefixNoun(place)}`, advice }
    : { detail: "it is a file", advice: "leave out the slash at its end" };
  throw new InvalidNameError({ operation, uri, ...told });
}

/** What was tried when an object turned out to be missing. */
export interface MissingObject {
  /** The stores. */
  readonly lade: UriCalls;
  /** Where it is missing. */
  readonly place: Place;
  /** What was to be done, for the message: `remove`. */
  readonly operation: string;
  /** What to do where there is a prefix of this name. */
  readonly advice: string;
  /** Ends the search for the prefix. */
  readonly signal: AbortSignal;
}

/**
 * Says of a missing object what it was wanted for, and whether there is a prefix of its name or not even its container;
 * other errors stay.
 */
export async function explainMissing(error: unknown, missing: MissingObject): Promise<unknown> {
  const { lade, place, operation, advice, signal } = missing;
  if (!(error instanceof NotFoundError) || signal.aborted) return error;
  if (error.uri !== redactSecrets(place.uri)) return error;
  let isPrefix = false;
  try {
    isPrefix = await isThere(await locatePrefix(lade, place), signal);
  } catch (missingContainer) {
    if (missingContainer instanceof NotFoundError) {
      return missingContainer.restated({ operation, uri: place.uri });
    }
  }
  // A local store reports pipes and devices itself.
  const hint = / device$/.test(error.detail) ? "" : await hintAt(place);
  const found = isPrefix ? { detail: `it is ${prefixNoun(place)}`, advice } : { detail: error.detail + hint };
  return error.restated({ operation, uri: place.uri, ...found });
}

/** Adds to an error what the name is meant for maybe, where nothing has the name that a command was given. */
export async function withHint(error: unknown, uri: string): Promise<unknown> {
  if (!(error instanceof NotFoundError) || !/^no such object(?: or prefix)?$/.test(error.detail)) {
    return error;
  }
  return error.restated({ detail: error.detail + await hintAt({ key: uri, uri }) });
}

/** What to add to the message that nothing has a name: what else is there, or what the name may be meant for. */
export async function hintAt({ key, uri }: Pick<Place, "key" | "uri">): Promise<string> {
  const path = localPathOf(uri);
  const status = path === undefined ? undefined : await system.stat(path).catch(() => undefined);
  if (status && !status.isFile && !status.isDirectory) return ", it is a socket, pipe or device";
  if (/\?versionId=[^/]*$|#\d{10,}$/.test(key)) {
    return "; a version is named by --version, and no part of the URI";
  }
  if (/[*?]/.test(key)) return "; no name is a pattern, * and ? stand for themselves";
  return "";
}
