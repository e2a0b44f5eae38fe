import type { Clock } from "@lade/core/backend";
import type { BatchBuffer, BatchMemory } from "../pool/batch_memory.ts";
import type { StatsCounter } from "../stats/loader_stats.ts";
import type { PackedValue } from "./pack_value.ts";
import { type Made, SampleWorker, type WorkerModules } from "./sample_worker.ts";
import type { WorkerCall } from "./worker_messages.ts";

/** Something that a worker is to do. */
export interface PoolJob {
  /** Packs what goes there, when it goes there; in copies where it cannot be moved. */
  readonly pack: (copies: boolean) => PackedValue;
  /** Asks for it. */
  readonly callOf: (value: unknown) => WorkerCall;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Whether it has its worker alone, so that nothing else ends with that. */
  readonly isAlone: boolean;
}

/** What a pool is made with. */
export interface WorkerPoolSetup {
  /** Workers at most. */
  readonly workers: number;
  readonly modules: WorkerModules;
  readonly memory: BatchMemory;
  readonly clock: Clock;
  readonly stats: StatsCounter;
}

/** What a worker has at a time: what it works at, and what it takes up next without waiting for this thread. */
const QUEUE = 2;
/** How long workers stay without a loop: they keep the process from ending. */
const IDLE_MS = 1000;

interface Waiting {
  readonly job: PoolJob;
  readonly answer: PromiseWithResolvers<Made>;
}

/** Starts workers when there is work that no other one is free for, and gives each a bounded number of calls. */
export class WorkerPool {
  readonly #setup: WorkerPoolSetup;
  /** How many calls each has. */
  readonly #loads = new Map<SampleWorker, number>();
  readonly #waiting: Waiting[] = [];
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

  /** Has a job done by a worker. What it sends is counted in the memory of batches until it is answered. */
  async run(job: PoolJob): Promise<Made> {
    job.signal.throwIfAborted();
    const answer = Promise.withResolvers<Made>();
    const waiting = { job, answer };
    const onAbort = () => {
      const place = this.#waiting.indexOf(waiting);
      if (place >= 0) this.#waiting.splice(place, 1);
      answer.reject(job.signal.reason);
    };
    job.signal.addEventListener("abort", onAbort);
    this.#waiting.push(waiting);
    this.#give();
    try {
      return await answer.promise;
    } finally {
      job.signal.removeEventListener("abort", onAbort);
    }
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
    for (const { answer } of this.#waiting.splice(0)) answer.reject(reason);
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
      const worker = this.#pick(next.job.isAlone);
      if (!worker) return;
      this.#waiting.shift();
      // Failures are the answer's.
      void this.#do(worker, next);
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
    const worker = new SampleWorker(modules, (type, ms) => {
      if (type === "transform") stats.transformMs += ms;
      else stats.collateMs += ms;
    });
    this.#loads.set(worker, 0);
    if (modules.transform) stats.transformers = Math.max(stats.transformers, this.size);
    if (modules.collate) stats.collators = Math.max(stats.collators, this.size);
    return worker;
  }

  async #do(worker: SampleWorker, { job, answer }: Waiting): Promise<void> {
    const { memory, stats } = this.#setup;
    const weight = job.isAlone ? QUEUE : 1;
    const add = (weight: number) => {
      const load = this.#loads.get(worker);
      if (load !== undefined) this.#loads.set(worker, load + weight);
    };
    add(weight);
    let sent: BatchBuffer | undefined;
    try {
      const [{ bytes, copied }, made] = send(worker, job);
      sent = memory.adopt([], bytes);
      stats.bytesCopied += copied;
      answer.resolve(await made);
    } catch (error) {
      this.#forgetGone();
      answer.reject(error);
    } finally {
      sent?.release();
      add(-weight);
      this.#give();
    }
  }
}

/** Moves what can be moved; memory of WebAssembly cannot, which is only seen when it is tried. */
function send(worker: SampleWorker, { pack, callOf, signal }: PoolJob): [PackedValue, Promise<Made>] {
  const packed = pack(false);
  try {
    return [packed, worker.call(callOf(packed.value), packed.moved, signal)];
  } catch (error) {
    if (worker.isGone) throw error;
    const copies = pack(true);
    return [copies, worker.call(callOf(copies.value), copies.moved, signal)];
  }
}
