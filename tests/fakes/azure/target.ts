import type { RequestHead } from "@lade/testing/http";
import { decodeUri } from "./auth/uri_encoding.ts";
import { AzureError } from "./azure_error.ts";
import type { Account } from "./store/account.ts";

/** Where a request leads. */
export interface Target {
  /** The account. */
  readonly account: Account;
  /** The path of the account's endpoint: empty, or `/NAME`. */
  readonly accountPath: string;
  /** The name of the container, or an empty string. */
  readonly containerName: string;
  /** The name of the blob, or an empty string. */
  readonly key: string;
}

/**
 * Reads where a request leads. The account is named by the first label of the host, or by the first segment of the path
 * where the host is an address; any other host is one of the first account's own.
 */
export function readTarget(
  head: Pick<RequestHead, "rawPath" | "headers">,
  accounts: ReadonlyMap<string, Account>,
): Target {
  const [first] = accounts.values();
  const [label = ""] = (head.headers.get("host") ?? "").split(/[.:]/);
  const segments = resolve(decodeUri(head.rawPath).replaceAll("\\", "/")).split("/");
  const byHost = accounts.get(label);
  const byPath = byHost ? undefined : accounts.get(segments[1] ?? "");
  const account = byHost ?? byPath ?? first;
  if (!account) throw new AzureError("ResourceNotFound");
  const [container = "", ...rest] = segments.slice(byPath ? 2 : 1);
  const key = rest.join("/");
  return {
    account,
    accountPath: byPath ? `/${account.name}` : "",
    containerName: container,
    key: account.hierarchical ? folded(key) : key,
  };
}

/** The path without the segments `.` and `..`, and without dots at the end of segments: the service drops them. */
function resolve(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/");
  segments.forEach((segment, index) => {
    if (segment !== "." && segment !== "..") return kept.push(segment.replace(/\.+$/, ""));
    if (segment === ".." && kept.length > 1) kept.pop();
    if (index === segments.length - 1) kept.push("");
  });
  return kept.join("/");
}

/** A path of a hierarchical namespace has no empty segments. */
function folded(key: string): string {
  return key.split("/").filter((segment) => segment !== "").join("/");
}
