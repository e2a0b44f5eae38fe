import {
  checkListOptions,
  type CommonPrefix,
  InvalidNameError,
  type ListOptions,
  type ObjectMeta,
  objectUri,
  ServiceError,
} from "@lade/core/backend";
import { PageGuard, RepeatGuard } from "@lade/service/http";
import type { S3Connection } from "../client/s3_connection.ts";
import { type ListPage, listPage, nameOf } from "./list_page.ts";
import { inKeyOrder, sortAll } from "./key_order.ts";

type Entry = ObjectMeta | CommonPrefix;

/** What a listing asks for. */
export interface Listing {
  /** The bucket. */
  readonly connection: S3Connection;
  /** URI of the prefix. */
  readonly uri: string;
  /** Beginning of all names; one that begins otherwise is an error, for whoever deletes what is listed would delete it. */
  readonly prefix: string;
  /** Folds names at this. */
  readonly delimiter: "/" | undefined;
  /** Names after this one. */
  readonly startAfter: string;
  /** Ends the listing. */
  readonly signal: AbortSignal;
}

/** A page and, for whoever gets on with it, the start of the next one. */
export interface PageInHand {
  /** Its entries. */
  readonly entries: readonly Entry[];
  /** Starts to fetch the next page. */
  fetchNext(): void;
}

/**
 * Lists page by page. The next page is fetched while one is being consumed, from its second entry on. Where the order of
 * keys is asked for and the service has another one, all is sorted, up to a bound and before the first entry is given;
 * beyond, and where that shows too late, it is an error.
 */
export function listObjects(
  connection: S3Connection,
  storeUri: string,
  prefix: string,
  delimiter: "/" | undefined,
  options: ListOptions,
): AsyncGenerator<Entry, void, void> {
  const uri = prefix === "" ? storeUri : objectUri(storeUri, prefix);
  const begin = () => beginListing(connection, uri, prefix, delimiter, options);
  // One generator for each entry to pass, no more.
  return options.order === "any" ? inAnyOrder(begin, options.signal) : inOrder(begin, options.signal);
}

function beginListing(
  connection: S3Connection,
  uri: string,
  prefix: string,
  delimiter: "/" | undefined,
  options: ListOptions,
): Listing & { readonly end: AbortController } {
  const { startAfter = "", signal } = options;
  signal?.throwIfAborted();
  checkListOptions(uri, options);
  for (const text of [prefix, startAfter]) {
    if (text.isWellFormed()) continue;
    throw new InvalidNameError({ operation: "list", uri, detail: "it is not valid Unicode" });
  }
  const end = new AbortController();
  const ends = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  return { connection, uri, prefix, delimiter, startAfter, signal: ends, end };
}

type Begin = () => ReturnType<typeof beginListing>;

/** The entries as they come, each once as far as that can be seen. */
async function* inAnyOrder(begin: Begin, signal: AbortSignal | undefined): AsyncGenerator<Entry, void, void> {
  const listing = begin();
  const folded = new Set<string>();
  try {
    for await (const page of pagesOf(listing)) {
      for (const entry of page.entries) {
        // A fold can come on any page; of objects, those of two pages are compared.
        if ("prefix" in entry) {
          if (folded.has(entry.prefix)) continue;
          folded.add(entry.prefix);
        }
        yield entry;
        signal?.throwIfAborted();
        page.fetchNext();
      }
    }
  } finally {
    listing.end.abort();
  }
}

async function* inOrder(begin: Begin, signal: AbortSignal | undefined): AsyncGenerator<Entry, void, void> {
  const listing = begin();
  const { connection, startAfter } = listing;
  const { traits } = connection;
  let last = startAfter;
  let given = false;
  try {
    if (!traits.lacks("key-order")) {
      for await (const page of pagesOf(listing)) {
        const entries = inKeyOrder(page.entries, last, startAfter);
        if (!entries) {
          traits.found("key-order", connection.tellTrait);
          if (given) throw outOfOrder(listing.uri);
          break;
        }
        for (const entry of entries) {
          given = true;
          last = nameOf(entry);
          yield entry;
          signal?.throwIfAborted();
          page.fetchNext();
        }
      }
      if (!traits.lacks("key-order") || given) return;
    }
    // What begins after a name begins there in the service's own order, so all is listed.
    for (const entry of await sortAll(listing, pagesOf({ ...listing, startAfter: "" }))) {
      yield entry;
      signal?.throwIfAborted();
    }
  } finally {
    listing.end.abort();
  }
}

/** The pages, until one is the last. */
export async function* pagesOf(listing: Listing): AsyncGenerator<PageInHand, void, void> {
  const { connection, uri, prefix, delimiter, startAfter, signal } = listing;
  const guard = new PageGuard();
  const repeats = new RepeatGuard();
  const { amazon } = connection.endpoint;
  // There are services that leave names out after one outside ASCII; what it skips too little is left out here.
  const start = amazon ? startAfter : startAfter.replace(/[^\x20-\x7e].*$/s, "");
  const fetchPage = (token?: string) =>
    listPage(connection, uri, {
      prefix,
      startAfter: start,
      token,
      signal,
      ...(delimiter ? { delimiter } : {}),
    });
  let page = await fetchPage();
  for (;;) {
    const { entries, token, claimsEnd } = page;
    for (const entry of entries) {
      if (!nameOf(entry).startsWith(prefix)) throw outsidePrefix(uri, nameOf(entry), prefix);
    }
    let next: Promise<ListPage> | undefined;
    const fetchNext = () => {
      if (token === undefined || next) return;
      next = fetchPage(token);
      next.catch(() => {});
    };
    const fresh = repeats.fresh(entries, nameOf);
    yield { entries: fresh, fetchNext };
    if (token === undefined || (claimsEnd && entries.length === 0)) return;
    const fault = guard.advance(token, fresh.length);
    if (fault && claimsEnd) return;
    if (fault) throw endless(uri, fault);
    page = await (next ?? fetchPage(token));
  }
}

function outOfOrder(uri: string): ServiceError {
  return new ServiceError({
    operation: "list",
    uri,
    detail:
      "the service does not list in the order of UTF-8 bytes, which showed too late to sort; list again, " +
      'or in the order "any"',
  });
}

function endless(uri: string, fault: string): ServiceError {
  return new ServiceError({ operation: "list", uri, detail: `the service's listing does not end: ${fault}` });
}

function outsidePrefix(uri: string, name: string, prefix: string): ServiceError {
  return new ServiceError({
    operation: "list",
    uri,
    detail:
      `the service lists ${JSON.stringify(name)}, which does not start with ${JSON.stringify(prefix)}; ` +
      "check what stands between here and the service",
  });
}
