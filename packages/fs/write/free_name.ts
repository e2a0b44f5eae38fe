import { AlreadyExistsError, InvalidNameError } from "@lade/core/backend";
import type { Subject } from "../files/file_error.ts";
import { removeEmptyTree } from "../tree/empty_directories.ts";
import type { LocalParts } from "../tree/local_parts.ts";

/** Makes sure that nothing has a name: an object there is an `AlreadyExistsError`, a directory has to make room. */
export async function freeName(parts: LocalParts, subject: Subject, path: string): Promise<void> {
  const taken = await parts.calls.present(parts.calls.lstat(path));
  if (taken?.kind === "directory") await clearDirectory(parts, subject, path);
  else if (taken) throw new AlreadyExistsError({ ...subject, detail: "the object exists already" });
}

/** Makes room for a file where a directory has its name: one without any objects is removed. */
export async function clearDirectory({ calls }: LocalParts, subject: Subject, path: string): Promise<void> {
  if (await removeEmptyTree(path, calls)) return;
  throw new InvalidNameError({
    ...subject,
    detail: "it is a directory that holds other objects, so that a file system cannot give a file its name",
  });
}
