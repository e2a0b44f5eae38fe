import { createStoreContext } from "@lade/core/backend";
import type { LoaderOptions } from "../config/loader_options.ts";
import { resolveConfig } from "../config/resolve_config.ts";
import type { StreamDataset } from "../datasets/dataset.ts";
import { streamOrder } from "../order/stream_order.ts";
import { SampleMemory } from "../pool/sample_memory.ts";
import { LANE_START, type LaneState } from "../state/lane_state.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { checkStreamState } from "./check_stream_state.ts";
import { LoopLoader } from "./loop_loader.ts";
import { StreamLane } from "./stream_lane.ts";
import { type StreamBatch, StreamRun } from "./stream_run.ts";

/** Goes through samples that can only be gone through: lane by lane in turn, each lane of one rank. */
export class StreamLoader<T, U, B> extends LoopLoader<T, U, B, StreamBatch<U>> {
  readonly #dataset: StreamDataset<T>;
  readonly #samples: SampleMemory;
  #epoch: number;
  /** Where this epoch was begun, or gone on with; and where it is. */
  #from: number;
  #position: number;
  /** Where the lanes are, those of other ranks `null`; absent where all are at their beginning. */
  #lanes: readonly (LaneState | null)[] | undefined;

  /** Checks options and state; reads nothing. */
  constructor(dataset: StreamDataset<T>, options: LoaderOptions<T, U, B>) {
    const context = options.context ?? dataset.context ?? createStoreContext();
    const config = resolveConfig(options, {
      dataset: { uri: dataset.uri },
      stream: dataset,
      budget: context.budget.capacity,
      processors: navigator.hardwareConcurrency,
    });
    super({ dataset, options, context, config });
    this.#dataset = dataset;
    const { loader, pool } = config;
    this.#samples = new SampleMemory(context.budget, pool.maxBytes);
    const { state } = options;
    const { seed, order, world } = loader;
    if (state !== undefined) checkStreamState(state, { dataset, seed, order, world });
    this.#epoch = state?.epoch ?? 0;
    this.#from = this.#position = state?.position ?? 0;
    this.#lanes = state?.lanes;
    if (state && this.#stepsLeft() === 0) this.turn();
  }

  get epoch(): number {
    return this.#epoch;
  }

  get stepsPerEpoch(): number {
    return this.config.loader.steps ?? NaN;
  }

  state(): LoaderState {
    const { seed, order, world } = this.config.loader;
    return {
      version: 1,
      seed,
      epoch: this.#epoch,
      position: this.#position,
      total: 0,
      fingerprint: this.#dataset.fingerprint,
      order,
      ...(this.#lanes && { lanes: this.#lanes }),
      of: { ...world, from: this.#from },
    };
  }

  protected go(epoch: number, step: number): void {
    if (step !== 0) {
      throw new RangeError(`Cannot seek step ${step} of a stream: it begins at 0, or goes on with a state`);
    }
    this.#epoch = epoch;
    this.#begin();
  }

  protected pass({ loaded, lanes }: StreamBatch<U>): void {
    const { world, globalBatchSize } = this.config.loader;
    this.#lanes = lanes;
    // Which of several ranks have how many is not known: what counts is the places of the steps.
    this.#position += world.size === 1 ? loaded.samples.length : globalBatchSize;
  }

  protected turn(): void {
    this.#epoch++;
    this.#begin();
  }

  protected begin(stop: AbortController, signal: AbortSignal): StreamRun<T, U> {
    const { loader, pool } = this.config;
    const { batchSize, order: { lanes = 1, window }, world, seed, steps, remainder } = loader;
    const { clock, budget } = this.context;
    const { transform, lotOf } = this.work;
    const order = streamOrder(this.#dataset.parts, seed, this.#epoch, {
      lanes,
      ...(window !== undefined && { window }),
    });
    const own = Array.from({ length: lanes }, (_, lane) => lane % world.size === world.rank);
    const ground = {
      dataset: this.#dataset,
      order,
      memory: this.#samples,
      // The other half is of batches that are read ahead.
      share: pool.maxBytes / (2 * own.filter((isOwn) => isOwn).length),
      capacity: budget.capacity,
      signal,
      clock,
      stats: this.counter,
    };
    return new StreamRun({
      stop,
      dataset: this.#dataset,
      epoch: this.#epoch,
      batchSize,
      steps: this.#stepsLeft(),
      isExact: world.size > 1 && steps !== undefined,
      drops: remainder === "drop",
      isNeeded: this.#position === 0 && !loader.allowEmpty,
      lanes: own.map((isOwn, lane) =>
        isOwn ? new StreamLane(lane, this.#lanes?.[lane] ?? LANE_START, ground) : null
      ),
      memory: this.#samples,
      slots: this.slots,
      transforming: { seed, signal, transform, lotOf },
    });
  }

  #begin(): void {
    this.#from = this.#position = 0;
    this.#lanes = undefined;
  }

  #stepsLeft(): number {
    const { steps, globalBatchSize } = this.config.loader;
    if (steps === undefined) return Infinity;
    return Math.max(0, Math.ceil((steps * globalBatchSize - this.#position) / globalBatchSize));
  }
}
