import type { EntryKind } from "@lade/core";
import { AlreadyExistsError, InvalidNameError, UnsupportedError } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { errorCode } from "../files/file_error.ts";
import { isSameFile } from "../files/file_status.ts";
import { isUnfinishedName } from "../names/temporary_name.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { removeTemporary, temporaryPath } from "../write/temporary_file.ts";
import { directoryOf } from "../tree/tree.ts";

/** A link, socket, pipe, device or file of an unfinished write that is moved. */
export interface LinkMove {
  readonly key: string;
  readonly to: string;
  readonly kind: EntryKind;
  /** The path it has. */
  readonly from: string;
  /** The path it is to have. */
  readonly target: string;
}

/** Moves what is no file by giving it another name. To another file system, a link is made again and the old one removed. */
export async function moveLink(
  setup: LocalSetup,
  { key, to, kind, from, target }: LinkMove,
  createOnly: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { calls, tree } = setup;
  const subject = tree.subject("move to", to);
  const present = await calls.present(calls.lstat(target));
  if (present && createOnly) throw new AlreadyExistsError({ ...subject, detail: "it exists already" });
  if (present?.kind === "directory") {
    throw new InvalidNameError({ ...subject, detail: "a directory has this name" });
  }
  if (present && isSameFile(present, await calls.lstat(from))) {
    throw new InvalidNameError({
      ...tree.subject("move", key),
      detail: `${JSON.stringify(target)} is the same file`,
    });
  }
  await tree.check(tree.subject("move", key), directoryOf(from));
  await tree.check(subject, directoryOf(target));
  signal?.throwIfAborted();
  try {
    await calls.rename(from, target);
  } catch (error) {
    if (errorCode(error) !== "EXDEV") throw error;
    if (kind !== "link") {
      const isUnfinished = isUnfinishedName(from.slice(from.lastIndexOf("/") + 1));
      const what = isUnfinished ? "a file of an unfinished write" : "a socket, pipe or device";
      const advice = "finish or abort the write, or remove it by sweepUploads or sweepTemporaries";
      throw new UnsupportedError({
        ...tree.subject("move", key),
        detail: `${what} cannot be moved to another file system`,
        ...(isUnfinished && { advice }),
      });
    }
    // What it replaces stays until the new link is there.
    const temporary = temporaryPath(setup, target);
    await system.symlink(await system.readLink(from), temporary);
    await calls.rename(temporary, target).catch(async (error) => {
      await removeTemporary(setup, temporary);
      throw error;
    });
    await calls.remove(from);
  }
}
