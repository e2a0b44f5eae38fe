/** Results that may be awaited ahead of the first that is not there yet: what is ready waits for its turn. */
const MOST_WAITING = 4096;

/**
 * Yields what items come to in their order, while up to `width` of them are worked on. One that comes to something without
 * a promise costs no turn of the event loop. Work never rejects. Leaving the iteration waits for what was begun.
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  width: () => number,
  work: (item: T) => R | Promise<R>,
): AsyncGenerator<R, void, void> {
  let waiting: { result: R | undefined; isReady: boolean }[] = [];
  let [first, running] = [0, 0];
  let wake = () => {};
  const nextEnd = () => new Promise<void>((resolve) => wake = resolve);
  const take = function* () {
    for (let head = waiting[first]; head?.isReady; head = waiting[first]) {
      first++;
      yield head.result as R;
    }
    if (first < MOST_WAITING && first < waiting.length) return;
    waiting = waiting.slice(first);
    first = 0;
  };
  try {
    for await (const item of items) {
      const done = work(item);
      if (!(done instanceof Promise)) {
        if (first === waiting.length) yield done;
        else waiting.push({ result: done, isReady: true });
      } else {
        const slot: { result: R | undefined; isReady: boolean } = { result: undefined, isReady: false };
        waiting.push(slot);
        running++;
        void done.then((result) => {
          slot.result = result;
          slot.isReady = true;
          running--;
          wake();
        });
      }
      // To pass on what there is none of costs several turns of the microtask queue, too.
      if (waiting.length > 0) yield* take();
      while (running > 0 && (running >= width() || waiting.length - first >= MOST_WAITING)) {
        await nextEnd();
        yield* take();
      }
    }
    while (running > 0) {
      await nextEnd();
      yield* take();
    }
    yield* take();
  } finally {
    while (running > 0) await nextEnd();
  }
}
