import { decodeUri } from "./auth/uri_encoding.ts";
import type { RequestHead } from "@lade/testing/http";

/**
 * The bucket and key of a request, by path or, where the host is `bucket.` and one of the base hosts, by
 * host.
 */
export function readTarget(
  head: RequestHead,
  baseHosts: readonly string[],
): { bucketName: string; key: string } {
  const path = decodeUri(head.rawPath).slice(1);
  const host = (head.headers.get("host") ?? "").toLowerCase().replace(/:\d+$/, "");
  const base = baseHosts.includes(host)
    ? undefined
    : baseHosts.toSorted((a, b) => b.length - a.length).find((name) => host.endsWith(`.${name}`));
  if (base !== undefined) return { bucketName: host.slice(0, -base.length - 1), key: path };
  const slash = path.indexOf("/");
  return slash < 0
    ? { bucketName: path, key: "" }
    : { bucketName: path.slice(0, slash), key: path.slice(slash + 1) };
}
