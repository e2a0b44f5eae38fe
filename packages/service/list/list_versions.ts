import {
  type CallOptions,
  type CommonPrefix,
  compareKeys,
  InvalidNameError,
  needText,
  type ObjectVersion,
  ServiceError,
} from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";
import { entriesOf, nameOf } from "./entries_of.ts";
import type { Listing, PageReader } from "./page_reader.ts";
import { prefixUri } from "./prefix_uri.ts";
import { checkPrefix, readPages } from "./read_pages.ts";

/**
 * Lists versions and delete markers page by page, by key and as the service has them within a key; the next page is read
 * while one is being consumed. What is not in order, does not start with the prefix, or does not get on is a
 * `ServiceError`, since deletions of what is listed rely on it. A version that two pages show is given once.
 */
export function listVersions(
  reader: PageReader<ObjectVersion>,
  listing: Listing & { readonly delimiter?: undefined },
  options?: CallOptions,
): AsyncGenerator<ObjectVersion, void, void>;
/** The same, with prefixes among the versions where there is a delimiter. */
export function listVersions(
  reader: PageReader<ObjectVersion>,
  listing: Listing,
  options?: CallOptions,
): AsyncGenerator<ObjectVersion | CommonPrefix, void, void>;
export async function* listVersions(
  reader: PageReader<ObjectVersion>,
  { uri: storeUri, prefix, delimiter }: Listing,
  { signal }: CallOptions = {},
): AsyncGenerator<ObjectVersion | CommonPrefix, void, void> {
  signal?.throwIfAborted();
  needText(prefix);
  const uri = prefixUri(storeUri, prefix);
  const call = { operation: "list the versions of", uri };
  if (!prefix.isWellFormed()) throw new InvalidNameError({ ...call, detail: "it is not valid Unicode" });
  const end = new AbortController();
  const query = {
    prefix,
    ...(delimiter && { delimiter }),
    signal: signal ? AbortSignal.any([signal, end.signal]) : end.signal,
  };
  const order = new VersionOrder(call);
  try {
    const read = (token?: string) => reader.readPage({ ...query, ...(token === undefined ? {} : { token }) });
    for await (const { page, isDoubtful, readNext, isRepeat } of readPages(call, read)) {
      const entries = entriesOf(page, delimiter);
      for (const entry of entries) checkPrefix(call, nameOf(entry), prefix);
      // Behind a page that claimed to be the last, only what follows it shows that it was not.
      if (isDoubtful && !order.follows(entries[0])) return;
      let isNew = false;
      for (const entry of entries) {
        if (!order.admit(entry)) continue;
        isNew = true;
        yield entry;
        signal?.throwIfAborted();
        readNext();
      }
      if (!isNew) isRepeat();
    }
  } finally {
    end.abort();
  }
}

/** Sees to it that a listing keeps to its order. */
class VersionOrder {
  readonly #call: CallName;
  readonly #versions = new Set<string>();
  #key = "";

  constructor(call: CallName) {
    this.#call = call;
  }

  /** Whether a version comes after those that were admitted. */
  follows(entry: ObjectVersion | CommonPrefix | undefined): boolean {
    if (!entry) return false;
    const order = compareKeys(nameOf(entry), this.#key);
    return order > 0 || (order === 0 && !this.#versions.has(versionOf(entry)));
  }

  /** Whether a version, or a folded prefix, is new. */
  admit(entry: ObjectVersion | CommonPrefix): boolean {
    const [key, version] = [nameOf(entry), versionOf(entry)];
    const order = compareKeys(key, this.#key);
    if (order < 0) {
      throw new ServiceError({
        ...this.#call,
        detail: `the service lists ${JSON.stringify(key)} after ${JSON.stringify(this.#key)}`,
        advice: "check what stands between here and the service",
      });
    }
    if (order > 0) this.#versions.clear();
    this.#key = key;
    if (this.#versions.has(version)) return false;
    this.#versions.add(version);
    return true;
  }
}

function versionOf(entry: ObjectVersion | CommonPrefix): string {
  return "key" in entry ? entry.version : "";
}
