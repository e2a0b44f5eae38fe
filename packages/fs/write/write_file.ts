import { type PutResult, ServiceError } from "@lade/core/backend";
import { etagOf } from "../files/file_status.ts";
import type { SpecialFile } from "../files/special_file.ts";
import { writeMs } from "../files/io_gate.ts";
import type { NewFile, WritableFile } from "../files/medium.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { checkDestination } from "./check_destination.ts";
import { publish } from "./publish.ts";
import { resolveTarget } from "./resolve_target.ts";
import { canWriteAtOnce, writeAtOnce } from "./write_at_once.ts";
import type { WriteRequest } from "./write_request.ts";
import { createTemporary, removeTemporary, type TemporaryFile } from "./temporary_file.ts";

const PERMISSIONS = 0o777;
/** That the owner reads and writes, and that all others read. */
const OWNER = 0o600;
const OTHERS = 0o044;

/** How a write makes its temporary file, beside its target, and what it writes into where there is to be none. */
export interface FileMaker<File extends NewFile> {
  readonly create: (path: string, target: string) => Promise<File>;
  readonly special: (file: SpecialFile) => File;
  /** Names the temporary file, another name each time; without it, one that is swept. */
  readonly nameOf?: () => string;
}

/**
 * Starts a write, unless its conditions already fail; they are checked again when it is finished. A link at its end is
 * followed; what is no file is opened to be written into.
 */
export async function beginWrite<File extends NewFile>(
  setup: LocalSetup,
  { subject, path, options }: WriteRequest,
  { create, special, nameOf }: FileMaker<File>,
): Promise<TemporaryFile<File>> {
  const target = await resolveTarget(setup, subject, path, options);
  if (target.into) {
    const { openSpecial } = await import("./open_special.ts");
    return { path: target.path, file: special(await openSpecial(target, options.signal)) };
  }
  await checkDestination(setup, subject, target.path, options);
  const temporary = await createTemporary(
    setup,
    subject,
    target.path,
    (path) => create(path, target.path),
    nameOf,
  );
  try {
    await closeLike(setup, temporary, target.mode);
  } catch (error) {
    await dropWrite(setup, temporary);
    throw error;
  }
  return temporary;
}

/** What is to replace a file is open to nobody else than that one, from its first byte on. */
async function closeLike(
  { calls }: LocalSetup,
  { path }: TemporaryFile,
  mode: number | undefined,
): Promise<void> {
  if (mode !== undefined && (mode & OTHERS) !== OTHERS) await calls.chmod(path, (mode & PERMISSIONS) | OWNER);
}

/** Makes the `size` bytes that were written the object of their key. */
export async function finishWrite(
  setup: LocalSetup,
  { subject, options }: WriteRequest,
  { path: temporary, file, target: path }: TemporaryFile,
  size: number,
  signal: AbortSignal | undefined,
): Promise<PutResult> {
  const status = await file.finish(setup.config.sync);
  if (path === undefined) return { size };
  if (status.size !== size) {
    throw new ServiceError({ ...subject, detail: `the file has ${status.size} bytes, ${size} were written` });
  }
  const { lastModified } = options;
  const published = await publish(setup, {
    subject,
    temporary,
    status,
    path,
    conditions: options,
    lastModified,
    signal,
  });
  return { size, etag: etagOf(published) };
}

/** Gives up a write: nothing is left behind. */
export async function dropWrite(setup: LocalSetup, temporary: TemporaryFile): Promise<void> {
  await temporary.file.close().catch(() => {});
  if (temporary.target !== undefined) await removeTemporary(setup, temporary.path);
}

/** What it takes to make a small file, in milliseconds, beyond what a single call does. */
const MAKE_MS = 0.2;

/** Writes an object in one step, synchronously where that is quick. */
export async function putFile(
  setup: LocalSetup,
  request: WriteRequest,
  data: Uint8Array,
): Promise<PutResult> {
  const { figures } = setup;
  const { nowMs } = figures;
  const put = await putWhole(setup, request, data);
  figures.wrote(data.length, nowMs);
  return put;
}

async function putWhole(setup: LocalSetup, request: WriteRequest, data: Uint8Array): Promise<PutResult> {
  const later = () => putLater(setup, request, data);
  if (!canWriteAtOnce(setup, request, data)) return await later();
  const allowed = writeMs(data.length) + MAKE_MS;
  return await setup.gate.run(() => writeAtOnce(setup, request, data), later, allowed) ?? await later();
}

async function putLater(setup: LocalSetup, request: WriteRequest, data: Uint8Array): Promise<PutResult> {
  const { signal } = request.options;
  const temporary = await beginWrite<WritableFile>(setup, request, {
    create: (path) => setup.medium.create(path, data.length),
    special: (file) => file,
  });
  try {
    await append(temporary.file, data, signal);
    return await finishWrite(setup, request, temporary, data.length, signal);
  } catch (error) {
    await dropWrite(setup, temporary);
    throw error;
  }
}

/** Bytes written between two looks at the signal. */
const STEP = 2 ** 26;

/** Adds bytes to a file, unless the signal ends it. */
export async function append(
  file: WritableFile,
  data: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let done = 0; done < data.length || done === 0; done += STEP) {
    signal?.throwIfAborted();
    await file.append(data.length <= STEP ? data : data.subarray(done, done + STEP));
  }
}
