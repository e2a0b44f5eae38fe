import type { Permit } from "../concurrency/adaptive_limit.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ByteRange, GetOptions, ResolvedRange } from "../contract/types.ts";
import {
  PreconditionFailedError,
  RangeNotSatisfiableError,
  ServiceError,
  UnavailableError,
} from "../errors/errors.ts";
import { objectNoun } from "../uri/object_noun.ts";
import { alignedEnd } from "./chunk_plan.ts";
import type { ReadOptions } from "./read_options.ts";
import { resolveRange } from "./resolve_range.ts";

/** The range of the first request: no more than one chunk of what is wanted. */
export function firstRange(store: ObjectStore, options: ReadOptions): ByteRange {
  const { firstChunkSize, alignment } = store.readHints;
  const { chunkSize = "auto", range } = options;
  const most = chunkSize === "auto" ? firstChunkSize : chunkSize;
  if (range && "suffixLength" in range) return { suffixLength: Math.min(range.suffixLength, most) };
  const offset = range?.offset ?? 0;
  const wanted = range?.length ?? Infinity;
  return { offset, length: wanted <= most ? wanted : alignedEnd(offset, most, alignment) - offset };
}

/** Asks for all that is wanted in one request. */
export function wholeOptions({ range, ifMatch, version, signal }: ReadOptions): GetOptions {
  return {
    ...(range && { range }),
    ...(ifMatch !== undefined && { ifMatch }),
    ...(version !== undefined && { version }),
    ...(signal && { signal }),
  };
}

export function checkFirst(first: GetResult, asked: ByteRange, uri: string): void {
  const due = resolveRange(asked, first.info.size, uri);
  if (first.range.offset === due.offset && first.range.length === due.length) return;
  throw new ServiceError({ operation: "get", uri, detail: wrongRange(due, first.range) });
}

/**
 * What says that the object is not the one whose first bytes were read; of a further range that failed for another `cause`,
 * that one.
 */
export function changedWhileRead(uri: string, cause?: unknown): unknown {
  const isOfChange = cause instanceof PreconditionFailedError || cause instanceof RangeNotSatisfiableError;
  if (cause !== undefined && !isOfChange) return cause;
  const detail = `the ${objectNoun(uri)} changed while it was read`;
  return new PreconditionFailedError({ operation: "get", uri, detail, cause });
}

export function wrongRange(asked: ResolvedRange, answered: ResolvedRange): string {
  return `the store answered bytes ${answered.offset}+${answered.length} for ${asked.offset}+${asked.length}`;
}

export function getOptions(
  range: ByteRange,
  ifMatch: string | undefined,
  version: string | undefined,
  signal: AbortSignal | undefined,
  pours?: number,
): GetOptions {
  // Filled in step by step: an object literal of optional parts costs a copy for each of them.
  const options: { -readonly [name in keyof GetOptions]: GetOptions[name] } = { range };
  if (ifMatch !== undefined) options.ifMatch = ifMatch;
  if (version !== undefined) options.version = version;
  if (signal) options.signal = signal;
  if (pours !== undefined) options.pours = pours;
  return options;
}

/** The error of a body that ended before its time. */
export function endedEarly(uri: string, count: number, length: number): UnavailableError {
  const detail = `the body ended after ${count} of ${length} bytes`;
  return new UnavailableError({ operation: "get", uri, detail });
}

/** Leave to make a request, unless the caller says how many there may be. */
export function acquirePermit(
  store: ObjectStore,
  options: ReadOptions,
  signal: AbortSignal | undefined,
): Promise<Permit> | Permit | undefined {
  if (options.concurrency !== undefined && options.concurrency !== "auto") return undefined;
  const limit = store.limits.read;
  return limit.tryAcquire() ?? limit.acquire(signal);
}
