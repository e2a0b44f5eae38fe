import { AzureError, badQuery } from "../azure_error.ts";
import type { BlobEntry } from "../store/blob_entry.ts";
import type { Container } from "../store/container.ts";
import type { StoredBlob } from "../store/stored_blob.ts";
import { type Call, containerOf } from "./call.ts";

/** The blob that a call names: a version, a snapshot, or the blob itself. */
export function findBlob(call: Call): StoredBlob {
  const entry = containerOf(call).entry(call.key);
  const versionId = timeIn(call, "versionid");
  const snapshot = timeIn(call, "snapshot");
  if (versionId !== undefined && snapshot !== undefined) {
    throw badQuery(
      "versionid",
      versionId,
      "The snapshot and versionid query parameters are mutually exclusive.",
    );
  }
  const found = versionId !== undefined
    ? versionsOf(entry).find((blob) => blob.versionId === versionId)
    : snapshot !== undefined
    ? entry?.snapshots.find((blob) => blob.snapshot === snapshot)
    : entry?.current;
  if (!found) throw notFound(call);
  return found;
}

/** Every version that was not deleted, the current one among them. */
export function versionsOf(entry: BlobEntry | undefined): StoredBlob[] {
  if (!entry) return [];
  const all = entry.current ? [...entry.older, entry.current] : entry.older;
  return all.filter(({ versionId, snapshot, deletedAt }) =>
    versionId !== undefined && snapshot === undefined && deletedAt === undefined
  );
}

/** The blob itself, for calls that change it; a version or a snapshot is refused. */
export function findCurrent(
  call: Call,
): { readonly container: Container; readonly entry: BlobEntry; blob: StoredBlob } {
  const container = containerOf(call);
  if (call.query.has("snapshot") || call.query.has("versionid")) throw new AzureError("InvalidOperation");
  const entry = container.entry(call.key);
  if (!entry?.current) throw notFound(call);
  return { container, entry, blob: entry.current };
}

/** The refusal of a name under which there is no blob. */
export function notFound({ operation }: Call): AzureError {
  return new AzureError(operation.startsWith("Path") ? "PathNotFound" : "BlobNotFound");
}

function timeIn({ query }: Call, name: string): string | undefined {
  const text = query.get(name);
  if (text === undefined || text === "") return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/.test(text)) throw badQuery(name, text);
  return text;
}
