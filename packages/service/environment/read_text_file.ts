import { isGranted } from "./environment.ts";

/** Reads the text of a file; `undefined` where there is none. Rejects where there is one that cannot be read. */
export type ReadTextFile = (path: string) => Promise<string | undefined>;

/**
 * Reads a file. One that is missing counts as absent, and so does one that this process has no permission of Deno's to
 * read: nobody is asked for leave.
 */
export const readTextFile: ReadTextFile = async (path): Promise<string | undefined> => {
  if (!isGranted({ name: "read", path })) return undefined;
  try {
    if (typeof Deno !== "undefined") return await Deno.readTextFile(path);
    return await (await import("node:fs/promises")).readFile(path, "utf8");
  } catch (error) {
    if (/^(ENOENT|ENOTDIR)$/.test(codeOf(error))) return undefined;
    if (codeOf(error) === "EACCES" && !await isKnown(path)) return undefined;
    throw error;
  }
};

/** Why a file cannot be read, in words. */
export function whyUnread(error: unknown): string {
  const code = codeOf(error);
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EISDIR") return "it is a directory";
  return error instanceof Error ? error.message : String(error);
}

/** Below a directory that is closed to this user, it cannot be known whether there is such a file. */
async function isKnown(path: string): Promise<boolean> {
  const { stat } = await import("node:fs/promises");
  return await stat(path).then(() => true, () => false);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
