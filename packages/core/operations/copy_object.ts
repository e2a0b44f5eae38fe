import { takeOptions } from "../conditions/take_options.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { PutOptions, PutResult } from "../contract/types.ts";
import type { BudgetLease } from "../context/byte_budget.ts";
import { EtagGuard } from "../read/etag_guard.ts";
import { type HeldObject, holdAtHand } from "../read/hold_at_hand.ts";
import { fillSize } from "../read/chunk_plan.ts";
import { ObjectRead } from "../read/object_read.ts";
import { checkReadOptions, type ReadOptions, type ReadResult } from "../read/read_options.ts";
import {
  ChecksumMismatchError,
  PermissionDeniedError,
  ServiceError,
  UnsupportedError,
} from "../errors/errors.ts";
import { checkKey, objectUri } from "../uri/check_key.ts";
import { reportLeftover } from "../write/report_leftover.ts";
import { type Carried, carry, type Dropped } from "./carry.ts";
import { checkListed } from "./check_listed.ts";
import { copyByService } from "./copy_by_service.ts";
import type { CopyObjectOptions } from "./copy_object_options.ts";
import { copyParts } from "./copy_parts.ts";
import type { PartCopy } from "./part_copy.ts";
import { canResume, FollowedCopy } from "./resumable_copy.ts";

/** The result of a finished copy: the object written, and the reading. */
export interface CopyObjectResult extends PutResult {
  /** What was read and whether its checksum was compared; absent where the service copied by its own means. */
  readonly read?: ReadResult;
  /** Etag of the content that was copied, as the source has it, where that is known. */
  readonly sourceEtag?: string;
  /** What of the source the copy lacks; absent where it lacks nothing. */
  readonly dropped?: readonly Dropped[];
}

/**
 * Copies an object from one store to another (or within one), reading ahead while it writes, with memory bounded by
 * the chunks in flight.
 *
 * Where one service has both, it makes the copy; what it refuses is read and written here. The source's attributes, tags
 * and time are copied as far as the destination keeps them; `dropped` lists the rest. Each attribute given in `options`
 * replaces the source's. The destination shows the whole object or nothing.
 */
export async function copyObject(
  from: ObjectStore,
  fromKey: string,
  to: ObjectStore,
  toKey: string,
  given?: CopyObjectOptions,
): Promise<CopyObjectResult> {
  const taken = takeOptions(given);
  const { resumable } = taken;
  const options = resumable ? { ...taken, resumable: new FollowedCopy(resumable) } : taken;
  const guard = options.forMove ? new EtagGuard() : undefined;
  // Once more where the destination has found out what its service does not take and says that the copy can now succeed.
  for (let mayLearn = true;;) {
    try {
      return await copyOnce(from, fromKey, to, toKey, options, guard);
    } catch (error) {
      if (guard?.isDoubt(error)) continue;
      if (!mayLearn || !(error instanceof ServiceError) || !error.retryable) throw error;
      mayLearn = false;
    }
  }
}

async function copyOnce(
  from: ObjectStore,
  fromKey: string,
  to: ObjectStore,
  toKey: string,
  options: CopyObjectOptions,
  guard: EtagGuard | undefined,
): Promise<CopyObjectResult> {
  let read: ObjectRead | undefined;
  let lease: BudgetLease | undefined;
  try {
    checkReadOptions(options);
    const copied = await copyByService(from, fromKey, to, toKey, options);
    const { resumable } = options;
    const halfDone = resumable?.halfDone;
    if (copied) {
      if (halfDone) {
        const { dropHalfDone } = await import("./copy_resumably.ts");
        await dropHalfDone(to, toKey, halfDone, options);
        resumable?.ended();
      }
      return copied;
    }
    // Nothing is read for a name that the destination has a rule against.
    checkKey("copy to", to, toKey);
    if (options.waitForBudget) {
      const most = from.readHints.firstChunkSize;
      lease = await from.context.budget.acquire(Math.min(options.source?.size ?? most, most), options.signal);
    }
    const reading = readingOptions(options);
    if (resumable && halfDone) {
      const info = await from.head(fromKey, reading);
      checkListed(info, options.source, objectUri(from.uri, fromKey));
      const write: Write = (attempt) => attempt({});
      const { etag } = info;
      const { resumeCopy } = await import("./copy_resumably.ts");
      const resumed = await resumeCopy(
        { from, fromKey, to, toKey, options: reading, resumable, write, lease },
        info,
      );
      if (resumed) return { ...resumed, ...(etag !== undefined && { sourceEtag: etag }) };
    }
    // What a guard compares needs a second look, and a half-done copy was of many parts.
    using held = guard || halfDone ? undefined : holdAtHand(from, fromKey, reading);
    const source = held ?? (read = await ObjectRead.open(from, fromKey, reading, guard));
    const { info } = source;
    checkListed(info, options.source, objectUri(from.uri, fromKey));
    const { put: attributes, dropped } = await carry(from, info, to, toKey, options);
    const lost = [...dropped];
    const put = putOptions(attributes, options);
    const write: Write = (attempt) =>
      put.tags && !options.tags ? writeTagged(put, attempt, lost) : attempt(put);
    const work = { from, fromKey, to, toKey, options: reading, write, lease };
    const written = "bytes" in source
      ? await putHeld(source, work)
      : resumable && canResume(source, to, reading, resumable)
      ? await (await import("./copy_resumably.ts")).copyAnew({ ...work, resumable }, source)
      : await (source.isWhole ? copyWhole(source, work) : copyInParts(source, work));
    const { etag } = info;
    return {
      ...written,
      ...(etag !== undefined && { sourceEtag: etag }),
      ...(lost.length > 0 && { dropped: lost }),
    };
  } finally {
    lease?.release();
    await read?.close();
  }
}

