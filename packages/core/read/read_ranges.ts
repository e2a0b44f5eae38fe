import { inParallel } from "../concurrency/in_parallel.ts";
import { takeOptions } from "../conditions/take_options.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import { fillAtHand, MOST_AT_HAND } from "../contract/seams.ts";
import type { ObjectInfo, ResolvedRange } from "../contract/types.ts";
import { RangeNotSatisfiableError } from "../errors/errors.ts";
import { objectUri } from "../uri/check_key.ts";
import { allocateBytes } from "./get_bytes.ts";
import { targetFault } from "./target_fault.ts";
import { readInto } from "./read_into.ts";
import type { ReadOptions, ReadResult } from "./read_options.ts";
import { changedWhileRead } from "./read_requests.ts";

/** One of the ranges that {@linkcode readRanges} is asked for. */
export interface WantedRange extends ResolvedRange {
  /** Where its bytes go, as many as `length` says; fresh memory where absent. */
  readonly target?: Uint8Array;
}

/** Options of {@linkcode readRanges}. */
export interface ReadRangesOptions extends Omit<ReadOptions, "range"> {
  /** Bytes between two ranges that are read and dropped rather than asked for around; the store's own by default. */
  readonly gap?: number;
  /** Bytes of ranges that are asked for as one, at most; 8 MiB by default. A range is never cut by it. */
  readonly mergedSize?: number;
}

/** What {@linkcode readRanges} read. */
export interface RangesResult {
  /** What the store says of the whole object; absent where no byte was asked for. */
  readonly info?: ObjectInfo;
  /** The bytes of each range, in the order they were asked for: its `target`, or a view of memory that several may share. */
  readonly bytes: readonly Uint8Array[];
}

const MERGED_SIZE = 8 * 2 ** 20;
/** Bytes from which on memory that was used before costs less than fresh memory. */
const WORTH_LENDING = 2 ** 16;

/** Ranges that are asked for together. */
interface Group {
  readonly offset: number;
  end: number;
  readonly members: number[];
}

/**
 * Reads several ranges of one version of an object, in any order and overlapping too: those that lie near one another by
 * one request, the rest concurrently. A range that passes the object's end is a `RangeNotSatisfiableError`, and an object
 * that changes between two requests a `PreconditionFailedError`. Targets are in use until this settles.
 */
export async function readRanges(
  store: ObjectStore,
  key: string,
  ranges: readonly WantedRange[],
  given?: ReadRangesOptions,
): Promise<RangesResult> {
  const options = takeOptions(given);
  const { gap = store.readHints.coalesceGap ?? 0, mergedSize = MERGED_SIZE, ...rest } = options;
  for (const [name, value] of Object.entries({ gap, mergedSize })) {
    if (typeof value === "number" && value >= 0) continue;
    throw new RangeError(`Cannot read ranges with ${name} ${value}: a number from 0 up is needed`);
  }
  for (const range of ranges) checkWanted(range);
  const bytes = new Array<Uint8Array>(ranges.length);
  const groups = groupRanges(ranges, gap, mergedSize, bytes);
  const ready = readGroupsNow(store, key, groups, ranges, bytes, options);
  if (ready) return { bytes, info: ready };
  const uri = objectUri(store.uri, key);
  let info: ObjectInfo | undefined;
  const readGroup = async ({ offset, end, members }: Group, signal: AbortSignal | undefined) => {
    const length = end - offset;
    using lent = new DisposableStack();
    const place = placeFor(members.flatMap((index) => ranges[index] ?? []), length, (bytes) => {
      lent.use(store.context.budget.overdraw(bytes));
      return lent.use(store.context.buffers.lease(bytes)).bytes;
    }) ?? allocateBytes(length, uri);
    const call = { ...rest, range: { offset, length }, ...(signal && { signal }) };
    const result = await readInto(store, key, place, call);
    checkComplete(result, { offset, length }, uri);
    info = sameObject(info, result.info, uri);
    for (const index of members) {
      const range = ranges[index];
      if (range) bytes[index] = handOut(range, place, offset);
    }
  };
  const [first] = groups;
  if (groups.length === 1 && first) await readGroup(first, options.signal);
  else await inParallel(groups, widthOf(store, options), readGroup, options.signal);
  return { bytes, ...(info && { info }) };
}

