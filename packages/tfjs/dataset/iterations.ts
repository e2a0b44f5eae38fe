import type { Batch, DataLoader } from "@lade/loader";
import type { TensorContainer } from "@tensorflow/tfjs-core";
import { type Convert, makeTensors } from "../tensors/make_tensors.ts";
import type { TensorFlow } from "../tensors/tensor_flow.ts";
import type { TensorsOf } from "../tensors/tensors_of.ts";

/** Makes what an iteration yields of the tensors of a batch, such as `{ xs, ys }`; those that it does not use are disposed of. */
export type MapTensors<B, T> = (tensors: TensorsOf<B>, batch: Batch<B>) => T;

/** How batches become what is yielded. */
export interface Making<B, T> {
  readonly tf: TensorFlow;
  readonly convert: Convert | undefined;
  readonly map: MapTensors<B, T> | undefined;
}

/** The iterations over a loader, of which the latest one goes through it: asking it for its first batch ends the one before. */
export class Iterations<B, T extends TensorContainer> {
  readonly #loader: DataLoader<B>;
  readonly #making: Making<B, T>;
  #latest: AsyncGenerator<T, undefined, undefined> | undefined;
  #isDisposed = false;

  constructor(loader: DataLoader<B>, making: Making<B, T>) {
    this.#loader = loader;
    this.#making = making;
  }

  /** An iteration, which begins when its first batch is asked for. Calls of `next` may overlap. */
  begin(): AsyncIterator<T, undefined> {
    let batches: AsyncGenerator<T, undefined, undefined> | undefined;
    let isOver = false;
    return {
      next: async () => {
        if (isOver) return { done: true, value: undefined };
        if (!batches) this.#latest = batches = this.#batches(this.#latest);
        else if (this.#isDisposed) throw new TypeError("Cannot go on: the data set is disposed");
        else if (batches !== this.#latest) {
          throw new TypeError("Cannot go on: another iteration over the same loader has begun since");
        }
        const result = await batches.next();
        isOver ||= result.done === true;
        return result;
      },
    };
  }

  /** Ends the loader, and the iteration that goes through it. */
  async end(): Promise<void> {
    this.#isDisposed = true;
    await this.#loader[Symbol.asyncDispose]();
    await this.#latest?.return(undefined);
  }

  async *#batches(
    before: AsyncGenerator<T, undefined, undefined> | undefined,
  ): AsyncGenerator<T, undefined, undefined> {
    await before?.return(undefined);
    const { epochs } = this.#loader.config.loader;
    const isOver = this.#loader.epoch >= epochs;
    let isEmpty = true;
    for await (const batch of this.#loader) {
      if (batch.size === 0) continue;
      isEmpty = false;
      yield this.#make(batch);
    }
    if (!isEmpty) return;
    const over = `its epochs (${epochs}) are over; give it more of them, or begin again with seek()`;
    throw new TypeError(`Cannot go through the loader: ${isOver ? over : "the epoch has no samples"}`);
  }

  #make(batch: Batch<B>): T {
    const { tf, convert, map } = this.#making;
    const make = () => makeTensors(tf, batch, convert) as TensorsOf<B>;
    return map ? tf.tidy(() => map(make(), batch)) : make() as unknown as T;
  }
}
