import type { BudgetLease } from "../context/byte_budget.ts";
import { unlessAborted } from "../concurrency/unless_aborted.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectInfo } from "../contract/types.ts";
import { allocateBytes } from "../read/get_bytes.ts";
import { ObjectRead } from "../read/object_read.ts";
import { objectUri } from "../uri/check_key.ts";
import { fetchChunks } from "../read/read_into.ts";
import { readNow } from "../read/read_now.ts";
import { checkReadOptions, type ReadOptions } from "../read/read_options.ts";

/** One object of {@linkcode getMany}: its bytes, or why there are none. */
export type GetManyResult =
  | {
    readonly key: string;
    readonly info: ObjectInfo;
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly error?: never;
  }
  | { readonly key: string; readonly error: unknown; readonly info?: never; readonly bytes?: never };

/** Options of {@linkcode getMany}. */
export interface GetManyOptions extends Omit<ReadOptions, "range" | "ifMatch" | "version" | "concurrency"> {
  /** Objects read concurrently; 64 by default, or fewer by the store's measured limit. */
  readonly concurrency?: number;
}

const OBJECTS_AT_ONCE = 64;

interface Pending {
  readonly result: Promise<GetManyResult & { lease?: BudgetLease | undefined }>;
  readonly becomeHead: () => void;
}

/**
 * Reads many whole objects concurrently and yields them in the order of their keys, each with its bytes or its error.
 *
 * Keys are taken only as fast as results are. The bytes that wait for the reader are counted in the context's byte
 * budget, which they exceed by at most one object.
 */
export async function* getMany(
  store: ObjectStore,
  keys: AsyncIterable<string> | Iterable<string>,
  options: GetManyOptions = {},
): AsyncGenerator<GetManyResult> {
  const { concurrency = OBJECTS_AT_ONCE, ...rest } = options;
  checkReadOptions(options);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const pending: Pending[] = [];
  const isList = typeof keys === "object" && keys !== null;
  if (!isList) throw new TypeError(`Cannot get each of a ${typeof keys}: a list of keys is needed`);
  const source = Symbol.asyncIterator in keys ? keys[Symbol.asyncIterator]() : keys[Symbol.iterator]();
  let exhausted = false;
  let isWaiting = false;
  try {
    while (true) {
      while (!exhausted && pending.length < concurrency) {
        const next = source.next();
        isWaiting = true;
        const { done, value } = "then" in next ? await unlessAborted(next, signal) : next;
        isWaiting = false;
        if (done) exhausted = true;
        else pending.push(start(store, value, { ...rest, signal }, pending.length === 0));
      }
      const head = pending[0];
      if (!head) return;
      head.becomeHead();
      const { lease, ...result } = await head.result;
      pending.shift();
      try {
        options.signal?.throwIfAborted();
        yield result;
      } finally {
        lease?.release();
      }
    }
  } finally {
    stop.abort(new DOMException("The reads were given up", "AbortError"));
    for (const { becomeHead, result } of pending) {
      becomeHead();
      (await result).lease?.release();
    }
    const ending = Promise.resolve(source.return?.());
    // It may not end before the key that nobody waits for is there.
    if (isWaiting) ending.catch(() => {});
    else await ending;
  }
}

/** Leave to hold the bytes of an object. */
interface Admission {
  /** Immediately, or not at all. */
  readonly tryAdmit: (size: number) => BudgetLease | undefined;
  /** When there is room, or when the object's turn has come. */
  readonly admit: (read: ObjectRead) => Promise<BudgetLease>;
}

function start(store: ObjectStore, key: string, options: ReadOptions, isHead: boolean): Pending {
  let becomeHead = (): void => {
    isHead = true;
  };
  const { budget } = store.context;
  const tryAdmit = (size: number) => isHead ? budget.overdraw(size) : budget.tryAcquire(size);
  const admit = async (read: ObjectRead): Promise<BudgetLease> => {
    const size = read.range.length;
    const lease = tryAdmit(size);
    if (lease) return lease;
    read.releasePermit();
    const promoted = new AbortController();
    becomeHead = () => promoted.abort();
    const signal = options.signal ? AbortSignal.any([promoted.signal, options.signal]) : promoted.signal;
    return await budget.acquire(size, signal).catch(() => budget.overdraw(size));
  };
  return { result: readOne(store, key, options, { tryAdmit, admit }), becomeHead: () => becomeHead() };
}

async function readOne(
  store: ObjectStore,
  key: string,
  options: ReadOptions,
  { tryAdmit, admit }: Admission,
): Promise<GetManyResult & { lease?: BudgetLease }> {
  let lease: BudgetLease | undefined;
  let read: ObjectRead | undefined;
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  const allocate = (length: number) => (lease = tryAdmit(length)) && (bytes = new Uint8Array(length));
  try {
    const ready = readNow(store, key, options, allocate);
    if (ready && bytes && lease) return { key, info: ready.info, bytes, lease };
    lease?.release();
    lease = undefined;
    read = await ObjectRead.open(store, key, options);
    lease = await admit(read);
    bytes = allocateBytes(read.range.length, objectUri(store.uri, key));
    await fetchChunks(store, read, bytes, options);
    const { info } = await read.finish();
    return { key, info, bytes, lease };
  } catch (error) {
    lease?.release();
    await read?.close(error);
    return { key, error };
  }
}
