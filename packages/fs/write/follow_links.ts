import { localPath, pathFrom, rootOf } from "@lade/core/backend";
import { system } from "@lade/core/system";
import type { FileCalls } from "../tree/file_calls.ts";
import { directoryOf } from "../tree/tree.ts";

/** Links in a row that the system follows at most. */
const MOST = 40;
/** Where the system keeps the descriptors of a process as links that lead nowhere by their text. */
const DESCRIPTORS = /^\/proc\/(\d+|self|thread-self)(\/task\/\d+)?\/fd$/;

/** Where a chain of links ends. */
export interface LinkEnd {
  /** A path that is no link; nothing need be there. */
  readonly end: string;
  /** Whether the chain came to an open descriptor of a process (`/dev/stdout`, `/dev/fd/3`), where it ends. */
  readonly isDescriptor: boolean;
}

/** Follows a chain of links by their texts. A circle is the system's own error (`ELOOP`). */
export async function followLinks(calls: FileCalls, path: string): Promise<LinkEnd> {
  let at = path;
  for (let links = 0; links <= MOST; links++) {
    const status = await calls.present(calls.lstat(at));
    if (status?.kind !== "link") return { end: at, isDescriptor: false };
    const directory = await calls.realPath(directoryOf(at));
    if (DESCRIPTORS.test(directory)) return { end: at, isDescriptor: true };
    at = normalize(pathFrom(directory, localPath(await system.readLink(at))));
  }
  await calls.stat(path);
  return { end: at, isDescriptor: false };
}

/** Takes out what names no other directory; `..` stays, for it is one of the directory that a link leads to. */
function normalize(path: string): string {
  const root = rootOf(path);
  const segments = path.slice(root.length).split("/").filter((segment) => segment !== "" && segment !== ".");
  return root + segments.join("/");
}
