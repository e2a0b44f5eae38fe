import { type CommonPrefix, compareKeys, type ListOptions, type ObjectMeta } from "@lade/core/backend";
import { faultOf } from "@lade/service/errors";
import {
  inAnyOrder,
  inKeyOrder,
  listPages,
  type MixedPage,
  type MixedQuery,
  prefixUri,
  TREE_ORDER,
  UTF16_ORDER,
} from "@lade/service/list";
import type { AzureTarget } from "../client/azure_target.ts";
import { askForBlobs, readItems } from "./page_of_blobs.ts";

/** Entries of a page at most ("List Blobs"). */
const MAX_RESULTS = 5000;
/**
 * Entries of the first page where what is listed is worked on as it comes; each further one has four times as many, up to
 * the most. Pages of 5,000 take long, and nothing can be begun before the first.
 */
const FIRST_RESULTS = 250;
/** Entries of a first page at least: directories are among them, which are left out. */
const MIN_RESULTS = 10;

/**
 * Lists the blobs of a container; with `delimiter`, those of one level. The service may order names by UTF-16 units, and in a
 * hierarchical namespace it has what is in a directory directly behind its name.
 */
export function listBlobs(
  target: AzureTarget,
  prefix: string,
  options: ListOptions,
  delimiter?: "/",
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
  const { traits, uri } = target;
  const call = { operation: "list", uri: prefixUri(uri, prefix) };
  // Of what is folded alone, nothing tells.
  const mayBeTree = () => traits.hasDirectories ?? delimiter !== undefined;

  let size = options.order === "any" ? FIRST_RESULTS : MAX_RESULTS;

  async function ask({ limit = size, token, signal, from }: MixedQuery): Promise<MixedPage<ObjectMeta>> {
    size = Math.min(size * 4, MAX_RESULTS);
    // Where the first page was not enough, there may be any number of directories.
    const least = traits.hasDirectories ? token === undefined ? MIN_RESULTS : MAX_RESULTS : 1;
    const query = {
      prefix: prefix || undefined,
      delimiter,
      marker: token,
      startFrom: from,
      maxresults: limit < MAX_RESULTS ? `${Math.max(limit, least)}` : undefined,
    };
    try {
      return await askForBlobs(target, { query, signal, call }, (root, text) => {
        // Where there are directories, all entries tell whether they are one.
        if (text.includes("<Blob>")) traits.hasDirectories = text.includes("<ResourceType>");
        return readItems(root, call, (blob) => blob);
      });
    } catch (error) {
      // Where an object is, no directory can be, and nothing can lie below.
      if (faultOf(error)?.code === "ResourceTypeMismatch") return { items: [] };
      throw error;
    }
  }

  async function read({ startAfter, ...query }: MixedQuery): Promise<MixedPage<ObjectMeta>> {
    if (startAfter === undefined) return await ask(query);
    // What does not begin with the prefix comes before all that is asked for, or behind it.
    if (!startAfter.startsWith(prefix)) {
      return compareKeys(startAfter, prefix) > 0 ? { items: [] } : await ask(query);
    }
    const rest = startAfter.slice(prefix.length);
    const level = delimiter === undefined ? rest : /^[^/]*\/?/.exec(rest)?.[0] ?? "";
    const from = prefix + level.replace(/[\ue000-\uffff].*/s, "");
    const page = await ask(from ? { ...query, from } : query);
    // In a tree, names may come before the one that they follow.
    const earlier = from.slice(0, prefix.length) + from.slice(prefix.length).replace(/[ -.].*/s, "");
    return mayBeTree() && earlier !== from ? await ask(earlier ? { ...query, from: earlier } : query) : page;
  }

  const reader = {
    read,
    displacements: () => mayBeTree() ? [UTF16_ORDER, TREE_ORDER] : [UTF16_ORDER],
  };
  const pages = options.order === "any" ? inAnyOrder(reader) : inKeyOrder(reader);
  return listPages(pages, { uri, prefix, delimiter }, options);
}
