import type { WireResponse } from "@lade/testing/http";
import { decodeUri } from "../auth/uri_encoding.ts";
import { AzureError, badHeader } from "../azure_error.ts";
import { type Call, containerOf, emptyResponse, newEtag, wholeSeconds } from "./call.ts";
import { checkSourceConditions, checkWriteConditions } from "./conditions.ts";
import { checkHierarchical, entriesBelow, pathHeaders, readPathAttributes } from "./path_calls.ts";
import { checkUnprotected } from "./replace_blob.ts";

/** Path - Create with `x-ms-rename-source`: a file or a directory with all in it moves in one step. */
export function renamePath(call: Call): WireResponse {
  checkHierarchical(call);
  const { account, headers, key, server } = call;
  const now = server.now();
  const target = containerOf(call);
  const named = readSource(call);
  const source = account.containers.get(named.container);
  if (!source) throw new AzureError("FilesystemNotFound");
  const entry = source.entry(named.key);
  const moved = entry?.current;
  if (!entry || !moved) throw new AzureError("SourcePathNotFound");
  checkSourceConditions(headers, moved);
  entry.lease.check(headers.get("x-ms-source-lease-id"), now, "Blob", true);
  const isSame = source === target && named.key === key;
  if (source === target && key.startsWith(`${named.key}/`)) throw new AzureError("InvalidRenameSourcePath");
  const replaced = target.entry(key);
  checkWriteConditions(headers, replaced?.current, "PathAlreadyExists");
  if (!isSame && replaced?.current) {
    replaced.lease.check(headers.get("x-ms-lease-id"), now, "Blob", true);
    if (replaced.current.isDirectory !== moved.isDirectory) {
      throw new AzureError("InvalidSourceOrDestinationResourceType");
    }
    if (entriesBelow(target, key).length > 0) throw new AzureError("PathAlreadyExists");
    checkUnprotected(call, target, replaced.current);
  }
  const parent = key.split("/").slice(0, -1).join("/");
  if (parent !== "" && !target.current(parent)?.isDirectory) {
    throw new AzureError("RenameDestinationParentPathNotFound");
  }
  checkUnprotected(call, source, moved);
  if (!isSame) {
    for (const { key: from, current } of [entry, ...entriesBelow(source, named.key)]) {
      const to = key + from.slice(named.key.length);
      if (current) target.makeEntry(to).current = { ...current, key: to };
      source.forget(from);
    }
  }
  const made = target.current(key);
  if (!made) throw new AzureError("PathNotFound");
  made.etag = newEtag(call);
  made.lastModified = wholeSeconds(call);
  if (headers.has("x-ms-properties")) made.metadata = readPathAttributes(call).metadata;
  return emptyResponse(201, pathHeaders(made));
}

/** Where from: `/FILESYSTEM/PATH`, percent-encoded, with or without a shared access signature. */
function readSource(
  { headers, accountPath, account }: Call,
): { readonly container: string; readonly key: string } {
  const text = headers.get("x-ms-rename-source") ?? "";
  const path = text.replace(/\?.*$/s, "");
  const below = [accountPath, `/${account.name}`].find((prefix) =>
    prefix !== "" && path.startsWith(`${prefix}/`)
  );
  const [container, ...rest] = decodeUri(path.slice(below?.length ?? 0)).split("/").filter((segment) =>
    segment !== ""
  );
  if (!text.startsWith("/") || container === undefined || rest.length === 0) {
    throw badHeader("x-ms-rename-source", text);
  }
  return { container, key: rest.join("/") };
}
