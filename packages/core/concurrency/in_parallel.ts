import { unlessAborted } from "./unless_aborted.ts";

/**
 * How many pieces of work may run at a time: a number, or a function that says so before each piece is taken, given how
 * many run. One always may.
 */
export type Width = number | ((running: number) => number) | ChangingWidth;

/** A width that may become larger while nothing ends. */
export interface ChangingWidth {
  /** How many may run, given how many do. */
  readonly most: (running: number) => number;
  /** Calls `listener` when more may run than before, until the function that it gives is called. */
  readonly onRise: (listener: () => void) => () => void;
}

/**
 * Works on items as they come, up to `width` at a time. An item is taken only when there is room for it.
 *
 * The first failure, of a piece of work or of the items, takes no further item, aborts the signal that `work` was given,
 * and is thrown once nothing runs any more. An abort of `signal` does the same, with its reason. Items that see no abort are
 * given up a second after it.
 */
export async function inParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  width: Width,
  work: (item: T, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const results = parallelResults(items, width, work, signal);
  while (!(await results.next()).done);
}

/**
 * {@linkcode inParallel}, with the results of the work, in the order in which it ends; what was done is yielded also where
 * the rest fails. While the reader does not ask for the next result, no further item is taken. Leaving the iteration early
 * aborts the work and waits for it.
 */
export async function* parallelResults<T, Result>(
  items: Iterable<T> | AsyncIterable<T>,
  width: Width,
  work: (item: T, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<Result, void, void> {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const { most, onRise = undefined } = typeof width === "number"
    ? { most: () => width }
    : typeof width === "function"
    ? { most: width }
    : width;
  const finished: Result[] = [];
  let running = 0;
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};
  const nextEnd = () => new Promise<void>((resolve) => wake = resolve);
  const forget = onRise?.(() => wake());
  const fail = (error: unknown) => {
    failure ??= { error: signal?.aborted ? signal.reason : error };
    stop.abort(failure.error);
  };
  const run = async (item: T) => {
    running++;
    try {
      finished.push(await work(item, either));
    } catch (error) {
      fail(error);
    }
    running--;
    wake();
  };
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let isExhausted = false;
  let isGivenUp = false;
  try {
    while (!either.aborted) {
      if (running >= most(running) && running > 0) await nextEnd();
      else {
        let item: IteratorResult<T> | undefined;
        try {
          const next = source.next();
          item = "then" in next ? await unlessAborted(next, either) : next;
        } catch (error) {
          isGivenUp = either.aborted;
          fail(error);
        }
        isExhausted = item?.done ?? true;
        if (!item || item.done) break;
        if (!either.aborted) void run(item.value);
      }
      for (const result of finished.splice(0)) yield result;
    }
    while (running > 0 || finished.length > 0) {
      for (const result of finished.splice(0)) yield result;
      if (running > 0 && finished.length === 0) await nextEnd();
    }
  } finally {
    if (running > 0) stop.abort(new DOMException("The rest was given up", "AbortError"));
    while (running > 0) await nextEnd();
    forget?.();
    if (!isExhausted) await source.return?.();
    // It may not end before the item that nobody waits for is there.
    else if (isGivenUp) void Promise.resolve(source.return?.()).catch(() => {});
  }
  if (failure) throw failure.error;
  signal?.throwIfAborted();
}
