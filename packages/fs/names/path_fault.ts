import { keyFault, PLATFORM, type Platform, windowsNameFault } from "@lade/core/backend";
import { isUnfinishedName } from "./temporary_name.ts";

/** Longest segment of a path in bytes, as Linux and most file systems have it. */
const MAX_SEGMENT_BYTES = 255;
const BAD_SEGMENT = /(?:^|\/)\.{0,2}(?:\/|$)/;

const encoder = new TextEncoder();

/** Why no file can have `key` as its path below a root, or `undefined` when one can. */
export function pathFault(key: string, platform: Platform = PLATFORM): string | undefined {
  return keyFault(key) ?? segmentFault(key, platform);
}

/**
 * Why a path is not the one way to a place below its root, or `undefined` where it is. On Windows some names lead to a
 * device, to a stream of a file, or to the file of another name (`a.` to `a`).
 */
export function formFault(path: string, platform: Platform = PLATFORM): string | undefined {
  if (BAD_SEGMENT.test(path)) {
    return 'a path has no empty, "." or ".." segment and neither starts nor ends with "/"';
  }
  if (path.includes("\0")) return "a path has no NUL character";
  if (platform === "posix") return undefined;
  const fault = path.split("/").map(windowsNameFault).find((found) => found !== undefined);
  return fault && `no file of Windows has a name that ${fault}`;
}

/** Why one of the segments of `path` cannot be a file's name, or `undefined` when all can. */
export function segmentFault(path: string, platform: Platform = PLATFORM): string | undefined {
  const fault = formFault(path, platform);
  if (fault !== undefined) return fault;
  if (path.length * 3 <= MAX_SEGMENT_BYTES && !path.includes(".lade-")) return undefined;
  for (const segment of path.split("/")) {
    if (isUnfinishedName(segment)) return `${JSON.stringify(segment)} is a name kept for unfinished writes`;
    const bytes = segment.length * 3 <= MAX_SEGMENT_BYTES ? 0 : encoder.encode(segment).length;
    if (bytes > MAX_SEGMENT_BYTES) {
      return `a segment has ${bytes} bytes of UTF-8, ${MAX_SEGMENT_BYTES} is the most`;
    }
  }
  return undefined;
}
