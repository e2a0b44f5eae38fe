import { resolve, sep } from "node:path";

/** The `file://` URI of a local path, relative ones against the working directory; a trailing slash is kept. */
export function fileUri(path: string): string {
  const absolute = resolve(path);
  const trailing = path.endsWith(sep) && absolute !== sep ? sep : "";
  return `file://${absolute}${trailing}`;
}

/** The `file://` URI of a local directory, which ends in `/`. */
export function directoryUri(path: string): string {
  const uri = fileUri(path);
  return uri.endsWith("/") ? uri : `${uri}/`;
}
