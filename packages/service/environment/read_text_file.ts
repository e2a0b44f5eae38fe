import { isGranted } from "./environment.ts";

/**
 * Reads the text of a file; `undefined` where there is none. Rejects where there is one that cannot be read, or that does not
 * end within 16 MiB.
 */
export type ReadTextFile = (path: string) => Promise<string | undefined>;

/**
 * Reads a file. One that is missing counts as absent, and so does one that this process has no permission of Deno's to
 * read: nobody is asked for leave.
 */
export const readTextFile: ReadTextFile = async (path): Promise<string | undefined> => {
  if (!isGranted({ name: "read", path })) return undefined;
  try {
    return await readBounded(path);
  } catch (error) {
    if (/^(ENOENT|ENOTDIR)$/.test(codeOf(error))) return undefined;
    if (codeOf(error) === "EACCES" && !await isKnown(path)) return undefined;
    throw error;
  }
};

/** No file of settings, keys or certificates is larger; a device may have no end. */
const MAX_BYTES = 2 ** 24;

async function readBounded(path: string): Promise<string> {
  if (typeof Deno !== "undefined") {
    using file = await Deno.open(path);
    return await readAll((buffer) => file.read(buffer));
  }
  const { open } = await import("node:fs/promises");
  await using file = await open(path);
  return await readAll(async (buffer) => (await file.read(buffer)).bytesRead);
}

async function readAll(read: (buffer: Uint8Array) => Promise<number | null>): Promise<string> {
  const [decoder, buffer] = [new TextDecoder(), new Uint8Array(2 ** 16)];
  let [text, size] = ["", 0];
  for (let count = await read(buffer); count; count = await read(buffer)) {
    if ((size += count) > MAX_BYTES) throw new RangeError("it has more than 16 MiB");
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text + decoder.decode();
}

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
