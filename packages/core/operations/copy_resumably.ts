import type { BudgetLease } from "../context/byte_budget.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { PartWriter } from "../contract/part_writer.ts";
import type { ObjectInfo, PutOptions, PutResult } from "../contract/types.ts";
import {
  AlreadyExistsError,
  ChecksumMismatchError,
  InvalidNameError,
  NotFoundError,
  PreconditionFailedError,
  UnsupportedError,
} from "../errors/errors.ts";
import { reasonOf } from "../read/checksum_collector.ts";
import { ObjectRead } from "../read/object_read.ts";
import type { ReadOptions, ReadResult } from "../read/read_options.ts";
import { objectUri } from "../uri/check_key.ts";
import { reportLeftover } from "../write/report_leftover.ts";
import { fillSize } from "../read/chunk_plan.ts";
import { copyParts } from "./copy_parts.ts";
import { combinableOf, PartSums } from "./part_sums.ts";
import { contentOf, type HalfDoneCopy, isSameContent, type ResumableCopy } from "./resumable_copy.ts";
import { abortUpload, resumePartWriter } from "./resume_write.ts";

/** What is copied so that it may be gone on with. */
export interface ResumableWork {
  readonly from: ObjectStore;
  readonly fromKey: string;
  readonly to: ObjectStore;
  readonly toKey: string;
  /** Those of the read. */
  readonly options: ReadOptions;
  readonly resumable: ResumableCopy;
  /** Makes the write with its options, twice at most. */
  readonly write: <T>(attempt: (put: PutOptions) => Promise<T>) => Promise<T>;
  readonly lease: BudgetLease | undefined;
}

/** A written object and what was read of the source for it. */
export type ResumedCopy = PutResult & { readonly read: ReadResult };

/** Copies the object of a read by a writer that outlives this process. */
export async function copyAnew(work: ResumableWork, read: ObjectRead): Promise<ResumedCopy> {
  const { from, to, toKey, options, write, resumable } = work;
  const { info } = read;
  const fill = { fillSize: fillSize(from.readHints, options, info.size, true) };
  const writer = await write((put) =>
    to.createPartWriter(toKey, info.size, { ...put, ...fill, resumable: true })
  );
  const source = contentOf(info);
  const algorithm = combinableOf(info.checksums);
  let isKept = false;
  try {
    if (writer.token !== undefined && source) {
      isKept = await resumable.begun({ token: writer.token, source, ...(algorithm && { algorithm }) });
    }
  } catch (error) {
    throw await writer.abort(error).then(() => error, (leftover) => reportLeftover(error, leftover));
  }
  return await finish(work, writer, info, algorithm && new PartSums(algorithm), read, isKept);
}

/**
 * Goes on with a half-done copy: `undefined` where it is gone, or was of another content and has been aborted, so that it
 * is to be begun anew.
 */
export async function resumeCopy(work: ResumableWork, info: ObjectInfo): Promise<ResumedCopy | undefined> {
  const { to, toKey, resumable, options: { signal } } = work;
  const { halfDone, parts = [] } = resumable;
  if (!halfDone) return undefined;
  const call = signal ? { signal } : {};
  if (!isSameContent(halfDone.source, contentOf(info))) {
    await dropHalfDone(to, toKey, halfDone, call);
    resumable.ended();
    return undefined;
  }
  let writer: PartWriter;
  try {
    writer = await resumePartWriter(to, toKey, info.size, halfDone.token, call);
  } catch (error) {
    // A token of other names or sizes is of no use, and one of a write that is gone neither.
    if (!(error instanceof NotFoundError || error instanceof TypeError)) throw error;
    resumable.ended();
    return undefined;
  }
  const algorithm = combinableOf(info.checksums);
  // Those of another kind do not help.
  const sums = algorithm && algorithm === halfDone.algorithm ? new PartSums(algorithm, parts) : undefined;
  return await finish(work, writer, info, sums, undefined);
}

/** Removes what an earlier attempt left. */
export async function dropHalfDone(
  to: ObjectStore,
  key: string,
  { token }: HalfDoneCopy,
  call: { readonly signal?: AbortSignal },
): Promise<void> {
  try {
    await abortUpload(to, key, token, call);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof UnsupportedError)) throw error;
  }
}

