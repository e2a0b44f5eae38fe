import type { CallOptions, ObjectMeta, ObjectTree } from "@lade/core";
import { tellableTime } from "@lade/core/backend";
import { parallelResults } from "@lade/core/concurrency";
import { NotFoundError } from "@lade/core/errors";
import { localPathOf, type LocatedUri } from "@lade/transfer/places";
import { type Meant, meantBelow, type ObjectFilter, unknownMeta } from "@lade/transfer/filter";
import { system } from "@lade/core/system";
import type { Removed } from "./removal.ts";

const AT_ONCE = 32;

/**
 * Removes what a filter chooses below a prefix, and yields what became of each; with `dryRun` what would be removed, by
 * the same look. Of a local directory that is files and links, each link as a link, by its own size and time; directories
 * stay, also empty, and so do sockets and unfinished writes. A listed name that is not there is yielded with its error,
 * unless `force` takes it for removed.
 */
export async function* removeMeant(
  place: LocatedUri,
  filter: ObjectFilter,
  { dryRun, force, call }: { readonly dryRun: boolean; readonly force: boolean; readonly call: CallOptions },
): AsyncGenerator<Removed> {
  const { store, key: prefix, uriOf } = place;
  const missing: Removed[] = [];
  const keys = async function* () {
    const meant = store.tree
      ? entriesBelow(place, store.tree, filter, call)
      : meantBelow(store, prefix, filter, { ...call, order: "any" });
    for await (const { name, error } of meant) {
      if (!error) yield prefix + name;
      else if (!force) missing.push({ uri: uriOf(prefix + name), error });
    }
  };
  const tree = store.tree;
  if (dryRun) { for await (const key of keys()) yield { uri: uriOf(key) }; }
  else if (tree) {
    const remove = (key: string) => removeEntry(tree, key, uriOf(key), call);
    yield* parallelResults(keys(), AT_ONCE, remove, call.signal);
  } else {
    for await (const { key, error } of store.deleteMany(keys(), call)) {
      yield { uri: uriOf(key), ...(error && { error }) };
    }
  }
  yield* missing;
}

async function removeEntry(
  tree: ObjectTree,
  key: string,
  uri: string,
  call: CallOptions,
): Promise<Removed> {
  try {
    for await (const { error } of tree.remove(key, call)) if (error) return { uri, error };
    return { uri };
  } catch (error) {
    call.signal?.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    return { uri, error };
  }
}

/** The files and links below a local prefix, walked as a removal of all of it walks them. */
async function* entriesBelow(
  { key: prefix, uriOf }: LocatedUri,
  tree: ObjectTree,
  filter: ObjectFilter,
  call: CallOptions,
): AsyncGenerator<Meant> {
  const missing = new Set(filter.names);
  for await (const { key, kind } of tree.walk(prefix, call)) {
    if (kind !== "object" && kind !== "link") continue;
    const name = key.slice(prefix.length);
    missing.delete(name);
    // Most are left out by their names: those are not looked at.
    if (!filter(unknownMeta(key), name)) continue;
    const meta = filter.byNameOnly ? undefined : await statusOf(key, uriOf(key));
    if (meta === "gone" || meta && !filter(meta, name)) continue;
    yield { name, meta: meta ?? unknownMeta(key) };
  }
  for (const name of missing) {
    if (!filter(unknownMeta(prefix + name), name)) continue;
    const uri = uriOf(prefix + name);
    yield { name, error: new NotFoundError({ operation: "remove", uri, detail: "no such object" }) };
  }
}

/** What the system has of a file, or of a link itself. */
async function statusOf(key: string, uri: string): Promise<ObjectMeta | "gone"> {
  try {
    const { size, mtime } = await system.lstat(localPathOf(uri) ?? "");
    return { key, size, lastModified: mtime ? tellableTime(mtime) : new Date(NaN) };
  } catch (error) {
    if (error instanceof system.errors.NotFound) return "gone";
    throw error;
  }
}