/** Makes a write with its options, twice at most. */
type Write = <T>(attempt: (put: PutOptions) => Promise<T>) => Promise<T>;

/** Tags that nobody asked for are no reason to fail. */
async function writeTagged<T>(
  put: PutOptions,
  attempt: (put: PutOptions) => Promise<T>,
  lost: Dropped[],
): Promise<T> {
  try {
    return await attempt(put);
  } catch (error) {
    const reason = error instanceof PermissionDeniedError
      ? "they may not be written"
      : error instanceof UnsupportedError
      ? error.detail
      : undefined;
    if (reason === undefined) throw error;
    const { tags: _, ...rest } = put;
    const written = await attempt(rest);
    lost.push({ name: "tags", reason });
    return written;
  }
}

/** What a copy is made between, and how it is written. */
interface CopyWork extends Omit<PartCopy, "read" | "writer"> {
  readonly to: ObjectStore;
  readonly toKey: string;
  readonly write: Write;
}

/** An object that was read at once goes by `put`. */
async function putHeld({ bytes, read }: HeldObject, work: CopyWork): Promise<CopyObjectResult> {
  const { from, to, toKey, write, lease } = work;
  using _counted = lease ?? from.context.budget.overdraw(bytes.length);
  const written = await write((put) => to.put(toKey, bytes, put));
  checkSize(written, bytes.length, to, toKey);
  return { ...written, read };
}

/** An object that came in one chunk goes by `put`. */
async function copyWhole(read: ObjectRead, work: CopyWork): Promise<CopyObjectResult> {
  const { from, to, toKey, options, write, lease } = work;
  const { length } = read.range;
  using _counted = lease ?? from.context.budget.overdraw(length);
  using slab = from.context.buffers.lease(length);
  const bytes = slab.bytes.subarray(0, length);
  await read.fetch(0, bytes, options.signal);
  const finished = await read.finish();
  const written = await write((put) => to.put(toKey, bytes, put));
  checkSize(written, length, to, toKey);
  return { ...written, read: finished };
}

async function copyInParts(read: ObjectRead, work: CopyWork): Promise<CopyObjectResult> {
  const { from, to, toKey, options, write } = work;
  const { size } = read.info;
  const fill = read.ordered ? {} : { fillSize: fillSize(from.readHints, options, size) };
  const writer = await write((put) => to.createPartWriter(toKey, size, { ...put, ...fill }));
  try {
    await copyParts({ ...work, read, writer });
    const finished = await read.finish();
    const written = await writer.close();
    checkSize(written, size, to, toKey);
    return { ...written, read: finished };
  } catch (error) {
    throw await writer.abort(error).then(() => error, (leftover) => reportLeftover(error, leftover));
  }
}

function checkSize(written: PutResult, size: number, to: ObjectStore, key: string): void {
  if (written.size === size) return;
  throw new ChecksumMismatchError({
    operation: "copy to",
    uri: objectUri(to.uri, key),
    detail: `the store reports ${written.size} bytes of ${size}`,
  });
}

/** The conditions of a copy are on its destination, but for that on the source. */
function readingOptions(options: CopyObjectOptions): ReadOptions {
  if (
    options.sourceIfMatch === undefined && options.ifMatch === undefined && options.ifNoneMatch === undefined
  ) return options;
  const { sourceIfMatch, ifMatch: _, ifNoneMatch: _none, ifIgnored: _ignored, ...rest } = options;
  return { ...rest, ...(sourceIfMatch !== undefined && { ifMatch: sourceIfMatch }) };
}

function putOptions(
  attributes: Carried["put"],
  { signal, ifMatch, ifNoneMatch, ifIgnored }: CopyObjectOptions,
): PutOptions {
  const put: { -readonly [Name in keyof PutOptions]: PutOptions[Name] } = { ...attributes };
  if (signal) put.signal = signal;
  if (ifMatch !== undefined) put.ifMatch = ifMatch;
  if (ifNoneMatch !== undefined) put.ifNoneMatch = ifNoneMatch;
  if (ifIgnored !== undefined) put.ifIgnored = ifIgnored;
  return put;
}
