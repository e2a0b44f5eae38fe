/**
 * Why no file below a destination directory may have this name, the part of a key below what is downloaded;
 * `undefined` where one may. Such a name would lead out of the directory, on this system or on another.
 */
export function localNameFault(name: string): string | undefined {
  if (name.includes("\0")) return "its name holds a NUL character";
  if (name.includes("\\")) return "its name holds a backslash";
  if (name.startsWith("/")) return "its name is an absolute path";
  const segments = name.split("/");
  if (segments.includes("..") || segments.includes(".")) return 'its name holds a ".." or "."';
  return segments.includes("") ? "its name holds an empty part" : undefined;
}
