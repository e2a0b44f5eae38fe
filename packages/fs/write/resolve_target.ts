import {
  AlreadyExistsError,
  basePath,
  type CallName,
  checkMatch,
  InvalidNameError,
  type Preconditions,
} from "@lade/core/backend";
import type { FileStatus } from "../files/file_status.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";
import { followLinks } from "./follow_links.ts";

/** Where a write goes to. */
export interface WriteTarget {
  /** The path without a link at its end. */
  readonly path: string;
  /** Set where it is written into what is there (a pipe, a device, a file of `/proc`) instead of replacing it. */
  readonly into?: "start" | "end";
  /** The mode of the file that is to be replaced. */
  readonly mode?: number;
}

/** File systems whose files are made by the system alone. */
export const SYSTEM_FILES = /^\/(proc|sys)\//;
/** File type bits of a mode, and those of a socket. */
const TYPE = 0o170000;
const SOCKET = 0o140000;

/**
 * Finds out what a write of a path goes to. A link is followed to what it leads to, also where nothing is there yet,
 * as far as the store's links may lead. Pipes and devices are written into; a socket, and a link to a directory, is an
 * `InvalidNameError`. A write that only creates goes no further than the name.
 */
export async function resolveTarget(
  setup: LocalSetup,
  subject: CallName,
  path: string,
  conditions: Preconditions,
): Promise<WriteTarget> {
  const { calls } = setup;
  const status = await calls.present(calls.lstat(path));
  if (SYSTEM_FILES.test(path) && status?.kind !== "link") return into(subject, path, status, conditions);
  if (status?.kind === "file") return { path, mode: status.mode };
  if (!status || status.kind === "directory") return { path };
  if (status.kind === "other") return into(subject, path, status, conditions);
  // What only creates finds the name taken, wherever the link leads.
  if (conditions.ifNoneMatch !== undefined) return { path };
  return await behindLink(setup, subject, path, conditions);
}

async function behindLink(
  { calls, tree }: LocalSetup,
  subject: CallName,
  path: string,
  conditions: Preconditions,
): Promise<WriteTarget> {
  const { end, isDescriptor } = await followLinks(calls, path);
  const status = await calls.present(calls.stat(path));
  if (isDescriptor && status) {
    const target = into(subject, path, status, conditions);
    return status.kind === "file" ? { ...target, into: "end" } : target;
  }
  const directory = await calls.present(calls.realPath(directoryOf(end)));
  if (directory === undefined) {
    const detail = `it is a symbolic link to ${JSON.stringify(end)}, whose directory does not exist`;
    throw new InvalidNameError({ ...subject, detail });
  }
  const real = status ? await calls.realPath(path) : `${basePath(directory)}${nameOf(end)}`;
  await tree.checkReal(subject, path, real);
  if (status?.kind === "directory") {
    throw new InvalidNameError({ ...subject, detail: "it is a symbolic link to a directory" });
  }
  const isInto = status?.kind === "other" || SYSTEM_FILES.test(real);
  if (isInto) return into(subject, real, status, conditions);
  return { path: real, ...(status && { mode: status.mode }) };
}

/** What is written into has no state that a condition could be about, but it exists. */
function into(
  subject: CallName,
  path: string,
  status: FileStatus | undefined,
  { ifMatch, ifNoneMatch }: Preconditions,
): WriteTarget {
  if (status?.kind === "directory") {
    throw new InvalidNameError({ ...subject, detail: "a directory has this name" });
  }
  if (status && (status.mode & TYPE) === SOCKET) {
    const detail = "it is a socket, which takes connections and no files";
    throw new InvalidNameError({ ...subject, detail });
  }
  if (ifNoneMatch !== undefined && status) {
    throw new AlreadyExistsError({ ...subject, detail: "a pipe or device has this name" });
  }
  if (ifMatch !== undefined) checkMatch(subject, undefined, ifMatch);
  return { path, into: "start" };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/"));
}
