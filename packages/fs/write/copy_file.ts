import {
  checkMatch,
  type CopyOptions,
  PreconditionFailedError,
  type PutResult,
  ServiceError,
} from "@lade/core/backend";
import { errorCode, fileError, type Subject } from "../files/file_error.ts";
import { etagOf, type FileStatus } from "../files/file_status.ts";
import { statObject } from "../read/open_object.ts";
import { ensureDirectory } from "../tree/ensure_directory.ts";
import type { LocalParts } from "../tree/local_parts.ts";
import { directoryOf } from "../tree/tree.ts";
import { checkDestination } from "./check_destination.ts";
import { publish } from "./publish.ts";
import { removeTemporary, temporaryPath } from "./temporary_file.ts";

/** What a copy or a move is about. */
export interface CopyRequest {
  /** Names the source. */
  readonly subject: Subject;
  /** Names the destination. */
  readonly target: Subject;
  readonly from: string;
  readonly to: string;
  readonly options: CopyOptions;
}

/** What the system says of the destination where it copies a file whose status could be read. */
const OF_TARGET = new Set(["EDQUOT", "EFBIG", "ENOSPC", "EROFS"]);
/** What it says of either. */
const OF_EITHER = new Set(["EACCES", "EPERM"]);

/** Times a file is copied that another one replaces meanwhile. */
const MOST_TRIES = 5;

/** Copies an object by the system's own copy, which shares the blocks where the file system can. */
export async function copyFile(parts: LocalParts, request: CopyRequest): Promise<PutResult> {
  const { subject, target, from, to, options } = request;
  const source = await statObject(parts, subject, from);
  checkMatch(subject, etagOf(source), options.sourceIfMatch);
  await prepareDestination(parts, request);
  const temporary = temporaryPath(parts, to);
  try {
    const size = await copyWhole(parts, request, source, temporary);
    const status = await settle(parts, temporary);
    if (status.size !== size) {
      const detail = `the copy has ${status.size} bytes, the file has ${size}`;
      throw new ServiceError({ ...target, detail });
    }
    const published = await publish(parts, {
      subject: target,
      temporary,
      status,
      path: to,
      conditions: options,
      signal: options.signal,
    });
    return { size, etag: etagOf(published) };
  } catch (error) {
    await removeTemporary(parts, temporary);
    throw error;
  }
}

/** Makes the directory of the destination and looks at its conditions; what is wrong is told of the destination. */
export async function prepareDestination(
  parts: LocalParts,
  { target, to, options }: CopyRequest,
): Promise<void> {
  try {
    await checkDestination(parts, target, to, options);
    await ensureDirectory(parts, target, directoryOf(to));
  } catch (error) {
    throw fileError(error, target, options.signal);
  }
}

/** Copies one version of a file, not a mixture, and tells its size. */
async function copyWhole(
  parts: LocalParts,
  { subject, target, from, options }: CopyRequest,
  source: FileStatus,
  temporary: string,
): Promise<number> {
  for (let tries = 1;; tries++) {
    try {
      await copyContent(parts, from, temporary, options.signal);
    } catch (error) {
      throw await isOfTarget(error, from) ? fileError(error, target) : error;
    }
    const now = await statObject(parts, subject, from);
    if (etagOf(now) === etagOf(source)) return source.size;
    checkMatch(subject, etagOf(now), options.sourceIfMatch);
    if (tries === MOST_TRIES) {
      const detail = `the file changed each of the ${tries} times that it was copied`;
      throw new PreconditionFailedError({ ...subject, detail });
    }
    // A copy has the permissions of its source, which may not allow to write it again.
    await removeTemporary(parts, temporary);
    source = now;
  }
}

async function isOfTarget(error: unknown, from: string): Promise<boolean> {
  const code = errorCode(error) ?? "";
  if (!OF_EITHER.has(code)) return OF_TARGET.has(code);
  try {
    (await Deno.open(from)).close();
    return true;
  } catch {
    return false;
  }
}

/** Copies, until it is done or the signal ends it. The system's copy cannot be stopped: its file is gone all the same. */
async function copyContent(
  parts: LocalParts,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const copying = Deno.copyFile(from, to);
  if (!signal) return await copying;
  const stopped = Promise.withResolvers<never>();
  const onAbort = () => {
    stopped.reject(signal.reason);
    const remove = () => removeTemporary(parts, to);
    copying.then(remove, remove);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([copying, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Brings a finished copy to the disk as far as the configuration asks. */
async function settle({ calls, config }: LocalParts, path: string): Promise<FileStatus> {
  if (config.sync !== "none") {
    using file = await Deno.open(path);
    await (config.sync === "data" ? file.syncData() : file.sync());
  }
  return await calls.lstat(path);
}
