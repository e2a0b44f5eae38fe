import {
  type CallOptions,
  type CommonPrefix,
  compareKeys,
  InvalidNameError,
  objectUri,
  type ObjectVersion,
  type ServiceError,
} from "@lade/core/backend";
import { PageGuard } from "@lade/service/http";
import type { S3Connection } from "../client/s3_connection.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { unlikeS3 } from "../objects/object_info.ts";
import { nameOf, type VersionEntry, type VersionMarker, versionPage } from "./version_page.ts";

/**
 * Lists versions and delete markers page by page; the next page is fetched while one is being consumed. What is not in
 * order, does not start with `prefix`, or does not get on is an error, since whoever deletes what is listed relies on it.
 */
export async function* listVersions(
  connection: S3Connection,
  storeUri: string,
  prefix: string,
  delimiter: "/" | undefined,
  { signal }: CallOptions,
): AsyncGenerator<ObjectVersion | CommonPrefix, void, void> {
  signal?.throwIfAborted();
  const uri = prefix === "" ? storeUri : objectUri(storeUri, prefix);
  const call: FailedCall = {
    operation: "list the versions of",
    uri,
    permission: "s3:ListBucketVersions",
  };
  if (!prefix.isWellFormed()) {
    throw new InvalidNameError({ operation: call.operation, uri, detail: "it is not valid Unicode" });
  }
  const ahead = new AbortController();
  const ends = signal ? AbortSignal.any([signal, ahead.signal]) : ahead.signal;
  const fetchPage = (after?: VersionMarker) =>
    versionPage(connection, call, { prefix, delimiter, after, signal: ends });
  try {
    const order = new VersionOrder(prefix, call);
    let page = await fetchPage();
    const guard = new PageGuard();
    for (let isDoubtful = false;;) {
      const { next: marker, claimsEnd } = page;
      if (isDoubtful && !order.follows(page.entries[0])) return;
      let next: ReturnType<typeof fetchPage> | undefined;
      let news = 0;
      for (const entry of page.entries) {
        if (!order.admit(entry)) continue;
        if ("key" in entry && entry.version !== "null") {
          connection.traits.showedVersion(connection.bucket ?? "");
        }
        news++;
        yield entry;
        signal?.throwIfAborted();
        if (next === undefined && marker) {
          next = fetchPage(marker);
          next.catch(() => {});
        }
      }
      if (!marker) return;
      isDoubtful = claimsEnd;
      order.advance(marker);
      const fault = guard.advance(`${marker.key}\n${marker.version ?? ""}`, news);
      if (fault) throw unlikeS3(call, fault);
      page = await (next ?? fetchPage(marker));
    }
  } finally {
    ahead.abort();
  }
}

/** Sees to it that a listing keeps to its prefix and its order, and gets on. */
class VersionOrder {
  readonly #prefix: string;
  readonly #call: FailedCall;
  readonly #versions = new Set<string>();
  readonly #markers = new Set<string>();
  #key = "";
  #markerKey = "";

  constructor(prefix: string, call: FailedCall) {
    this.#prefix = prefix;
    this.#call = call;
  }

  /** Whether a version comes after those that were admitted. */
  follows(entry: VersionEntry | undefined): boolean {
    if (!entry) return false;
    const order = compareKeys(nameOf(entry), this.#key);
    return order > 0 || (order === 0 && !this.#versions.has(versionOf(entry)));
  }

  /** Whether a version, or a folded prefix, is new. */
  admit(entry: VersionEntry): boolean {
    const [key, version] = [nameOf(entry), versionOf(entry)];
    if (!key.startsWith(this.#prefix)) {
      throw this.#fault(
        `it lists ${JSON.stringify(key)}, which does not start with ${JSON.stringify(this.#prefix)}`,
      );
    }
    const order = compareKeys(key, this.#key);
    if (order < 0) {
      throw this.#fault(`${JSON.stringify(key)} comes after ${JSON.stringify(this.#key)}`);
    }
    if (order > 0) this.#versions.clear();
    this.#key = key;
    if (this.#versions.has(version)) return false;
    this.#versions.add(version);
    return true;
  }

  /** Notes where the next page begins. */
  advance({ key, version = "" }: VersionMarker): void {
    const order = compareKeys(key, this.#markerKey);
    if (order > 0) this.#markers.clear();
    if (order < 0 || this.#markers.has(version)) throw this.#fault("the same page comes again");
    this.#markerKey = key;
    this.#markers.add(version);
  }

  #fault(what: string): ServiceError {
    return unlikeS3(this.#call, `${what}; check what stands between here and the service`);
  }
}

function versionOf(entry: VersionEntry): string {
  return "key" in entry ? entry.version : "";
}
