import type { ObjectInfo, ObjectMeta } from "@lade/core";

/** What the system tells of a file, as far as a store needs it. */
export interface FileStatus {
  /** What it is: a regular file, a directory, a symbolic link, or anything else (socket, pipe, device). */
  readonly kind: "file" | "directory" | "link" | "other";
  /** Size in bytes. */
  readonly size: number;
  /** When the content last changed, in whole milliseconds since 1970: all that Deno tells. */
  readonly mtimeMs: number;
  /** Number of the file on its device. */
  readonly ino: number;
  /** Number of the device. */
  readonly dev: number;
  /** Permission bits and type, as `stat` has them. */
  readonly mode: number;
}

/** Reads a status out of Deno's. */
export function statusOf(info: Deno.FileInfo): FileStatus {
  return {
    kind: info.isFile ? "file" : info.isDirectory ? "directory" : info.isSymlink ? "link" : "other",
    size: info.size,
    mtimeMs: info.mtime?.getTime() ?? 0,
    ino: info.ino ?? 0,
    dev: info.dev,
    mode: info.mode ?? 0,
  };
}

/** The etag of a file: its size, time of change and number. */
export function etagOf({ size, mtimeMs, ino }: FileStatus): string {
  return `${size}-${mtimeMs}-${ino}`;
}

/** The etag of an object; none where there is no object. */
export function objectEtag(status: FileStatus | undefined): string | undefined {
  return status?.kind === "file" ? etagOf(status) : undefined;
}

/** Whether two statuses are of the same file, whatever it holds. */
export function isSameFile(a: FileStatus, b: FileStatus): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}

/** Whether two statuses are of the same file, which was not written to in between. */
export function isUnchanged(before: FileStatus, after: FileStatus): boolean {
  return isSameFile(before, after) && before.size === after.size && before.mtimeMs === after.mtimeMs;
}

/** What a listing tells of a file. */
export function metaOf(key: string, status: FileStatus): ObjectMeta {
  return { key, size: status.size, lastModified: new Date(status.mtimeMs), etag: etagOf(status) };
}

/** What is known of a file as an object. */
export function infoOf(key: string, status: FileStatus): ObjectInfo {
  return {
    key,
    size: status.size,
    lastModified: new Date(status.mtimeMs),
    etag: etagOf(status),
    metadata: {},
  };
}
