import { type CallGround, callWorker } from "./call_worker.ts";
import type { OwnValue } from "./module_values.ts";
import type { Made, SampleWorker } from "./sample_worker.ts";
import type { PoolWork } from "./worker_pool.ts";

/** What a collation is made with. */
export interface CollateSetup extends CallGround {
  /** Packs the samples of a batch, in copies: they stay here, for another worker where the first one is lost. */
  readonly pack: () => OwnValue;
  readonly signal: AbortSignal;
  /** Whether it has its worker alone, so that nothing else ends with that. */
  readonly isAlone: boolean;
}

/** The samples of a batch, which a worker puts together. */
export class CollateCall implements PoolWork {
  readonly size = 1;
  readonly isAlone: boolean;
  readonly #setup: CollateSetup;
  readonly #answer = Promise.withResolvers<Made>();
  #left = 1;

  /** Sends nothing yet. */
  constructor(setup: CollateSetup) {
    this.#setup = setup;
    this.isAlone = setup.isAlone;
  }

  get left(): number {
    return this.#left;
  }

  /** What was made; rejects at once when it is not wanted any more. */
  async made(): Promise<Made> {
    const { signal } = this.#setup;
    const onAbort = () => this.#answer.reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    try {
      return await this.#answer.promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async send(worker: SampleWorker): Promise<void> {
    const { pack, signal } = this.#setup;
    this.#left = 0;
    const { resolve, reject } = this.#answer;
    if (signal.aborted) return;
    const onMade = (made: Made) => {
      if (made.failed.has(0)) reject(made.failed.get(0));
      else resolve(made);
    };
    try {
      const { value, ...memory } = pack();
      const call = { type: "collate", samples: value } as const;
      await callWorker(worker, { call, memory, signal, onMade }, this.#setup);
    } catch (error) {
      reject(error);
    }
  }

  giveUp(reason: unknown): void {
    this.#answer.reject(reason);
  }
}
