import {
  type CommonPrefix,
  compareKeys,
  InvalidNameError,
  type ListOptions,
  type ObjectMeta,
  objectUri,
  ServiceError,
} from "@lade/core/backend";
import type { S3Connection } from "../client/s3_connection.ts";
import { listPage, nameOf } from "./list_page.ts";

/**
 * Lists page by page. The next page is fetched while one is being consumed, from its second entry on. An order other
 * than that of UTF-8 bytes is an error, since everything that merges listings relies on it; so is a name that does not
 * start with `prefix`, since whoever deletes what is listed would delete it.
 */
export async function* listObjects(
  connection: S3Connection,
  storeUri: string,
  prefix: string,
  delimiter: "/" | undefined,
  options: ListOptions,
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
  const { startAfter = "", signal } = options;
  signal?.throwIfAborted();
  const uri = prefix === "" ? storeUri : objectUri(storeUri, prefix);
  for (const text of [prefix, startAfter]) {
    if (text.isWellFormed()) continue;
    throw new InvalidNameError({ operation: "list", uri, detail: "it is not valid Unicode" });
  }
  const ahead = new AbortController();
  const any = signal ? AbortSignal.any([signal, ahead.signal]) : ahead.signal;
  const fetchPage = (token?: string) =>
    listPage(connection, uri, {
      prefix,
      startAfter,
      token,
      signal: any,
      ...(delimiter ? { delimiter } : {}),
    });
  try {
    let last = startAfter;
    let page = await fetchPage();
    let token: string | undefined;
    for (;;) {
      const { token: nextToken } = page;
      if (nextToken !== undefined && nextToken === token) throw outOfOrder(uri, "the same page comes again");
      token = nextToken;
      let next: ReturnType<typeof fetchPage> | undefined;
      for (const entry of page.entries) {
        const name = nameOf(entry);
        if (!name.startsWith(prefix)) throw outsidePrefix(uri, name, prefix);
        if (compareKeys(name, last) <= 0) {
          // A service that lists what changes meanwhile may tell a name again; once is enough, and the order holds.
          if (name === last || compareKeys(name, startAfter) <= 0) continue;
          throw outOfOrder(uri, `${JSON.stringify(name)} comes after ${JSON.stringify(last)}`);
        }
        last = name;
        yield entry;
        signal?.throwIfAborted();
        if (next === undefined && token !== undefined) {
          next = fetchPage(token);
          next.catch(() => {});
        }
      }
      if (token === undefined) return;
      page = await (next ?? fetchPage(token));
    }
  } finally {
    ahead.abort();
  }
}

function outOfOrder(uri: string, what: string): ServiceError {
  return new ServiceError({
    operation: "list",
    uri,
    detail: `the service does not list in the order of UTF-8 bytes: ${what}`,
  });
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
