import type { MovedEntry } from "@lade/core";
import { isRoot, parseUri, rootOf, uriPathOf } from "@lade/core/backend";
import { UnsupportedError } from "@lade/core/errors";
import type { PlaceJudge } from "@lade/core/operations";
import { system } from "@lade/core/system";
import type { UriCalls } from "../places/uri_calls.ts";
import { localPathOf, locate, locatePrefix, type Place } from "../places/place.ts";
import type { Destination } from "../places/resolve_destination.ts";
import { refuseLocalOverlap } from "./refuse_local_overlap.ts";
import { linkWithSlash } from "../plan/link_with_slash.ts";
import type { TransferTally } from "./transfer_tally.ts";

/** A move of a directory, or of a link, from one local place to another. */
export interface LocalTreeMove {
  /** The stores. */
  readonly lade: UriCalls;
  /** The source as it was given. */
  readonly source: string;
  /** Where it goes. */
  readonly destination: Destination;
  /** Judges whether the one lies in the other. */
  readonly judge: PlaceJudge;
  /** Leaves alone what exists. */
  readonly createOnly: boolean;
  /** Does nothing, and reports what would be moved. */
  readonly dryRun: boolean;
  /** Counts and prints. */
  readonly tally: TransferTally;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Moves a local directory as it lies there, with its links and empty directories, to another local place; and a link to
 * one as a link. Resolves with whether this was such a move: all others go object by object.
 */
export async function moveLocalTree(move: LocalTreeMove): Promise<boolean> {
  const { lade, source, destination, judge, createOnly, dryRun, tally, signal } = move;
  const target = destination.kind === "prefix" ? localPathOf(destination.place.uri) : undefined;
  if (destination.kind !== "prefix" || target === undefined) return false;
  const place = await locate(lade, source);
  const path = localPathOf(place.uri);
  if (path === undefined || isRoot(path)) return false;
  const { scheme } = parseUri(destination.place.uri);
  const root = await locate(lade, `${scheme}://${uriPathOf(rootOf(target))}`);
  const { tree } = (await locate(lade, `${scheme}://${uriPathOf(rootOf(path))}`)).store;
  const [from, to] = [keyOf(path), keyOf(target)];
  const kind = await tree?.kindOf(from, { signal });
  if (!tree || kind === undefined || kind === "object" || kind === "other") return false;
  if (rootOf(path) !== rootOf(target)) {
    const detail = "a directory is moved within one drive or share";
    throw new UnsupportedError({
      operation: "mv",
      uri: place.uri,
      detail,
      advice: "copy it, then remove it",
    });
  }
  const call = { createOnly, dryRun, signal };
  const tell = async (entries: AsyncIterable<MovedEntry>) => {
    const schemes = [parseUri(place.uri).scheme, scheme] as const;
    for await (const entry of entries) await tellMoved(tally, root, schemes, entry);
  };
  if (kind === "link") {
    if (path.endsWith("/")) throw linkWithSlash(place.uri);
    const status = await system.stat(path).catch(() => undefined);
    if (status?.isFile) return false;
    const isDirectory = await tree.kindOf(to, { signal }) === "directory";
    await tell(tree.move(from, isDirectory ? `${to}/${from.slice(from.lastIndexOf("/") + 1)}` : to, call));
    return true;
  }
  const prefix = await locatePrefix(lade, place);
  await refuseLocalOverlap({ judge, operation: "mv", signal }, prefix, destination.place);
  await tell(tree.move(`${from}/`, to === "" ? "" : `${to}/`, call));
  return true;
}

function keyOf(path: string): string {
  return path.slice(rootOf(path).length).replace(/\/+$/, "");
}

async function tellMoved(
  tally: TransferTally,
  { uriOf, ...root }: Place,
  [source, target]: readonly [string, string],
  { key, to, error, isKept }: MovedEntry,
): Promise<void> {
  const uri = uriOf(key).replace(/^[^:]*/, source);
  if (error) return await tally.fail(uri, error);
  if (isKept) return await tally.skip(uri, "its destination exists");
  const destination = { ...root, uriOf, key: to, uri: uriOf(to).replace(/^[^:]*/, target) };
  await tally.done({ from: { ...root, uriOf, key, uri }, to: destination }, undefined);
}
