import type { FileStatus } from "../files/file_status.ts";
import { FileCalls } from "../tree/file_calls.ts";

/** Calls on a file system that minds neither case nor form of names, made of one that does: of the last part of a path. */
export class FoldingCalls extends FileCalls {
  /** The status of what has the name in any form. */
  override async lstat(path: string): Promise<FileStatus> {
    return await super.lstat(stored(path));
  }

  /** The status of what has the name in any form, links followed. */
  override async stat(path: string): Promise<FileStatus> {
    return await super.stat(stored(path));
  }

  /** Replaces what has the name in any form, which keeps the form that it has. */
  override async rename(from: string, to: string): Promise<void> {
    await super.rename(stored(from), stored(to));
  }

  /** Removes what has the name in any form. */
  override async remove(path: string): Promise<void> {
    await super.remove(stored(path));
  }
}

/** The path with every part as its directory lists it. */
function stored(path: string): string {
  let at = "";
  for (const part of path.split("/").slice(1)) {
    at = `${at}/${listed(at || "/", part) ?? part}`;
  }
  return at;
}

function listed(directory: string, name: string): string | undefined {
  try {
    for (const entry of Deno.readDirSync(directory)) if (fold(entry.name) === fold(name)) return entry.name;
  } catch {
    return undefined;
  }
  return undefined;
}

function fold(name: string): string {
  return name.normalize("NFC").toLowerCase();
}
