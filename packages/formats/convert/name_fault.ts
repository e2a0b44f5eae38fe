/** The longest part of a name that local file systems take, in bytes of UTF-8. */
const LONGEST_PART = 255;

/**
 * Why a name is none of a file below a place, or could lead out of it, on this system or on another; `undefined` where it is
 * one.
 */
export function nameFault(name: string): string | undefined {
  if (name === "") return "its name is empty";
  if (!name.isWellFormed()) return "its name is not valid Unicode";
  if (name.includes("\0")) return "its name holds a NUL character";
  if (name.includes("\\")) return "its name holds a backslash";
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "its name is an absolute path";
  const parts = name.split("/");
  if (parts.includes("..") || parts.includes(".")) return 'its name holds a ".." or "."';
  if (parts.includes("")) return "its name holds an empty part";
  const isLong = parts.some((part) => new TextEncoder().encode(part).length > LONGEST_PART);
  return isLong ? `its name holds a part of more than ${LONGEST_PART} bytes` : undefined;
}
