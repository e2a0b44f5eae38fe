import type { CallName } from "@lade/core/backend";
import { errorCode } from "../files/file_error.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { clearDirectory, freeName } from "./free_name.ts";
import { claimFreeName } from "./claim_free_name.ts";

/** What systems answer where a file cannot have two names. */
const NO_LINKS = new Set(["EPERM", "EOPNOTSUPP", "ENOTSUP", "ENOSYS", "EMLINK"]);
/** What systems answer where a directory has the name. */
export const DIRECTORY_CODES: ReadonlySet<string> = new Set(["EISDIR", "ENOTEMPTY", "EEXIST"]);

/** Gives the file `from` the name `to`, in place of an object that has it. */
export async function replaceName(
  setup: LocalSetup,
  subject: CallName,
  from: string,
  to: string,
): Promise<void> {
  try {
    await setup.calls.rename(from, to);
  } catch (error) {
    if (!DIRECTORY_CODES.has(errorCode(error) ?? "")) throw error;
    await clearDirectory(setup, subject, to);
    await setup.calls.rename(from, to);
  }
}

/**
 * Gives the file `from` the name `to` if that is free: else an `AlreadyExistsError`. Of many that try, one succeeds,
 * since the system makes a second name (a hard link) only where none is; the first one is then removed.
 */
export async function takeFreeName(
  setup: LocalSetup,
  subject: CallName,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { calls } = setup;
  try {
    await calls.link(from, to);
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (NO_LINKS.has(code)) return await claimFreeName(setup, subject, from, to, signal);
    if (code !== "EEXIST") throw error;
    await freeName(setup, subject, to);
    return await takeFreeName(setup, subject, from, to, signal);
  }
  await calls.remove(from);
}
