import type { CallName } from "@lade/core/backend";
import { errorCode } from "../files/file_error.ts";
import type { NewFile } from "../files/medium.ts";
import { ensureDirectory } from "../tree/ensure_directory.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";

/** An unfinished object. */
export interface TemporaryFile<File extends NewFile = NewFile> {
  readonly path: string;
  readonly file: File;
  /** The path it is to have; absent where it is written into what has that name. */
  readonly target?: string;
}

const MOST_TRIES = 100;

/**
 * Starts a file beside the one it will replace, under a name that no listing shows. Directories are made where they
 * do not exist.
 */
export async function createTemporary<File extends NewFile>(
  setup: LocalSetup,
  subject: CallName,
  path: string,
  create: (path: string) => Promise<File>,
  nameOf: () => string = () => setup.temporaries.next(),
): Promise<TemporaryFile<File>> {
  const directory = directoryOf(path);
  for (let tries = 1;; tries++) {
    const temporary = besides(path, nameOf());
    try {
      await setup.tree.check(subject, directory);
      return { path: temporary, file: await create(temporary), target: path };
    } catch (error) {
      const code = errorCode(error);
      if (tries === MOST_TRIES) throw error;
      if (code === "ENOENT" || code === "ENOTDIR") await ensureDirectory(setup, subject, directory);
      else if (code !== "EEXIST") throw error;
    }
  }
}

/** A temporary name beside `path`. */
export function temporaryPath({ temporaries }: LocalSetup, path: string): string {
  return besides(path, temporaries.next());
}

function besides(path: string, name: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1) + name;
}

/** Removes an unfinished object, if it is still there. What cannot be removed is left to `sweepTemporaries`. */
export async function removeTemporary({ calls }: LocalSetup, path: string): Promise<void> {
  await calls.remove(path).catch(() => {});
}
