import { AlreadyExistsError, type CallName, InvalidNameError } from "@lade/core/backend";
import { removeEmptyTree } from "../tree/empty_directories.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { refuseOtherForm } from "./refuse_other_form.ts";

/**
 * Makes sure that nothing has a name: an object there is an `AlreadyExistsError`, the object of another key that the file
 * system takes for it an `InvalidNameError`, and a directory has to make room.
 */
export async function freeName(setup: LocalSetup, subject: CallName, path: string): Promise<void> {
  const taken = await setup.calls.present(setup.calls.lstat(path));
  if (taken?.kind === "directory") await clearDirectory(setup, subject, path);
  else if (taken) {
    await refuseOtherForm(setup, subject, path);
    throw new AlreadyExistsError({ ...subject, detail: "the object exists already" });
  }
}

/** Makes room for a file where a directory has its name: one without any objects is removed, with a notice. */
export async function clearDirectory(setup: LocalSetup, subject: CallName, path: string): Promise<void> {
  const { calls, context } = setup;
  if (await removeEmptyTree(path, calls)) {
    const text = "a file takes the place of an empty directory of its name, which is removed";
    return context.onNotice?.({ uri: subject.uri, text });
  }
  throw new InvalidNameError({
    ...subject,
    detail: "it is a directory that holds other objects, so that a file system cannot give a file its name",
  });
}
