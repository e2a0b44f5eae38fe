import { errorCode, type Subject } from "../files/file_error.ts";
import type { LocalParts } from "../tree/local_parts.ts";
import { clearDirectory, freeName } from "./free_name.ts";
import { claimFreeName } from "./claim_free_name.ts";

/** What systems answer where a file cannot have two names. */
const NO_LINKS = new Set(["EPERM", "EOPNOTSUPP", "ENOTSUP", "ENOSYS", "EMLINK"]);
/** What systems answer where a directory has the name. */
const DIRECTORY = new Set(["EISDIR", "ENOTEMPTY", "EEXIST"]);

/** Gives the file `from` the name `to`, in place of an object that has it. */
export async function replaceName(
  parts: LocalParts,
  subject: Subject,
  from: string,
  to: string,
): Promise<void> {
  try {
    await parts.calls.rename(from, to);
  } catch (error) {
    if (!DIRECTORY.has(errorCode(error) ?? "")) throw error;
    await clearDirectory(parts, subject, to);
    await parts.calls.rename(from, to);
  }
}

/**
 * Gives the file `from` the name `to` if that is free: else an `AlreadyExistsError`. Of many that try, one succeeds,
 * since the system makes a second name (a hard link) only where none is; the first one is then removed.
 */
export async function takeFreeName(
  parts: LocalParts,
  subject: Subject,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { calls } = parts;
  try {
    await calls.link(from, to);
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (NO_LINKS.has(code)) return await claimFreeName(parts, subject, from, to, signal);
    if (code !== "EEXIST") throw error;
    await freeName(parts, subject, to);
    return await takeFreeName(parts, subject, from, to, signal);
  }
  await calls.remove(from);
}
