import { localPath, type PutResult, ServiceError } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { errorCode } from "../files/file_error.ts";
import { removeSync } from "../files/file_medium.ts";
import { etagOf, type FileStatus, statusOf } from "../files/file_status.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf, type Tree } from "../tree/tree.ts";
import { publish } from "./publish.ts";
import { SYSTEM_FILES } from "./resolve_target.ts";
import { DIRECTORY_CODES } from "./take_name.ts";
import { removeTemporary, temporaryPath } from "./temporary_file.ts";
import type { WriteRequest } from "./write_request.ts";

/** Most bytes that may hold up the event loop. */
const MAX_BYTES = 2 ** 20;

/** Whether a write may be one that {@linkcode writeAtOnce} can make. */
export function canWriteAtOnce(
  { config, medium }: Pick<LocalSetup, "config" | "medium">,
  { path, options: { ifMatch, ifNoneMatch } }: Pick<WriteRequest, "path" | "options">,
  data: Uint8Array,
): boolean {
  return medium.writeSync !== undefined && config.sync === "none" && data.length <= MAX_BYTES &&
    ifMatch === undefined && ifNoneMatch === undefined && !SYSTEM_FILES.test(path);
}

/**
 * Writes a small object to a name that nothing has, in one go: makes a temporary file, writes and dates it, and gives it the
 * name, by a second name where a file can have two: so nothing that took the name meanwhile is replaced. No other call of
 * this process comes between, so that none has to wait for its turn. Where something has the name, or anything else is to be
 * thought of, there is no result, and nothing is left behind.
 */
export function writeAtOnce(
  setup: LocalSetup,
  request: WriteRequest,
  data: Uint8Array,
): PutResult | Promise<PutResult> | undefined {
  const { guess, medium, mutex, retired, tree } = setup;
  const { path, subject, options: { lastModified, signal } } = request;
  signal?.throwIfAborted();
  if (!medium.writeSync || !mutex.isFree(path)) return undefined;
  if (guess.isTaken) guess.isTaken = !isFree(path);
  if (guess.isTaken) return undefined;
  const temporary = temporaryPath(setup, path);
  let status: FileStatus;
  try {
    if (!isAllowed(tree, directoryOf(path))) return undefined;
    status = medium.writeSync(temporary, data, lastModified?.getTime());
  } catch (error) {
    if (NO_PLACE.has(errorCode(error) ?? "")) return undefined;
    throw error;
  }
  const { size } = status;
  if (size !== data.length) {
    removeSync(temporary);
    throw new ServiceError({ ...subject, detail: `the file has ${size} bytes, ${data.length} were written` });
  }
  // A file of this number had a name a moment ago: both must not look alike.
  const isDoubtful = retired.mtimesBefore(status).length > 0;
  if (isDoubtful && isFree(path)) return publishLater(setup, request, temporary, status);
  try {
    guess.isTaken = isDoubtful || !takeName(temporary, path);
  } finally {
    // It has the other name now, or is not wanted.
    removeSync(temporary);
  }
  if (guess.isTaken) return undefined;
  // What stands for the time of birth changes with a file's name.
  return { size, etag: etagOf(status.tellsBirth ? status : statusOf(system.lstatSync(path))) };
}

/** What the system answers where the directory is not there yet, or the temporary name is taken. */
const NO_PLACE = new Set(["EEXIST", "ENOENT", "ENOTDIR"]);

/** Gives a file a name that nothing has, beside its own where it can have two; whether it has it now. */
function takeName(from: string, to: string): boolean {
  try {
    system.linkSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
  }
  if (!isFree(to)) return false;
  try {
    system.renameSync(from, to);
    return true;
  } catch (error) {
    if (DIRECTORY_CODES.has(errorCode(error) ?? "")) return false;
    throw error;
  }
}

function isFree(path: string): boolean {
  try {
    system.lstatSync(path);
    return false;
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return true;
    throw error;
  }
}

/** Whether no link on the way to a directory leads out, as far as that can be found out synchronously. */
function isAllowed(tree: Tree, directory: string): boolean {
  return !tree.isGuarded || directory === tree.root ||
    tree.isKnownToAllow(directory, localPath(system.realPathSync(directory)));
}

async function publishLater(
  setup: LocalSetup,
  { path, subject, options }: WriteRequest,
  temporary: string,
  status: FileStatus,
): Promise<PutResult> {
  const { lastModified, signal } = options;
  try {
    const published = await publish(setup, {
      subject,
      temporary,
      status,
      path,
      conditions: options,
      lastModified,
      signal,
    });
    return { size: status.size, etag: etagOf(published) };
  } catch (error) {
    await removeTemporary(setup, temporary);
    throw error;
  }
}
