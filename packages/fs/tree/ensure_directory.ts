import { type CallName, InvalidNameError, NotFoundError } from "@lade/core/backend";
import { system } from "@lade/core/system";
import type { LocalSetup } from "./local_setup.ts";
import { directoryOf } from "./tree.ts";

const PERMISSIONS = 0o777;
/** What the owner needs to fill a directory. */
const OWNER = 0o700;

/**
 * Makes sure that a directory below the root exists and may be written to, and makes it with its parents where it does
 * not. One of its parents being a file or a broken link is an `InvalidNameError`, a missing root a `NotFoundError`.
 *
 * `like` is the directory that `path` is a copy of: what is made is open to nobody to whom that one, or what is above it
 * by the same names, is closed. Its maker may write to it.
 */
export async function ensureDirectory(
  setup: LocalSetup,
  subject: CallName,
  path: string,
  like?: string,
): Promise<void> {
  const { tree, calls, config } = setup;
  const missing: string[] = [];
  let at = path;
  for (; !await exists(setup, subject, at); at = directoryOf(at)) {
    if (at === tree.root) throw noRoot(subject, at);
    missing.push(at);
  }
  await tree.check(subject, at);
  if (missing.length === 0) return;
  const modes = like === undefined ? [] : await modesLike(setup, missing, like);
  const plain = missing[modes.length];
  if (plain !== undefined) await system.mkdir(plain, { recursive: true });
  for (const [index, mode] of [...modes.entries()].reverse()) {
    await system.mkdir(missing[index] ?? path, { recursive: true, mode });
  }
  await tree.check(subject, path);
  if (config.sync !== "full") return;
  for (const child of missing) await calls.syncDirectory(directoryOf(child));
}

/** The modes of the directories that those that are missing, the deepest first, are copies of. */
async function modesLike({ calls }: LocalSetup, missing: readonly string[], like: string): Promise<number[]> {
  const modes: number[] = [];
  let original = like;
  for (const path of missing) {
    if (nameIn(path) !== nameIn(original)) break;
    const status = await calls.present(calls.stat(original)).catch(() => undefined);
    if (!status) break;
    modes.push((status.mode & PERMISSIONS) | OWNER);
    original = directoryOf(original);
  }
  return modes;
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

async function exists({ calls, tree }: LocalSetup, subject: CallName, path: string): Promise<boolean> {
  let status = await calls.present(calls.stat(path));
  if (!status && path !== tree.root) status = await calls.present(calls.lstat(path));
  if (!status || status.kind === "directory") return status !== undefined;
  const what = status.kind === "link" ? "a symbolic link that leads nowhere" : "a file";
  throw new InvalidNameError({
    ...subject,
    detail: `${JSON.stringify(path)} is ${what}, so that a file system can hold nothing below it`,
  });
}

/** What says that the store's directory does not exist. */
function noRoot(subject: CallName, root: string): NotFoundError {
  const detail = `there is no directory ${JSON.stringify(root)}, it has to be made first`;
  return new NotFoundError({ ...subject, detail });
}
