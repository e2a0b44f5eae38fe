import type { BigIntStats } from "node:fs";

/** A status as Deno tells it: times in whole milliseconds, which only the nanoseconds of Node's give for sure. */
export function fileInfo(stats: BigIntStats): Deno.FileInfo {
  return {
    isFile: stats.isFile(),
    isDirectory: stats.isDirectory(),
    isSymlink: stats.isSymbolicLink(),
    isBlockDevice: stats.isBlockDevice(),
    isCharDevice: stats.isCharacterDevice(),
    isFifo: stats.isFIFO(),
    isSocket: stats.isSocket(),
    size: Number(stats.size),
    atime: dateOf(stats.atimeNs),
    mtime: dateOf(stats.mtimeNs),
    ctime: dateOf(stats.ctimeNs),
    birthtime: stats.birthtimeNs === 0n ? null : dateOf(stats.birthtimeNs),
    dev: Number(stats.dev),
    ino: Number(stats.ino),
    mode: Number(stats.mode),
    nlink: Number(stats.nlink),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    rdev: Number(stats.rdev),
    blksize: Number(stats.blksize),
    blocks: Number(stats.blocks),
  };
}

function dateOf(ns: bigint): Date {
  return new Date(Number(ns / 1_000_000n));
}
