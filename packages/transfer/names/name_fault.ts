import { type Platform, windowsNameFault } from "@lade/core/backend";

/** What names the file systems of a system take: those of Windows take fewer. */
export type NamePlatform = Platform;

/** The longest part of a path: bytes of UTF-8, and on Windows units of UTF-16. */
const LONGEST_PART = 255;

const encoder = new TextEncoder();

/**
 * Why a name, the part of a key below what is downloaded, could lead out of a destination directory, on this system or on
 * another; `undefined` where it does not.
 */
export function escapeFault(name: string): string | undefined {
  if (name.includes("\0")) return "its name holds a NUL character";
  if (name.includes("\\")) return "its name holds a backslash";
  if (name.startsWith("/")) return "its name is an absolute path";
  const parts = name.split("/");
  if (parts.includes("..") || parts.includes(".")) return 'its name holds a ".." or "."';
  return parts.includes("") ? "its name holds an empty part" : undefined;
}

/** Why a name that leads nowhere else can be none of a file; `undefined` where it can. */
export function nameFault(name: string, platform: NamePlatform = "posix"): string | undefined {
  if (!name.isWellFormed()) return "its name is not valid Unicode";
  for (const part of name.split("/")) {
    const fault = lengthFault(part) ?? (platform === "windows" ? windowsFault(part) : undefined);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function lengthFault(part: string): string | undefined {
  if (part.length * 3 <= LONGEST_PART) return undefined;
  const bytes = encoder.encode(part).length;
  return bytes > LONGEST_PART
    ? `its name holds a part of ${bytes} bytes, ${LONGEST_PART} is the most`
    : undefined;
}

function windowsFault(part: string): string | undefined {
  const fault = windowsNameFault(part);
  return fault && `its name has a part that ${fault}`;
}
