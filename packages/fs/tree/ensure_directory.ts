import { InvalidNameError, NotFoundError } from "@lade/core/backend";
import type { Subject } from "../files/file_error.ts";
import type { LocalParts } from "./local_parts.ts";
import { directoryOf } from "./tree.ts";

/**
 * Makes sure that a directory below the root exists and may be written to, and makes it with its parents where it does
 * not. One of its parents being a file or a broken link is an `InvalidNameError`, a missing root a `NotFoundError`.
 */
export async function ensureDirectory(parts: LocalParts, subject: Subject, path: string): Promise<void> {
  const { tree, calls, config } = parts;
  const missing: string[] = [];
  let at = path;
  for (; !await exists(parts, subject, at); at = directoryOf(at)) {
    if (at === tree.root) throw noRoot(subject, at);
    missing.push(at);
  }
  await tree.check(subject, at);
  if (missing.length === 0) return;
  await Deno.mkdir(path, { recursive: true });
  await tree.check(subject, path);
  if (config.sync !== "full") return;
  for (const child of missing) await calls.syncDirectory(directoryOf(child));
}

async function exists({ calls, tree }: LocalParts, subject: Subject, path: string): Promise<boolean> {
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
function noRoot(subject: Subject, root: string): NotFoundError {
  const detail = `there is no directory ${JSON.stringify(root)}, it has to be made first`;
  return new NotFoundError({ ...subject, detail });
}
