import { localPathOf, type Place } from "./place.ts";

/**
 * The URI of a prefix in a form by which two prefixes can be compared: with a slash at its end, local ones of either
 * scheme by their real path.
 */
export async function comparableUri(prefix: Place): Promise<string> {
  const path = localPathOf(prefix.uri);
  const uri = path === undefined ? prefix.uri : `file://${await realPathOf(path)}`;
  return uri.endsWith("/") ? uri : `${uri}/`;
}

/** The real path of a directory that need not exist yet. */
async function realPathOf(path: string): Promise<string> {
  for (let existing = path, rest = "";;) {
    try {
      return (await Deno.realPath(existing)).replace(/\/$/, "") + rest;
    } catch {
      const parent = parentOf(existing);
      if (parent === existing) return path;
      rest = existing.replace(/\/+$/, "").slice(parent.length).replace(/^\/?/, "/") + rest;
      existing = parent;
    }
  }
}

function parentOf(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  return trimmed.slice(0, trimmed.lastIndexOf("/")) || "/";
}
