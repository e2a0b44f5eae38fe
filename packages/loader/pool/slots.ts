/** How many requests a store may have in flight now; an `AdaptiveLimit` is one. */
export interface RequestLimit {
  readonly current: number;
}

/** What is read of one store, or of all that has no limit. */
interface Queue {
  readonly limit: RequestLimit | undefined;
  running: number;
  readonly waiting: (() => void)[];
  /** How many of `waiting` run already: each is not taken off by itself, which moves all that are behind it. */
  begun: number;
}

/**
 * What is begun for each request that may be in flight, and besides. A limit that doubles finds as many as it wants; what
 * more is begun waits there, with all that belongs to a read.
 */
const FOR_EACH_REQUEST = 4;
const BESIDES = 8;

/** Lets a number of things run at a time, the others in the order they came. */
export class Slots {
  readonly #count: number;
  readonly #queues: Queue[] = [];
  #running = 0;

  /** As many as `count` run at a time. */
  constructor(count: number) {
    this.#count = count;
  }

  /** Whether something waits, so that nothing would be done sooner if there were more to do. */
  get areWaitedFor(): boolean {
    return this.#queues.some(({ waiting, begun }) => waiting.length > begun);
  }

  /**
   * Runs `work` when there is a slot, of those with one `limit` no more than its requests need; not at all once `signal` is
   * aborted.
   */
  run<T>(work: () => Promise<T>, signal: AbortSignal, limit?: RequestLimit): Promise<T> {
    const queue = this.#queueOf(limit);
    if (this.#mayRun(queue)) return this.#start(queue, work, signal);
    return new Promise((resolve) => queue.waiting.push(() => resolve(this.#start(queue, work, signal))));
  }

  async #start<T>(queue: Queue, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    this.#running++;
    queue.running++;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this.#running--;
      queue.running--;
      this.#startWaiting(queue);
    }
  }

  /** Starts what may run, first of the other queues, so that none of them waits for all of another. */
  #startWaiting(last: Queue): void {
    for (const queue of this.#queues) if (queue !== last) this.#startOf(queue);
    this.#startOf(last);
  }

  #startOf(queue: Queue): void {
    const { waiting } = queue;
    while (waiting.length > queue.begun && this.#mayRun(queue)) {
      const start = waiting[queue.begun++];
      if (queue.begun * 2 >= waiting.length) {
        waiting.splice(0, queue.begun);
        queue.begun = 0;
      }
      start?.();
    }
  }

  #mayRun({ limit, running }: Queue): boolean {
    return this.#running < this.#count && (!limit || running < FOR_EACH_REQUEST * limit.current + BESIDES);
  }

  #queueOf(limit: RequestLimit | undefined): Queue {
    let queue = this.#queues.find((queue) => queue.limit === limit);
    if (!queue) this.#queues.push(queue = { limit, running: 0, waiting: [], begun: 0 });
    return queue;
  }
}
