import {
  atMost,
  checkListOptions,
  type CommonPrefix,
  compareKeys,
  InvalidNameError,
  type ListOptions,
  needText,
  type ObjectMeta,
  ServiceError,
  UnsupportedError,
} from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";
import { entriesOf, nameOf } from "./entries_of.ts";
import type { Listing, PageReader } from "./page_reader.ts";
import { prefixUri } from "./prefix_uri.ts";
import { checkPrefix, readPages } from "./read_pages.ts";

/** Entries that are sorted here at most: some 30 MB. */
const MAX_SORTED = 100_000;

/**
 * Lists page by page; the next page is read while one is being consumed, from its second entry on. Where the order of
 * keys is asked for and the service has another one, all is sorted, up to 100,000 names and before the first entry is
 * given; more are an `UnsupportedError`, and an order that is broken after the first entry was given a `ServiceError`.
 *
 * A name is given once as far as that can be seen, one outside the prefix is a `ServiceError`, names up to `startAfter`
 * are left out. Without a delimiter no prefix is given.
 */
export function listPages(
  reader: PageReader<ObjectMeta>,
  listing: Listing & { readonly delimiter?: undefined },
  options?: ListOptions,
): AsyncGenerator<ObjectMeta, void, void>;
/** The same, with prefixes among the objects where there is a delimiter. */
export function listPages(
  reader: PageReader<ObjectMeta>,
  listing: Listing,
  options?: ListOptions,
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void>;
export function listPages(
  reader: PageReader<ObjectMeta>,
  listing: Listing,
  options: ListOptions = {},
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
  const begin = () => new PagedListing(reader, listing, options);
  // One generator for each entry to pass, no more.
  const entries = options.order === "any" ? inAnyOrder(begin, options) : inOrder(begin, reader, options);
  return atMost(entries, options.limit);
}

/** A page whose names were held against the prefix. */
interface CheckedPage {
  readonly entries: readonly (ObjectMeta | CommonPrefix)[];
  readonly readNext: () => void;
  readonly isRepeat: () => void;
}

class PagedListing {
  readonly call: CallName;
  readonly #reader: PageReader<ObjectMeta>;
  readonly #listing: Listing;
  readonly #end = new AbortController();
  readonly #signal: AbortSignal;

  constructor(reader: PageReader<ObjectMeta>, listing: Listing, options: ListOptions) {
    const { signal, startAfter = "" } = options;
    signal?.throwIfAborted();
    const { uri, prefix } = listing;
    this.call = { operation: "list", uri: prefixUri(uri, prefix) };
    checkListOptions(this.call.uri, options);
    for (const text of [prefix, startAfter]) {
      needText(text);
      if (!text.isWellFormed()) {
        throw new InvalidNameError({ ...this.call, detail: "it is not valid Unicode" });
      }
    }
    this.#reader = reader;
    this.#listing = listing;
    this.#signal = signal ? AbortSignal.any([signal, this.#end.signal]) : this.#end.signal;
  }

  async *pages(startAfter: string, limit?: number): AsyncGenerator<CheckedPage, void, void> {
    const { prefix, delimiter } = this.#listing;
    const query = {
      prefix,
      ...(delimiter && { delimiter }),
      ...(limit !== undefined && { limit }),
      signal: this.#signal,
    };
    const read = (token?: string) =>
      this.#reader.readPage({
        ...query,
        ...(token !== undefined ? { token } : startAfter !== "" ? { startAfter } : {}),
      });
    for await (const { page, readNext, isRepeat } of readPages(this.call, read, nameOf)) {
      const entries = entriesOf(page, delimiter);
      for (const entry of entries) checkPrefix(this.call, nameOf(entry), prefix);
      yield { entries, readNext, isRepeat };
    }
  }

  /** Ends requests that are on their way. */
  end(): void {
    this.#end.abort();
  }
}

