import { InvalidNameError } from "@lade/core";
import type { Subject } from "../files/file_error.ts";
import type { LocalParts } from "./local_parts.ts";
import { directoryOf } from "./tree.ts";

/**
 * Makes sure that a directory below the root (or the root) exists and may be written to, and makes it with its parents
 * where it does not. One of its parents being a file is an `InvalidNameError`.
 */
export async function ensureDirectory(parts: LocalParts, subject: Subject, path: string): Promise<void> {
  const { tree, calls, config } = parts;
  if (await exists(parts, subject, path)) return await tree.check(subject, path);
  const missing: string[] = [];
  let at = path;
  while (!await exists(parts, subject, at)) {
    missing.push(at);
    at = directoryOf(at);
  }
  if (at === tree.root || at.startsWith(tree.path(""))) await tree.check(subject, at);
  await Deno.mkdir(path, { recursive: true });
  await tree.check(subject, path);
  if (config.sync !== "full") return;
  for (const child of missing) await calls.syncDirectory(directoryOf(child));
}

async function exists({ calls }: LocalParts, subject: Subject, path: string): Promise<boolean> {
  const status = await calls.present(calls.stat(path));
  if (!status || status.kind === "directory") return status !== undefined;
  throw new InvalidNameError({
    ...subject,
    detail: `${JSON.stringify(path)} is a file, so that a file system can hold nothing below it`,
  });
}
