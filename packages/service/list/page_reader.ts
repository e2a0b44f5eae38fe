import type { CommonPrefix } from "@lade/core/backend";

/** One page of a listing. */
export interface Page<T> {
  /** What is listed, in the order of the service. */
  readonly entries: readonly T[];
  /** Folded prefixes, in the order of the service; of a listing with a delimiter only. */
  readonly prefixes?: readonly CommonPrefix[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
  /** The page says that it is the last, though it may say where a next one begins. */
  readonly claimsEnd?: boolean;
}

/** What a page is asked for by. */
export interface PageQuery {
  /** Beginning of all names. */
  readonly prefix: string;
  /** Folds names at this; absent for a flat listing. */
  readonly delimiter?: "/";
  /**
   * Names after this one are wanted; on the first page only, and never empty. A reader gives it to the service as far as
   * the service understands it: names up to it are left out of what comes.
   */
  readonly startAfter?: string;
  /** `next` of the page before; absent for the first page. */
  readonly token?: string;
  /** Entries that are wanted at most; a reader may give more. */
  readonly limit?: number;
  /** Ends the request. */
  readonly signal: AbortSignal;
}

/** Reads the pages of a listing from a service. */
export interface PageReader<T> {
  /** Reads one page; rejects with a `StoreError`. */
  readPage(query: PageQuery): Promise<Page<T>>;
  /** Whether the service is known to list in another order than that of UTF-8 bytes. */
  readonly isUnordered?: boolean;
  /** Called when a page shows another order than that of UTF-8 bytes. */
  foundUnordered?(): void;
}

/** What is listed. */
export interface Listing {
  /** The store's URI. */
  readonly uri: string;
  /** Beginning of all names. */
  readonly prefix: string;
  /** Folds names at this; absent for a flat listing. */
  readonly delimiter?: "/" | undefined;
}
