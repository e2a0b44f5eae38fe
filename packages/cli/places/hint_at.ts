import { localPathOf, type Place } from "./place.ts";

/** What to add to the message that nothing has a name: what else is there, or what the name may be meant for. */
export async function hintAt({ key, uri }: Place): Promise<string> {
  const path = localPathOf(uri);
  const status = path === undefined ? undefined : await Deno.stat(path).catch(() => undefined);
  if (status && !status.isFile && !status.isDirectory) return ", it is a socket, pipe or device";
  if (/\?versionId=[^/]*$/.test(key)) return "; a version is named by --version, and no part of the URI";
  if (/[*?]/.test(key)) return "; no name is a pattern, * and ? stand for themselves";
  if (path !== undefined && key.includes("\ufffd")) {
    return "; \ufffd stands for bytes that are not UTF-8, and such names cannot be given";
  }
  return "";
}