/** The entries as they come. */
async function* inAnyOrder(
  begin: () => PagedListing,
  { signal, limit }: ListOptions,
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
  const listing = begin();
  const folded = new Set<string>();
  let left = limit ?? Infinity;
  try {
    for await (const { entries, readNext, isRepeat } of listing.pages("", limit)) {
      const isEnough = entries.length >= left;
      let isNew = false;
      for (const entry of entries) {
        // A fold can come on any page; of objects, those of two pages are compared.
        if ("prefix" in entry) {
          if (folded.has(entry.prefix)) continue;
          folded.add(entry.prefix);
        }
        isNew = true;
        left--;
        yield entry;
        signal?.throwIfAborted();
        if (!isEnough) readNext();
      }
      if (!isNew) isRepeat();
    }
  } finally {
    listing.end();
  }
}

/** The entries by their names. Pages are whole, also where few entries are wanted: a short one may not show the order. */
async function* inOrder(
  begin: () => PagedListing,
  reader: PageReader<ObjectMeta>,
  { signal, startAfter = "", limit = Infinity }: ListOptions,
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
  const listing = begin();
  let last = startAfter;
  let given = 0;
  let isOrdered = !reader.isUnordered;
  try {
    if (isOrdered) {
      for await (const page of listing.pages(startAfter)) {
        const entries = ascending(page.entries, last, startAfter);
        if (!entries) {
          isOrdered = false;
          reader.foundUnordered?.();
          if (given > 0) throw outOfOrder(listing.call);
          break;
        }
        const isEnough = given + entries.length >= limit;
        for (const entry of entries) {
          given++;
          last = nameOf(entry);
          yield entry;
          signal?.throwIfAborted();
          if (!isEnough) page.readNext();
        }
      }
    }
    if (isOrdered) return;
    // What begins after a name begins there in the service's own order, so all is listed.
    for (const entry of await sortAll(listing.call, startAfter, listing.pages(""))) {
      yield entry;
      signal?.throwIfAborted();
    }
  } finally {
    listing.end();
  }
}

/**
 * The entries of a page that follow `last`, if they ascend; `undefined` if they do not. A service that lists what changes
 * meanwhile may repeat a name, or names before the one that was to be followed; these are left out.
 */
function ascending(
  entries: readonly (ObjectMeta | CommonPrefix)[],
  last: string,
  startAfter: string,
): readonly (ObjectMeta | CommonPrefix)[] | undefined {
  const repeats = new Set<number>();
  for (const [at, entry] of entries.entries()) {
    const name = nameOf(entry);
    if (compareKeys(name, last) > 0) last = name;
    else if (name === last || compareKeys(name, startAfter) <= 0) repeats.add(at);
    else return undefined;
  }
  return repeats.size === 0 ? entries : entries.filter((_, at) => !repeats.has(at));
}

/** All entries that follow the listing's start, sorted, each once. */
async function sortAll(
  call: CallName,
  startAfter: string,
  pages: AsyncIterable<CheckedPage>,
): Promise<readonly (ObjectMeta | CommonPrefix)[]> {
  const all = new Map<string, ObjectMeta | CommonPrefix>();
  for await (const { entries, readNext, isRepeat } of pages) {
    readNext();
    const before = all.size;
    let passed = 0;
    for (const entry of entries) {
      const name = nameOf(entry);
      if (compareKeys(name, startAfter) > 0) all.set(name, entry);
      else passed++;
    }
    if (all.size === before && passed === 0) isRepeat();
    if (all.size > MAX_SORTED) {
      throw new UnsupportedError({
        ...call,
        detail:
          "the service does not list in the order of UTF-8 bytes, and more than 100,000 names are too many " +
          "to sort",
        advice: 'list in the order "any"',
      });
    }
  }
  return [...all.values()].sort((a, b) => compareKeys(nameOf(a), nameOf(b)));
}

function outOfOrder(call: CallName): ServiceError {
  return new ServiceError({
    ...call,
    detail: "the service does not list in the order of UTF-8 bytes, which showed too late to sort",
    advice: 'list again, or in the order "any"',
  });
}
