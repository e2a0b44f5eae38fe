import { InvalidNameError } from "@lade/core/errors";
import { system } from "@lade/core/system";
import type { UriCalls } from "./uri_calls.ts";
import { isLocalDirectory, isPrefix, localPathOf, locate, locatePrefix, type Place } from "./place.ts";

/** Where a transfer goes to. */
export type Destination =
  /** Standard output. */
  | { readonly kind: "stdout" }
  /** An object of this very name. */
  | { readonly kind: "object"; readonly place: Place }
  /** A prefix, below which each source keeps its name. */
  | { readonly kind: "prefix"; readonly place: Place };

/** Names by which programs that know no `-` are given standard output. */
const STANDARD_OUTPUT: ReadonlySet<string> = new Set(["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]);

/** Whether an argument stands for standard output. */
export function isStandardOutput(argument: string): boolean {
  return STANDARD_OUTPUT.has(argument);
}

/**
 * Reads the DEST of a transfer.
 *
 * | DEST                       | an object goes to | a tree goes to    |
 * | -------------------------- | ----------------- | ----------------- |
 * | `s3://b`, `s3://b/p/`, `d/` | DEST, own name   | DEST, names below |
 * | `d`, an existing directory | `d/`, own name    | `d/`, names below |
 * | `s3://b/p`, `d`, else      | DEST              | DEST`/`, names below |
 * | `-`, `/dev/stdout`         | standard output   | (a mistake)       |
 */
export async function resolveDestination(
  lade: UriCalls,
  argument: string,
  tree: boolean,
): Promise<Destination> {
  if (isStandardOutput(argument)) return { kind: "stdout" };
  const place = await locate(lade, argument);
  if (tree) await refuseFile(place);
  return tree || isPrefix(place) || await isLocalDirectory(place.uri)
    ? { kind: "prefix", place: await locatePrefix(lade, place) }
    : { kind: "object", place };
}

/** A tree cannot go below a local file: reported once, instead of for each object. */
async function refuseFile(place: Place): Promise<void> {
  const path = localPathOf(place.uri)?.replace(/\/+$/, "");
  if (!path) return;
  const status = await system.stat(path).catch(() => undefined);
  if (status && !status.isDirectory) {
    throw new InvalidNameError({
      operation: "write to",
      uri: place.uri,
      detail: "it is a file, a directory is needed",
    });
  }
}