/** Writes the parts that are missing, verifies the whole and makes the object. */
async function finish(
  work: ResumableWork,
  writer: PartWriter,
  info: ObjectInfo,
  sums: PartSums | undefined,
  begun: ObjectRead | undefined,
  isKept = true,
): Promise<ResumedCopy> {
  const { from, fromKey, options, lease, resumable } = work;
  const { size, partSize } = writer;
  let read = begun;
  const isResumed = writer.bytesWritten > 0;
  try {
    const needs = (index: number) => !writer.isWritten(index) || (sums !== undefined && !sums.has(index));
    const first = firstRun(writer, needs);
    if (isResumed) options.onProgress?.({ type: "bytes", key: fromKey, bytes: bytesOutside(writer, needs) });
    if (first) {
      read ??= await ObjectRead.open(from, fromKey, {
        ...options,
        ...pinned(info, options),
        range: first,
        checksum: "none",
      });
      await copyParts({
        from,
        read,
        writer,
        options,
        lease,
        checksum: "none",
        only: needs,
        ...(sums && {
          partSum: {
            algorithm: sums.algorithm,
            onPart(index: number, checksum: string) {
              sums.add(index, checksum);
              resumable.wrote?.({ index, checksum });
            },
          },
        }),
      });
    }
    const uri = objectUri(from.uri, fromKey);
    const checksums = sums ? sums.verify(info.checksums ?? {}, { size, partSize }, uri) : {};
    const written = await writer.close();
    if (written.size !== size) {
      const detail = `the store reports ${written.size} bytes of ${size}`;
      throw new ChecksumMismatchError({
        operation: "copy to",
        uri: objectUri(work.to.uri, work.toKey),
        detail,
      });
    }
    resumable.ended();
    const range = { offset: 0, length: size };
    const unverified = sums
      ? {}
      : { unverified: isResumed ? WRITTEN_BEFORE : reasonOf(info, range, options.checksum ?? "auto") };
    return { ...written, read: { info, range, checksums, verified: sums !== undefined, ...unverified } };
  } catch (error) {
    throw await (isFinal(error) || !isKept ? give(writer, error, resumable) : leave(writer, error));
  } finally {
    if (read !== begun) await read?.close();
  }
}

const WRITTEN_BEFORE =
  "an earlier process wrote some of its parts, and the store has no checksum that parts combine to";

/** What no later attempt puts right: nothing is to be left of the copy. */
function isFinal(error: unknown): boolean {
  return [
    AlreadyExistsError,
    ChecksumMismatchError,
    InvalidNameError,
    NotFoundError,
    PreconditionFailedError,
    UnsupportedError,
  ].some((type) => error instanceof type);
}

async function give(writer: PartWriter, error: unknown, resumable: ResumableCopy): Promise<unknown> {
  try {
    await writer.abort(error);
    resumable.ended();
    return error;
  } catch (leftover) {
    return reportLeftover(error, leftover);
  }
}

async function leave(writer: PartWriter, error: unknown): Promise<unknown> {
  await writer.detach().catch(() => {});
  return error;
}

/** The first bytes that are to be read, without a gap. */
function firstRun(writer: PartWriter, needs: (index: number) => boolean) {
  const { size, partSize, partCount } = writer;
  let first = 0;
  while (first < partCount && !needs(first)) first++;
  let end = first;
  while (end < partCount && needs(end)) end++;
  const offset = first * partSize;
  return first === end ? undefined : { offset, length: Math.min(size, end * partSize) - offset };
}

function bytesOutside({ size, partSize, partCount }: PartWriter, needs: (index: number) => boolean): number {
  let bytes = 0;
  for (let index = 0; index < partCount; index++) {
    if (!needs(index)) bytes += Math.min(partSize, size - index * partSize);
  }
  return bytes;
}

function pinned({ etag }: ObjectInfo, { version }: ReadOptions): Pick<ReadOptions, "ifMatch"> {
  return etag === undefined || version !== undefined ? {} : { ifMatch: etag };
}
