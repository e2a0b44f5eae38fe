import type { ObjectInfo, ObjectMeta } from "@lade/core";
import { tellableTime } from "@lade/core/backend";

/** What the system says of a file, as far as a store needs it. */
export interface FileStatus {
  /** What it is: a regular file, a directory, a symbolic link, or anything else (socket, pipe, device). */
  readonly kind: "file" | "directory" | "link" | "other";
  /** Size in bytes. */
  readonly size: number;
  /** When the content last changed, in whole milliseconds since 1970: Deno has no finer times. */
  readonly mtimeMs: number;
  /**
   * When the file was made, in milliseconds since 1970. Where the file system does not say, when its status last
   * changed, in whole seconds: Deno has no finer times.
   */
  readonly bornMs: number;
  /** When its status last changed, which nobody can set, in whole seconds since 1970; undefined where that is not told. */
  readonly statusSeconds: number | undefined;
  /** Whether `bornMs` is when it was made. */
  readonly tellsBirth: boolean;
  /** Number of the file on its device. */
  readonly ino: number;
  /** Number of the device. */
  readonly dev: number;
  /** Permission bits and type, as `stat` has them. */
  readonly mode: number;
  /** Number of the user who owns it. */
  readonly uid: number;
  /** Number of the group that owns it. */
  readonly gid: number;
  /** Blocks of 512 bytes that it takes. */
  readonly blocks: number;
}

/** What the system tells of a file, in the form of Deno, whose types are not everywhere where this package is. */
export interface SystemStatus {
  /** Whether it is a file. */
  readonly isFile: boolean;
  /** Whether it is a directory. */
  readonly isDirectory: boolean;
  /** Whether it is a symbolic link. */
  readonly isSymlink: boolean;
  /** Bytes in it. */
  readonly size: number;
  /** When the content last changed. */
  readonly mtime: Date | null;
  /** When the status last changed. */
  readonly ctime: Date | null;
  /** When it was made. */
  readonly birthtime: Date | null;
  /** Its number. */
  readonly ino: number | null;
  /** Number of its file system. */
  readonly dev: number;
  /** Permission bits and type. */
  readonly mode: number | null;
  /** Number of its owner. */
  readonly uid: number | null;
  /** Number of its group. */
  readonly gid: number | null;
  /** Blocks of 512 bytes that it takes. */
  readonly blocks: number | null;
}

/** Reads a status out of the system's. */
export function statusOf(info: SystemStatus): FileStatus {
  return {
    kind: info.isFile ? "file" : info.isDirectory ? "directory" : info.isSymlink ? "link" : "other",
    size: info.size,
    mtimeMs: info.mtime ? tellableTime(info.mtime).getTime() : 0,
    bornMs: (info.birthtime ?? info.ctime)?.getTime() ?? 0,
    statusSeconds: secondsOf(info.ctime?.getTime()),
    tellsBirth: info.birthtime !== null,
    ino: info.ino ?? 0,
    dev: info.dev,
    mode: info.mode ?? 0,
    uid: info.uid ?? 0,
    gid: info.gid ?? 0,
    blocks: info.blocks ?? Math.ceil(info.size / 512),
  };
}

/** Whole seconds of milliseconds since 1970. */
export function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.floor(ms / 1000);
}

/** The etag of a file: its size, time of change, number, and when it was made, since numbers are used again. */
export function etagOf({ size, mtimeMs, ino, bornMs }: FileStatus): string {
  return `${size}-${mtimeMs}-${ino}-${bornMs}`;
}

/** The etag of an object; none where there is no object. */
export function objectEtag(status: FileStatus | undefined): string | undefined {
  return status?.kind === "file" ? etagOf(status) : undefined;
}

/** What tells files apart by their numbers. */
export type FileNumbers = Pick<FileStatus, "ino" | "dev" | "bornMs">;

/** Whether two statuses are of the same file, whatever it holds. */
export function isSameFile(a: FileNumbers, b: FileNumbers): boolean {
  return a.ino === b.ino && a.dev === b.dev && (hasExactNumber(a) || a.bornMs === b.bornMs);
}

/** A text that is the same for the same file alone. */
export function identityOf({ dev, ino, bornMs }: FileNumbers): string {
  return hasExactNumber({ ino }) ? `${dev}:${ino}` : `${dev}:${ino}:${bornMs}`;
}

/**
 * Whether the number of a file is its own. Windows has numbers of 64 bits, of which Deno gives 53: there neighbours have one,
 * and are told apart by when they were made, as well as that goes.
 */
export function hasExactNumber({ ino }: Pick<FileStatus, "ino">): boolean {
  return ino !== 0 && Number.isSafeInteger(ino);
}

/** Whether two statuses are of the same file, which was not written to in between. */
export function isUnchanged(before: FileStatus, after: FileStatus): boolean {
  return isSameFile(before, after) && etagOf(before) === etagOf(after);
}

/** What a listing has of a file. */
export function metaOf(key: string, status: FileStatus): ObjectMeta {
  const { size, mtimeMs, statusSeconds } = status;
  return {
    key,
    size,
    lastModified: new Date(mtimeMs),
    ...(statusSeconds !== undefined && { statusChanged: new Date(statusSeconds * 1000) }),
    etag: etagOf(status),
  };
}

/** What is known of a file as an object. */
export function infoOf(key: string, status: FileStatus): ObjectInfo {
  return { ...metaOf(key, status), metadata: {} };
}
