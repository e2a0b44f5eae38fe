import type { CallName } from "@lade/core/backend";
import { errorCode } from "../files/file_error.ts";
import { type FileStatus, objectEtag } from "../files/file_status.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";
import { lockObject } from "./lock_object.ts";
import { refuseOtherForm } from "./refuse_other_form.ts";

/**
 * Deletes an object, if there is one: a link itself, not what it stands for. Its directory stays, also when it is
 * empty now; empty directories are no objects.
 */
export async function deleteFile(
  setup: LocalSetup,
  subject: CallName,
  path: string,
  ifMatch: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { calls, config, mutex, retired, tree } = setup;
  const directory = directoryOf(path);
  try {
    await tree.check(subject, directory);
    if (ifMatch !== undefined) await tree.check(subject, path);
    using _turn = await mutex.acquire(path, signal);
    if (ifMatch !== undefined && objectEtag(await calls.stat(path)) === undefined) return;
    using _lock = ifMatch === undefined ? undefined : await lockObject(setup, subject, path, ifMatch, signal);
    const status = await calls.lstat(path);
    if (!await isDeletable(setup, path, status)) return;
    await refuseOtherForm(setup, subject, path);
    await calls.remove(path);
    retired.add(status);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return;
    throw error;
  }
  if (config.sync === "full") await calls.syncDirectory(directory);
}

/** Whether a name is that of an object, or of a link to one or to nothing. */
async function isDeletable({ calls }: LocalSetup, path: string, { kind }: FileStatus): Promise<boolean> {
  if (kind !== "link") return kind === "file";
  const target = await calls.present(calls.stat(path));
  return target === undefined || target.kind === "file";
}
