import { checkMatch, InvalidNameError } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { errorCode } from "../files/file_error.ts";
import { etagOf, type FileStatus, hasExactNumber, isSameFile } from "../files/file_status.ts";
import { statObject } from "../read/open_object.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";
import { copyFile, prepareDestination, resolveDestination } from "./copy_file.ts";
import type { CopyRequest } from "./copy_request.ts";
import { deleteFile } from "./delete_file.ts";
import { lockObject, type ObjectLock } from "./lock_object.ts";
import { refuseOtherForm } from "./refuse_other_form.ts";
import { replaceName, takeFreeName } from "./take_name.ts";

/**
 * Moves an object by giving its file another name. Where that is not possible or would change what it is (the object
 * is reached by a link, or the other name lies on another file system) it is copied, then deleted. Another way to the
 * very same name is an `InvalidNameError`.
 */
export async function moveFile(setup: LocalSetup, given: CopyRequest): Promise<void> {
  const { subject, target, from, options } = given;
  const source = await statObject(setup, subject, from);
  const etag = etagOf(source);
  checkMatch(subject, etag, options.sourceIfMatch);
  const { path: to, into } = from === given.to ? { path: from } : await resolveDestination(setup, given);
  const request = { ...given, to };
  if (into) {
    const detail = "what goes into a pipe or device cannot be proven to be kept";
    throw new InvalidNameError({ ...target, detail, advice: "copy it there" });
  }
  await prepareDestination(setup, request);
  if (from === given.to) return;
  await refuseSameName(setup, request, source);
  if (await renameFile(setup, request)) return;
  await copyFile(setup, {
    ...request,
    options: { ...options, keepTime: true, forMove: true, sourceIfMatch: etag },
  });
  await deleteFile(setup, subject, from, etag, options.signal);
}

/** Renames under every lock and condition; says when only a copy can do it. */
async function renameFile(setup: LocalSetup, request: CopyRequest): Promise<boolean> {
  const { subject, target, from, to, options: { signal, sourceIfMatch, ifMatch, ifNoneMatch } } = request;
  const { calls, config, mutex, retired, tree } = setup;
  // Everybody takes two locks in the same order, so that nobody waits for one who waits for him.
  const source = { path: from, about: subject, wanted: sourceIfMatch };
  const destination = { path: to, about: target, wanted: ifMatch };
  using locks = new DisposableStack();
  let held: ObjectLock | undefined;
  for (const { path, about, wanted } of from < to ? [source, destination] : [destination, source]) {
    locks.use(await mutex.acquire(path, signal));
    if (wanted !== undefined) held = locks.use(await lockObject(setup, about, path, wanted, signal, held));
  }
  await tree.check(subject, directoryOf(from));
  const status = await calls.lstat(from);
  if (status.kind !== "file") return false;
  const replaced = await calls.present(calls.stat(to));
  signal?.throwIfAborted();
  try {
    if (ifNoneMatch !== undefined) await takeFreeName(setup, target, from, to, signal);
    else if (replaced) await replaceOrDrop(setup, request, status);
    else await replaceName(setup, target, from, to);
  } catch (error) {
    if (errorCode(error) === "EXDEV") return false;
    throw error;
  }
  if (replaced) retired.add(replaced);
  if (config.sync === "full") {
    await calls.syncDirectory(directoryOf(to));
    await calls.syncDirectory(directoryOf(from));
  }
  return true;
}

/** Links to directories, and mounts, make two paths of one name: a file must not be removed as its own predecessor. */
async function refuseSameName(
  { calls }: LocalSetup,
  { subject, target, from, to }: CopyRequest,
  source: FileStatus,
): Promise<void> {
  const present = await calls.present(calls.lstat(to));
  if (!present || !isSameFile(present, source)) return;
  const real = await calls.realPath(from);
  if (nameIn(real) !== nameIn(to)) return;
  const [one, other] = [await calls.stat(directoryOf(real)), await calls.stat(directoryOf(to))];
  if (!isSameFile(one, other)) return;
  throw new InvalidNameError({ ...subject, detail: `${JSON.stringify(target.uri)} is the same file` });
}

/**
 * The system does nothing when both names are of one file: then the old one is dropped. That takes two names that are
 * listed, for a file system that minds no case finds one name by many spellings.
 */
async function replaceOrDrop(
  setup: LocalSetup,
  { target, from, to }: CopyRequest,
  status: FileStatus,
): Promise<void> {
  const present = await setup.calls.present(setup.calls.lstat(to));
  const isSame = present !== undefined && hasExactNumber(present) && isSameFile(present, status);
  if (isSame && await isListed(from) && await isListed(to)) return await setup.calls.remove(from);
  if (!isSame) await refuseOtherForm(setup, target, to);
  await replaceName(setup, target, from, to);
}

/** Whether a directory lists this very name. */
async function isListed(path: string): Promise<boolean> {
  for await (const { name } of system.readDir(directoryOf(path))) {
    if (name === nameIn(path)) return true;
  }
  return false;
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
