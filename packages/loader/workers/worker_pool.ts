import type { Clock } from "@lade/core/backend";
import type { StatsCounter } from "../stats/loader_stats.ts";
import { SampleWorker, type WorkerModules } from "./sample_worker.ts";

/** Work for workers, which is given to them piece by piece: samples of a batch, or a batch. */
export interface PoolWork {
  /** All its pieces, and those that are not given yet. */
  readonly size: number;
  readonly left: number;
  /** Whether a piece has its worker alone, so that nothing else ends with that. */
  readonly isAlone: boolean;
  /** Sends the next pieces, at most so many and at least one, and settles once they are answered. Failures are its own. */
  send(worker: SampleWorker, most: number): Promise<void>;
  /** Gives up what is left. */
  giveUp(reason: unknown): void;
}

/** What a pool is made with. */
export interface WorkerPoolSetup {
  /** Workers at most. */
  readonly workers: number;
  readonly modules: WorkerModules;
  readonly clock: Clock;
  readonly stats: StatsCounter;
}

/** Calls that a worker has at a time: what it works at, and what it takes up next without waiting for this thread. */
const QUEUE = 2;
/**
 * How long a worker is to work at a call, and the most samples of one: what takes microseconds goes there many at a time, as
 * a call takes some fifty of them, and what takes longer than this by itself.
 */
const CALL_MS = 1;
const MOST_OF_CALL = 256;
/** How long workers stay without a loop: they keep the process from ending. */
const IDLE_MS = 1000;

/** Starts workers when there is work that no other one is free for, and gives each a bounded number of calls. */
export class WorkerPool {
  readonly #setup: WorkerPoolSetup;
  /** How many calls each has. */
  readonly #loads = new Map<SampleWorker, number>();
  /** Work of which something is left. */
  #waiting: PoolWork[] = [];
  #isGiving = false;
  /** How long a sample takes, about: at most what it took the last time, and at least half of what it was held for. */
  #sampleMs = CALL_MS;
  #idle: AbortController | undefined;
  #ready: Promise<void> | undefined;
  #ending: Promise<void> | undefined;

  /** Starts nothing yet. */
  constructor(setup: WorkerPoolSetup) {
    this.#setup = setup;
  }

  /** Workers that there are. */
  get size(): number {
    return this.#loads.size;
  }

  /** Settles once a worker has loaded its modules; a `TypeError` where it cannot. */
  ready(): Promise<void> {
    this.#idle?.abort();
    const [worker = this.#start()] = this.#loads.keys();
    return this.#ready ??= worker.ready;
  }

  /** Has work done, once what is begun at the same moment is known. */
  add(work: PoolWork): void {
    this.#waiting.push(work);
    if (this.#isGiving) return;
    this.#isGiving = true;
    queueMicrotask(() => {
      this.#isGiving = false;
      this.#give();
    });
  }

  /** Has no more of some work done. */
  remove(work: PoolWork): void {
    this.#waiting = this.#waiting.filter((other) => other !== work);
  }

  /** Lets workers wait for the next loop, for a while. */
  rest(): void {
    const { clock } = this.#setup;
    this.#idle?.abort();
    if (this.size === 0) return;
    const { signal } = this.#idle = new AbortController();
    clock.sleep(IDLE_MS, signal).then(
      () => this.end(new DOMException("Workers were idle", "AbortError")),
      () => {},
    );
  }

  /** Ends all workers; what they were asked fails with `reason`. */
  async end(reason: unknown): Promise<void> {
    this.#idle?.abort();
    for (const work of this.#waiting.splice(0)) work.giveUp(reason);
    const workers = [...this.#loads.keys()];
    this.#loads.clear();
    this.#ready = undefined;
    const before = this.#ending;
    this.#ending = Promise.all([before, ...workers.map((worker) => worker.end(reason, this.#setup.clock))])
      .then(() => {});
    await this.#ending;
  }

  #give(): void {
    while (true) {
      const [next] = this.#waiting;
      if (!next) return;
      const worker = this.#pick(next.isAlone);
      if (!worker) return;
      void this.#send(next, worker);
      // It may have been removed meanwhile.
      if (next.left === 0) this.remove(next);
    }
  }

  /** The one with least to do, or a new one, if that can take a job. */
  #pick(isAlone: boolean): SampleWorker | undefined {
    this.#forgetGone();
    const [least] = [...this.#loads].toSorted(([, a], [, b]) => a - b);
    const [worker, load] = least ?? [undefined, Infinity];
    if (load > 0 && this.#loads.size < this.#setup.workers) return this.#start();
    return load < (isAlone ? 1 : QUEUE) ? worker : undefined;
  }

  #forgetGone(): void {
    for (const worker of this.#loads.keys()) {
      if (!worker.isGone) continue;
      this.#loads.delete(worker);
      this.#setup.stats.workersLost++;
    }
  }

  #start(): SampleWorker {
    const { modules, stats } = this.#setup;
    const worker = new SampleWorker(modules, (type, ms, done) => {
      if (type === "collate") return void (stats.collateMs += ms);
      stats.transformMs += ms;
      this.#sampleMs = Math.max(ms / done, this.#sampleMs / 2);
    });
    this.#loads.set(worker, 0);
    if (modules.transform) stats.transformers = Math.max(stats.transformers, this.size);
    if (modules.collate) stats.collators = Math.max(stats.collators, this.size);
    return worker;
  }

  async #send(work: PoolWork, worker: SampleWorker): Promise<void> {
    const weight = work.isAlone ? QUEUE : 1;
    const add = (weight: number) => {
      const load = this.#loads.get(worker);
      if (load !== undefined) this.#loads.set(worker, load + weight);
    };
    add(weight);
    const most = Math.min(
      Math.floor(CALL_MS / this.#sampleMs),
      // Each worker has its share of a batch.
      Math.ceil(work.size / this.#setup.workers),
      MOST_OF_CALL,
    );
    await work.send(worker, Math.max(1, most));
    this.#forgetGone();
    add(-weight);
    this.#give();
  }
}
