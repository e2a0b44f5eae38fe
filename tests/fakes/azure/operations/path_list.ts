import { jsonResponse, type WireResponse } from "@lade/testing/http";
import { AzureError, badQuery } from "../azure_error.ts";
import type { BlobEntry } from "../store/blob_entry.ts";
import { type Call, containerOf, queryNumber } from "./call.ts";
import { checkHierarchical } from "./path_calls.ts";

/** Path - List: what is in a directory, or below it where that is asked for. */
export function listPaths(call: Call): WireResponse {
  checkHierarchical(call);
  const { query, server } = call;
  const container = containerOf(call);
  const recursive = query.get("recursive");
  if (recursive !== "true" && recursive !== "false") throw badQuery("recursive", recursive);
  const directory = (query.get("directory") ?? "").split("/").filter((segment) => segment !== "").join("/");
  if (directory !== "" && !container.current(directory)) throw new AzureError("PathNotFound");
  const prefix = directory === "" ? "" : `${directory}/`;
  const after = query.get("continuation") ?? "";
  const limit = queryNumber(call, "maxresults", server.settings.maxPageSize, server.settings.maxPageSize);
  const isWanted = ({ key, current }: BlobEntry) =>
    current && key.startsWith(prefix) && (recursive === "true" || !key.slice(prefix.length).includes("/"));
  const all = container.entries("hierarchical").filter(isWanted);
  const from = after === "" ? 0 : all.findIndex(({ key }) => key === decodeURIComponent(atob(after)));
  if (from < 0) throw badQuery("continuation", after);
  const next = all[from + limit];
  const answer = jsonResponse({ paths: all.slice(from, from + limit).map(pathOf) });
  const continuation = next && { "x-ms-continuation": btoa(encodeURIComponent(next.key)) };
  return { ...answer, headers: { ...answer.headers, ...continuation } };
}

function pathOf({ key, current }: BlobEntry) {
  const { etag = "", lastModified = 0, createdOn = 0, isDirectory, content } = current ?? {};
  return {
    name: key,
    ...(isDirectory && { isDirectory: "true" }),
    contentLength: String(content?.size ?? 0),
    etag: etag.replaceAll('"', ""),
    lastModified: new Date(lastModified).toUTCString(),
    // In hundreds of nanoseconds since 1601, as Windows counts.
    creationTime: String((BigInt(createdOn) + 11_644_473_600_000n) * 10_000n),
    owner: "$superuser",
    group: "$superuser",
    permissions: isDirectory ? "rwxr-x---" : "rw-r-----",
  };
}

/** Filesystem - List. */
export function listFilesystems({ account, query }: Call): WireResponse {
  const prefix = query.get("prefix") ?? "";
  const all = [...account.containers.values()].filter(({ name }) => name.startsWith(prefix));
  const filesystems = all.sort((a, b) => a.name < b.name ? -1 : 1).map(({ name, etag, lastModified }) => ({
    name,
    etag: etag.replaceAll('"', ""),
    lastModified: new Date(lastModified).toUTCString(),
  }));
  return jsonResponse({ filesystems });
}
