import type { ByteBudget } from "@lade/core";

/** How {@linkcode readAhead} reads. */
export interface ReadAheadSetup<Item, Result> {
  /** Bytes that the result takes. */
  readonly sizeOf: (item: Item) => number;
  /** Reads one. */
  readonly read: (item: Item, signal: AbortSignal) => Promise<Result>;
  /** What memory of read-ahead is taken from; without it one result is ahead at most. */
  readonly budget?: ByteBudget;
  /** Ends all. */
  readonly signal?: AbortSignal;
}

/** Results that are ahead of the one that is in use, at most, and their bytes where there are several. */
const MOST_AHEAD = 8;
const MOST_BYTES_AHEAD = 64 * 2 ** 20;

/**
 * Yields the results of items in order, and reads those that come while one is in use: up to 8 and 64 MiB of them, as far as
 * the byte budget has room, and one of any size. The one that is waited for is always read. Whatever ends the iteration ends all reads first.
 */
export async function* readAhead<Item, Result>(
  items: readonly Item[],
  { sizeOf, read, budget, signal }: ReadAheadSetup<Item, Result>,
): AsyncGenerator<Result, void, undefined> {
  const control = new AbortController();
  const abort = () => control.abort(signal?.reason);
  if (signal?.aborted) abort();
  else signal?.addEventListener("abort", abort, { once: true });
  const started: { readonly result: Promise<Result>; readonly size: number; release(): void }[] = [];
  let next = 0;
  const start = (ahead: boolean): boolean => {
    const item = items[next];
    if (item === undefined || control.signal.aborted) return false;
    const size = sizeOf(item);
    const bytesAhead = started.reduce((sum, { size }, place) => place === 0 ? 0 : sum + size, 0);
    if (started.length > 1 && bytesAhead + size > MOST_BYTES_AHEAD) return false;
    const lease = ahead ? budget?.tryAcquire(size) : budget?.overdraw(size);
    if (ahead && budget && !lease) return false;
    next++;
    const result = read(item, control.signal);
    // It is awaited in its turn, or after the end.
    result.catch(() => {});
    started.push({ result, size, release: () => lease?.release() });
    return true;
  };
  const most = budget ? MOST_AHEAD : 1;
  try {
    while (started.length > 0 || next < items.length) {
      signal?.throwIfAborted();
      if (started.length === 0) start(false);
      while (started.length <= most && start(true));
      const [head] = started;
      if (!head) break;
      const result = await head.result;
      yield result;
      started.shift();
      head.release();
    }
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener("abort", abort);
    control.abort();
    for (const { result, release } of started) {
      await result.catch(() => {});
      release();
    }
  }
}
