import type { SampleFailure } from "../config/sample_failure.ts";
import type { StreamDataset } from "../datasets/dataset.ts";
import type { BatchBuffer } from "../pool/batch_memory.ts";
import type { SampleMemory } from "../pool/sample_memory.ts";
import type { Slots } from "../pool/slots.ts";
import type { LoadedSamples } from "./batch_load.ts";
import { settled } from "./settled.ts";
import type { LaneItem } from "./stream_lane.ts";
import type { LotSetup, WorkerLot } from "../workers/worker_lot.ts";
import { contextOf, keyOf, type TransformGround, transformSample } from "./transform_sample.ts";

/** What samples of streams are taken with. */
export interface TakenGround<T, U> {
  readonly epoch: number;
  /** Samples of a batch, at most. */
  readonly batchSize: number;
  readonly memory: SampleMemory;
  readonly slots: Slots;
  readonly transforming: TransformGround<T, U>;
}

/** Of which stream a sample is, and where it comes. */
export interface TakenFrom<T> {
  readonly dataset: StreamDataset<T>;
  /** Its position in the epoch's order. */
  readonly position: number;
  /** The name of the data set, in a mixture: it may come again in the epoch. */
  readonly name?: string;
}

/** Samples that a batch took of lanes: each is transformed while the next ones are waited for. */
export class TakenSamples<T, U> {
  readonly #ground: TakenGround<T, U>;
  readonly #samples: (U | undefined)[] = [];
  readonly #failures: (SampleFailure | undefined)[] = [];
  readonly #work: Promise<void>[] = [];
  /** Memory of samples that came from workers. */
  readonly #adopted: BatchBuffer[] = [];
  readonly #sizes: number[] = [];
  /** Those that workers transform. */
  #lot: WorkerLot<T, U> | undefined;
  /** Says of each of them that it failed. */
  readonly #fails: ((cause: unknown) => void)[] = [];

  /** None yet. */
  constructor(ground: TakenGround<T, U>) {
    this.#ground = ground;
  }

  /** How many there are. */
  get length(): number {
    return this.#samples.length;
  }

  /** Takes a sample, and its memory, and begins to transform it. */
  add({ part, record, bytes, made }: LaneItem<T>, { dataset, position, name }: TakenFrom<T>): void {
    const { epoch, slots, transforming } = this.#ground;
    const samples = this.#samples, failures = this.#failures;
    const place = samples.length;
    // No other sample of the data set has this number.
    const index = record * dataset.parts + part;
    const fail = (cause: unknown, rest = false) => {
      const where = {
        ...(dataset.locate?.(part, record) ?? { uri: dataset.uri, record }),
        ...(name !== undefined && { dataset: name }),
      };
      failures[place] = { ...where, index, position, epoch, cause, ...(rest && { rest }) };
    };
    this.#sizes.push(bytes);
    samples.push(undefined);
    failures.push(undefined);
    if ("cause" in made) return fail(made.cause, made.rest);
    const numbered = { epoch, index, draw: name === undefined ? undefined : position };
    const { signal, seed, transform, lotOf } = transforming;
    if (lotOf) {
      const lot = this.#lot ??= this.#lotBy(lotOf);
      this.#fails[place] = fail;
      return lot.add({ place, sample: made.sample, index, key: keyOf(seed, numbered) });
    }
    if (!transform) {
      // Without a transformation samples are of one type.
      samples[place] = made.sample as unknown as U;
      return;
    }
    const transformed = slots.run(async () => {
      try {
        samples[place] = await transformSample(
          transforming,
          made.sample,
          contextOf(transforming, numbered),
          { adopt: (made) => void this.#adopted.push(made) },
        );
      } catch (error) {
        signal.throwIfAborted();
        fail(error);
      }
    }, signal);
    // It is waited for once all samples are taken, and may have failed by then.
    transformed.catch(() => {});
    this.#work.push(transformed);
  }

  /** All of them, once they are transformed. Their memory is given back where that fails. */
  async finish(): Promise<LoadedSamples<U>> {
    try {
      await settled(this.#work);
      await this.#lot?.settled();
    } catch (error) {
      await this.drop();
      throw error;
    }
    const { memory } = this.#ground;
    let isHeld = true;
    const give = () => {
      if (isHeld) memory.free(this.#bytes);
      isHeld = false;
    };
    // The samples' memory is their own: it is counted as the batch's as long as that lives.
    const buffer = { bytes: new Uint8Array(0), release: give, keep: give };
    const sizeOf = (place: number) => this.#sizes[place] ?? 0;
    return { samples: this.#samples, failures: this.#failures, buffer, adopted: this.#adopted, sizeOf };
  }

  /** Gives back their memory, once nothing works on them any more. */
  async drop(): Promise<void> {
    this.#lot?.drop();
    await Promise.allSettled(this.#work);
    this.#ground.memory.free(this.#bytes);
    this.#sizes.length = 0;
    for (const made of this.#adopted) made.release();
  }

  #lotBy(lotOf: (setup: LotSetup<U>) => WorkerLot<T, U>): WorkerLot<T, U> {
    const { epoch, batchSize, transforming: { signal } } = this.#ground;
    return lotOf({
      size: batchSize,
      epoch,
      signal,
      adopt: (memory) => void this.#adopted.push(memory),
      done: (place, made) => void (this.#samples[place] = made),
      failed: (place, error) => this.#fails[place]?.(error),
    });
  }

  get #bytes(): number {
    return this.#sizes.reduce((sum, size) => sum + size, 0);
  }
}
