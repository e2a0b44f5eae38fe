/** Bytes that are read ahead, and loads that are under way, at most. */
const BYTES = 32 * 2 ** 20;
const LOADS = 8;

/**
 * Yields what items load to, in their order, while the next ones are loaded, up to 8 and 32 MiB together. Leaving the
 * iteration ends what is under way.
 */
export async function* readAhead<T, R>(
  items: Iterable<T>,
  bytesOf: (item: T) => number,
  load: (item: T, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<R, void, undefined> {
  const leaving = new AbortController();
  const both = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  const queue: { readonly loaded: Promise<R>; readonly bytes: number }[] = [];
  let bytes = 0;
  const source = items[Symbol.iterator]();
  let next = source.next();
  try {
    for (;;) {
      while (!next.done && queue.length < LOADS && (queue.length === 0 || bytes < BYTES)) {
        const entry = { loaded: load(next.value, both), bytes: bytesOf(next.value) };
        entry.loaded.catch(() => {});
        queue.push(entry);
        bytes += entry.bytes;
        next = source.next();
      }
      signal?.throwIfAborted();
      const head = queue.shift();
      if (!head) return;
      bytes -= head.bytes;
      yield await head.loaded;
    }
  } finally {
    leaving.abort(new DOMException("the rest is not wanted", "AbortError"));
    await Promise.allSettled(queue.map(({ loaded }) => loaded));
  }
}
