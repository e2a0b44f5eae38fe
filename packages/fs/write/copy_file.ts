import {
  checkMatch,
  type CopyResult,
  PLATFORM,
  PreconditionFailedError,
  ServiceError,
  UnsupportedError,
} from "@lade/core/backend";
import { system } from "@lade/core/system";
import { errorCode, fileError, refusedAccess } from "../files/file_error.ts";
import { etagOf, type FileStatus } from "../files/file_status.ts";
import { statObject } from "../read/open_object.ts";
import { ensureDirectory } from "../tree/ensure_directory.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";
import { checkDestination } from "./check_destination.ts";
import { copyContent, takeOwner } from "./copy_content.ts";
import type { CopyRequest } from "./copy_request.ts";
import { publish } from "./publish.ts";
import { resolveTarget, type WriteTarget } from "./resolve_target.ts";
import { removeTemporary, temporaryPath } from "./temporary_file.ts";

/** What the system says of the destination where it copies a file whose status could be read. */
const OF_TARGET = new Set(["EDQUOT", "EFBIG", "ENOSPC", "EROFS"]);
/** What it says of either. */
const OF_EITHER = new Set(["EACCES", "EPERM"]);

/** Times a file is copied that another one replaces meanwhile. */
const MOST_TRIES = 5;

/**
 * Copies an object with its permissions and time, by the system's own copy as a rule. One that is to be moved keeps
 * its owner and all of its mode bits too, as far as the rights of this process reach.
 */
export async function copyFile(
  setup: LocalSetup,
  given: CopyRequest,
): Promise<CopyResult> {
  const { subject, target, from, options } = given;
  const { keepTime = true, forMove = false } = options;
  const { figures } = setup;
  const { nowMs } = figures;
  const found = await statObject(given.source, subject, from);
  checkMatch(subject, etagOf(found), options.sourceIfMatch);
  const { path: to, into } = await resolveDestination(setup, given);
  const request = { ...given, to };
  if (into) {
    const { copyInto } = await import("./copy_into.ts");
    return await copyInto(request, found, { path: to, into });
  }
  await prepareDestination(setup, request);
  const temporary = temporaryPath(setup, to);
  try {
    const source = await copyWhole(setup, request, found, temporary);
    const { size } = source;
    if (forMove) await takeOwner(setup, temporary, source);
    const status = await settle(setup, temporary);
    if (size === 0 && status.size > 0) {
      const detail = "the system tells no size of it, as of files in /proc, or it grew";
      throw new UnsupportedError({ ...subject, detail, advice: "read it by Deno.readFile" });
    }
    if (status.size !== size) {
      const detail = `the copy has ${status.size} bytes, the file has ${size}`;
      throw new ServiceError({ ...target, detail });
    }
    const published = await publish(setup, {
      subject: target,
      temporary,
      status,
      path: to,
      conditions: options,
      lastModified: keepTime ? new Date(source.mtimeMs) : undefined,
      ownMode: forMove,
      signal: options.signal,
    });
    // The stores of both count together, and a copy within one is read and written there.
    figures.bytesRead += size;
    figures.wrote(size, nowMs);
    return { size, etag: etagOf(published), sourceEtag: etagOf(source) };
  } catch (error) {
    await removeTemporary(setup, temporary);
    throw error;
  }
}

/** What the destination leads to; errors name it. */
export async function resolveDestination(
  setup: LocalSetup,
  { target, to, options }: CopyRequest,
): Promise<WriteTarget> {
  try {
    return await resolveTarget(setup, target, to, options);
  } catch (error) {
    throw fileError(error, target, options.signal);
  }
}

/** Makes the directory of the destination and checks its conditions; errors name the destination. */
export async function prepareDestination(
  setup: LocalSetup,
  { target, from, to, options }: CopyRequest,
): Promise<void> {
  try {
    await checkDestination(setup, target, to, options);
    await ensureDirectory(setup, target, directoryOf(to), directoryOf(from));
  } catch (error) {
    throw fileError(error, target, options.signal);
  }
}

/** Copies one version of a file, not a mixture, and returns its status. */
async function copyWhole(
  setup: LocalSetup,
  { source: store, subject, target, from, options }: CopyRequest,
  source: FileStatus,
  temporary: string,
): Promise<FileStatus> {
  for (let tries = 1;; tries++) {
    try {
      await copyContent(setup, store, from, source, temporary, options.signal);
    } catch (error) {
      throw await isOfTarget(error, from) ? fileError(error, target) : error;
    }
    const now = await statObject(store, subject, from);
    if (etagOf(now) === etagOf(source)) return source;
    checkMatch(subject, etagOf(now), options.sourceIfMatch);
    if (tries === MOST_TRIES) {
      const detail = `the file changed each of the ${tries} times that it was copied`;
      throw new PreconditionFailedError({ ...subject, detail });
    }
    // A copy has the permissions of its source, which may not allow to write it again.
    await removeTemporary(setup, temporary);
    source = now;
  }
}

async function isOfTarget(error: unknown, from: string): Promise<boolean> {
  const refused = refusedAccess(error);
  if (refused) return refused.kind === "write";
  const code = errorCode(error) ?? "";
  if (!OF_EITHER.has(code)) return OF_TARGET.has(code);
  try {
    (await system.open(from)).close();
    return true;
  } catch {
    return false;
  }
}

/** Brings a finished copy to the disk as far as the configuration asks. */
async function settle({ calls, config }: LocalSetup, path: string): Promise<FileStatus> {
  if (config.sync !== "none") {
    // Windows syncs only what may be written to; elsewhere a copy may be closed to its maker.
    using file = await system.open(path, { read: true, write: PLATFORM === "windows" });
    await (config.sync === "data" ? file.syncData() : file.sync());
  }
  return await calls.lstat(path);
}
