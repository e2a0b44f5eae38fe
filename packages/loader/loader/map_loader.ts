import { createStoreContext } from "@lade/core/backend";
import type { LoaderOptions } from "../config/loader_options.ts";
import { resolveConfig } from "../config/resolve_config.ts";
import type { MapDataset } from "../datasets/dataset.ts";
import { samplerOf } from "../order/sampler_of.ts";
import { Steps } from "../order/shares.ts";
import { type WeightTable, weightTable } from "../order/weighted.ts";
import { ReadTurns } from "../readers/read_turns.ts";
import { mayHaveReader } from "../readers/may_have_reader.ts";
import { type LoaderState, restOf } from "../state/loader_state.ts";
import type { Rest } from "../state/rest.ts";
import { checkState } from "./check_state.ts";
import { EpochRun } from "./epoch_run.ts";
import { noSamples } from "./no_samples.ts";
import { openGroups } from "./open_groups.ts";
import { type LoadedBatch, LoopLoader } from "./loop_loader.ts";
import { openBlocks } from "./open_blocks.ts";
import { wantedDataset } from "./wanted_dataset.ts";

/** Goes through samples that can be had by number: each position of an epoch's order is of one step and one rank. */
export class MapLoader<T, U, B> extends LoopLoader<T, U, B, LoadedBatch<U>> {
  readonly #dataset: MapDataset<T>;
  /** What samples are drawn by, the same in all epochs. */
  readonly #weights: WeightTable | undefined;
  #epoch: number;
  /** What was left of the epoch when it was begun, or gone on with. */
  #rest: Rest;
  /** How it is cut into steps. */
  #steps: Steps;

  /** Checks options and state; reads nothing. */
  constructor(dataset: MapDataset<T>, options: LoaderOptions<T, U, B>) {
    const context = options.context ?? dataset.context ?? createStoreContext();
    const weights = options.weights && tableOf(options.weights, dataset.length);
    const config = resolveConfig(options, {
      dataset,
      weights,
      budget: context.budget.capacity,
      processors: navigator.hardwareConcurrency,
    });
    if (dataset.length === 0 && !config.loader.allowEmpty) throw noSamples(dataset);
    super({ dataset, options, context, config });
    this.#dataset = dataset;
    this.#weights = weights;
    const { loader } = config;
    const { state } = options;
    const { parts } = dataset;
    if (state !== undefined) checkState(state, { dataset, parts, seed: loader.seed, order: loader.order });
    this.#epoch = state?.epoch ?? 0;
    this.#rest = restOf(state ?? { position: 0, total: loader.order.length });
    this.#steps = this.#cut(this.#rest.length);
    if (state && this.#steps.count === 0) this.turn();
  }

  get epoch(): number {
    return this.#epoch;
  }

  get stepsPerEpoch(): number {
    return this.#cut(this.config.loader.order.length).count;
  }

  state(): LoaderState {
    const { loader } = this.config;
    const { position: from, total } = this.#rest;
    const position = this.step === 0 ? from : this.#rest.at(this.#steps.endOf(this.step - 1));
    const taken = textOf(this.#rest.takenFrom(position));
    const began = textOf(this.#rest.takenFrom(from));
    const fingerprints = this.#dataset.parts?.flatMap(({ fingerprint }) => fingerprint ?? []);
    return {
      version: 1,
      seed: loader.seed,
      epoch: this.#epoch,
      position,
      total,
      fingerprint: this.#dataset.fingerprint,
      ...(fingerprints && { fingerprints }),
      order: loader.order,
      ...(taken !== undefined && { taken }),
      of: { ...loader.world, from, ...(began !== undefined && { taken: began }) },
    };
  }

  protected go(epoch: number, step: number): void {
    const { length } = this.config.loader.order;
    const steps = this.#cut(length);
    if (!(Number.isSafeInteger(step) && step >= 0 && step <= steps.count)) {
      throw new RangeError(`Cannot seek step ${step}: an epoch has ${steps.count}`);
    }
    this.#epoch = epoch;
    this.#rest = restOf({ position: step === 0 ? 0 : steps.endOf(step - 1), total: length });
    this.#steps = this.#cut(this.#rest.length);
  }

  protected pass(): void {}

  protected turn(): void {
    this.#epoch++;
    this.#rest = restOf({ position: 0, total: this.config.loader.order.length });
    this.#steps = this.#cut(this.#rest.length);
  }

  protected begin(stop: AbortController, signal: AbortSignal): EpochRun<T, U> {
    const { loader, pool, engine } = this.config;
    const { clock } = this.context;
    const { transform, lotOf, isTransformedApart } = this.work;
    const reading = { engine, clock, stats: this.counter, signal };
    const dataset = wantedDataset(this.#dataset, reading);
    return new EpochRun({
      stop,
      ground: {
        ...reading,
        dataset,
        seed: loader.seed,
        repeats: loader.order.kind === "mixed" || loader.order.kind === "weighted",
        memory: this.memory,
        blocks: openBlocks({ dataset, level: loader, memory: this.memory, reading }),
        groups: openGroups(dataset, this.config, this.context.budget, reading),
        slots: this.slots,
        turns: new ReadTurns(this.reader, signal),
        reader: mayHaveReader(pool) ? this.reader : undefined,
        stepsLeft: () => this.#steps.count - this.step,
        transform,
        lotOf,
        isTransformedApart,
      },
      epoch: this.#epoch,
      sampler: samplerOf(loader.order, { seed: loader.seed, epoch: this.#epoch, weights: this.#weights }),
      rest: this.#rest,
      steps: this.#steps,
      from: this.step,
    });
  }

  #cut(length: number): Steps {
    const { globalBatchSize, world, remainder } = this.config.loader;
    return new Steps(length, { globalBatch: globalBatchSize, world, remainder });
  }
}

function tableOf(weights: NonNullable<LoaderOptions<unknown>["weights"]>, length: number): WeightTable {
  return weightTable(
    typeof weights === "function" ? Float64Array.from({ length }, (_, i) => weights(i)) : weights,
  );
}

function textOf(bits: Uint8Array): string | undefined {
  return bits.length === 0 ? undefined : bits.toBase64();
}