/** Reads several small groups in no time, where the store has them at hand; else nothing. */
function readGroupsNow(
  store: ObjectStore,
  key: string,
  groups: readonly Group[],
  ranges: readonly WantedRange[],
  bytes: Uint8Array[],
  { chunkSize = "auto", checksum = "auto", onProgress, signal, ifMatch, version }: ReadRangesOptions,
): ObjectInfo | undefined {
  const total = groups.reduce((sum, { offset, end }) => sum + end - offset, 0);
  if (
    groups.length < 2 || total > MOST_AT_HAND || chunkSize !== "auto" || checksum === "crc32c" || onProgress
  ) {
    return undefined;
  }
  const memory = new Uint8Array(total);
  let at = 0;
  const fills = groups.map(({ offset, end, members: [first = 0, second] }) => {
    const target = memory.subarray(at, at += end - offset);
    return { offset, target: second === undefined && ranges[first]?.target || target };
  });
  const info = fillAtHand(store, key, fills, {
    ...(signal && { signal }),
    ...(ifMatch !== undefined && { ifMatch }),
    ...(version !== undefined && { version }),
  });
  if (!info) return undefined;
  for (const [place, { members }] of groups.entries()) {
    const fill = fills[place];
    for (const index of fill ? members : []) {
      const range = ranges[index];
      if (range && fill) bytes[index] = handOut(range, fill.target, fill.offset);
    }
  }
  return info;
}

/** Puts ranges that lie near one another into groups, ascending. Empty ones are in none, and answered at once. */
function groupRanges(
  ranges: readonly WantedRange[],
  gap: number,
  mergedSize: number,
  bytes: Uint8Array[],
): Group[] {
  const order: number[] = [];
  ranges.forEach(({ length, target }, index) => {
    if (length === 0) bytes[index] = target ?? new Uint8Array(0);
    else order.push(index);
  });
  const offsetOf = (index: number) => ranges[index]?.offset ?? 0;
  order.sort((a, b) => offsetOf(a) - offsetOf(b));
  const groups: Group[] = [];
  let group: Group | undefined;
  for (const index of order) {
    const range = ranges[index];
    if (!range) continue;
    const end = range.offset + range.length;
    const joins = group && range.offset <= group.end + gap && end - group.offset <= mergedSize;
    if (group && joins) {
      group.members.push(index);
      group.end = Math.max(group.end, end);
    } else groups.push(group = { offset: range.offset, end, members: [index] });
  }
  return groups;
}

/** The targets of ranges as one, where they lie in memory as they do in the object, with nothing between. */
function placeOf(ranges: readonly WantedRange[], length: number): Uint8Array | undefined {
  const first = ranges[0]?.target;
  if (!first || first.length === length) return first;
  let end = first.byteOffset;
  let offset = ranges[0]?.offset ?? 0;
  for (const { offset: start, length, target } of ranges) {
    if (target?.buffer !== first.buffer || target.byteOffset !== end || start !== offset) return undefined;
    end += length;
    offset += length;
  }
  return new Uint8Array(first.buffer, first.byteOffset, length);
}

/** Where ranges are read: in their targets, or in memory that is lent where they are copied to these; else nothing. */
function placeFor(
  ranges: readonly WantedRange[],
  length: number,
  lend: (bytes: number) => Uint8Array,
): Uint8Array | undefined {
  const place = placeOf(ranges, length);
  if (place || length < WORTH_LENDING || !ranges.every(({ target }) => target)) return place;
  return lend(length).subarray(0, length);
}

function handOut({ offset, length, target }: WantedRange, place: Uint8Array, start: number): Uint8Array {
  const isThere = target?.buffer === place.buffer && target.byteOffset === place.byteOffset + offset - start;
  if (target && isThere) return target;
  const piece = place.subarray(offset - start, offset - start + length);
  if (!target) return piece;
  target.set(piece);
  return target;
}

function widthOf(store: ObjectStore, { concurrency = "auto" }: ReadRangesOptions) {
  if (concurrency !== "auto") return concurrency;
  const limit = store.limits.read;
  return { most: () => limit.current + Math.ceil(limit.current / 4), onRise: limit.onRise };
}

function checkWanted({ offset, length, target }: WantedRange): void {
  for (const [name, value] of Object.entries({ offset, length })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new RangeError(`Cannot read a range with ${name} ${value}: a whole number from 0 up is needed`);
  }
  const fault = target && targetFault(target);
  if (fault) throw fault;
  if (target && target.length !== length) {
    throw new RangeError(`Cannot read ${length} bytes into a target of ${target.length}`);
  }
}

function checkComplete({ range, info }: ReadResult, due: ResolvedRange, uri: string): void {
  if (range.offset === due.offset && range.length === due.length) return;
  const detail = `the range ends at ${due.offset + due.length}, the object has ${info.size} bytes`;
  throw new RangeNotSatisfiableError({ operation: "get", uri, detail });
}

/** Of two answers, the info of the one object that both have to be of. */
function sameObject(before: ObjectInfo | undefined, now: ObjectInfo, uri: string): ObjectInfo {
  if (!before) return now;
  const same = before.size === now.size && before.etag === now.etag &&
    (now.etag !== undefined || before.lastModified.getTime() === now.lastModified.getTime());
  if (!same) throw changedWhileRead(uri);
  return before;
}
