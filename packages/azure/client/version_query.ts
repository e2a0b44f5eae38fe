import type { HeaderNames } from "@lade/service/body";
import { AZURE_NAMES } from "./azure_names.ts";

/** Begins what a snapshot is called; the rest is its time, as the service has it. A version is called by its time alone. */
export const SNAPSHOT = "snapshot=";
/** What the version of a blob is called that was written while the account kept none, as at S3. */
export const UNVERSIONED = "null";

/** What a query says of the version or snapshot that is asked for. */
export function versionQuery(version: string | undefined): { readonly [name: string]: string } {
  if (version === undefined || version === UNVERSIONED) return {};
  return isSnapshot(version) ? { snapshot: version.slice(SNAPSHOT.length) } : { versionid: version };
}

/** The names by which an answer about a version is read. That about a snapshot does not name it. */
export function namesFor(version: string | undefined): HeaderNames {
  if (version === undefined || !isSnapshot(version)) return AZURE_NAMES;
  const { version: _, ...names } = AZURE_NAMES;
  return { ...names, unversioned: version };
}

/** Whether a version is a snapshot. */
export function isSnapshot(version: string): boolean {
  return version.startsWith(SNAPSHOT);
}

/** Whether a version is had where no versions are kept, too: snapshots, and the blob beside them. */
export function hasAnyway(version: string): boolean {
  return isSnapshot(version) || version === UNVERSIONED;
}
