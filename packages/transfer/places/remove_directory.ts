import type { CallOptions } from "@lade/core";
import { NotEmptyError, NotFoundError } from "@lade/core/errors";
import { parseUri, pathOfUri } from "@lade/core/backend";
import { system } from "@lade/core/system";
import type { UriCalls } from "./uri_calls.ts";

/**
 * Removes the directory that is left when all that lay in it is gone. What could not be removed keeps it: then it is a
 * `NotEmptyError` that names the first of it. One that is gone already is fine.
 */
export async function removeDirectory(lade: UriCalls, uri: string, call: CallOptions): Promise<void> {
  try {
    await lade.deleteContainer(uri, call);
  } catch (error) {
    if (error instanceof NotFoundError) return;
    if (!(error instanceof NotEmptyError)) throw error;
    const detail = await whatIsLeft(pathOfUri(parseUri(uri).rest));
    throw new NotEmptyError({ operation: "remove", uri, detail, cause: error });
  }
}

/** Says what keeps a directory from being removed. */
export async function whatIsLeft(directory: string): Promise<string> {
  const left = await firstLeft(directory.endsWith("/") ? directory : `${directory}/`).catch(() => undefined);
  if (left === undefined) return "the directory is not empty";
  const what = `the directory holds ${JSON.stringify(left)}`;
  return /\/\.lade-[^/]*~tmp$/.test(left)
    ? `${what}, which is of a write under way or one that was killed`
    : what;
}

/** The path of the first name below a directory (whose path ends in a slash) that is none itself. */
async function firstLeft(directory: string): Promise<string | undefined> {
  const entries = await Array.fromAsync(system.readDir(directory));
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (!isDirectory) return directory + name;
    const left = await firstLeft(`${directory}${name}/`);
    if (left !== undefined) return left;
  }
  return undefined;
}
