import { createStoreContext } from "@lade/core/backend";
import type { LoaderOptions } from "../config/loader_options.ts";
import { resolveConfig } from "../config/resolve_config.ts";
import { concatDatasets } from "../datasets/concat_datasets.ts";
import { isMapDataset, type StreamMixture } from "../datasets/dataset.ts";
import { lastAtMost } from "../datasets/last_at_most.ts";
import { MixtureLanes } from "../order/mixture_lanes.ts";
import { SampleMemory } from "../pool/sample_memory.ts";
import { ReadTurns } from "../readers/read_turns.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { type DrawnShape, mixtureLaneStart, type MixtureLaneState } from "../state/mixture_state.ts";
import { checkMixtureState } from "./check_mixture_state.ts";
import { LoopLoader } from "./loop_loader.ts";
import { type MixtureBatch, MixtureRun, type MixtureShare } from "./mixture_run.ts";
import { MixtureSources } from "./mixture_sources.ts";
import { openBlocks } from "./open_blocks.ts";
import { openGroups } from "./open_groups.ts";
import { wantedDataset } from "./wanted_dataset.ts";

/** How long sources stay open for the next epoch. */
const REST_MS = 1000;
const LEFT = new DOMException("The loop was left", "AbortError");

/**
 * Goes through a mixture of which some data sets can only be gone through. Its lanes have no end: an epoch is a number of
 * draws, and the next one goes on where this one ended. Each lane is of one rank, and each next draw is one of the lane that
 * drew the fewest.
 */
export class MixtureLoader<T, U, B> extends LoopLoader<T, U, B, MixtureBatch<U>> {
  readonly #mixture: StreamMixture<T>;
  readonly #options: LoaderOptions<T, U, B>;
  readonly #order: MixtureLanes;
  readonly #samples: SampleMemory;
  #epoch: number;
  /** Samples that were drawn in the epochs before. */
  #before: number;
  /** Where this epoch was begun, or gone on with; and where it is. */
  #from: number;
  #position: number;
  /** Where the lanes are, and where they were at the epoch's beginning; absent where all are at their own. */
  #lanes: readonly (MixtureLaneState | null)[] | undefined;
  #atBeginning: { readonly lanes: readonly (MixtureLaneState | null)[] | undefined } | undefined;
  /** What the lanes draw from, where it is open. */
  #sources: MixtureSources<T> | undefined;
  #resting: AbortController | undefined;

  /** Checks options and state; reads nothing. */
  constructor(mixture: StreamMixture<T>, options: LoaderOptions<T, U, B>) {
    const context = options.context ?? mixture.context ?? createStoreContext();
    const config = resolveConfig(options, {
      dataset: { uri: mixture.uri },
      mixture,
      budget: context.budget.capacity,
      processors: navigator.hardwareConcurrency,
    });
    super({ dataset: mixture, options, context, config });
    this.#mixture = mixture;
    this.#options = options;
    const { loader: { seed, order, world }, pool } = config;
    this.#order = new MixtureLanes(order, seed);
    this.#samples = new SampleMemory(context.budget, pool.maxBytes);
    const { state } = options;
    if (state !== undefined) {
      const shapes = Array.from({ length: this.#order.count }, (_, lane) => this.#shapeOf(lane));
      checkMixtureState(state, { dataset: mixture, seed, order, world, shapes });
    }
    this.#epoch = state?.epoch ?? 0;
    this.#from = this.#position = state?.position ?? 0;
    this.#before = state?.mixture?.before ?? 0;
    this.#lanes = state?.mixture?.lanes;
    if (this.#from === 0) this.#atBeginning = { lanes: this.#lanes };
    if (state && this.#stepsLeft() === 0) this.turn();
  }

  get epoch(): number {
    return this.#epoch;
  }

  get stepsPerEpoch(): number {
    return this.#stepsOf(this.config.loader.order.length);
  }

  state(): LoaderState {
    const { seed, order, world } = this.config.loader;
    return {
      version: 1,
      seed,
      epoch: this.#epoch,
      position: this.#position,
      total: order.length,
      fingerprint: this.#mixture.fingerprint,
      fingerprints: this.#mixture.members.map(({ dataset: { fingerprint } }) => fingerprint),
      order,
      ...(this.#lanes && { mixture: { before: this.#before, lanes: this.#lanes } }),
      of: { ...world, from: this.#from },
    };
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.#close();
  }

  protected go(epoch: number, step: number): void {
    if (step !== 0) {
      throw new RangeError(
        `Cannot seek step ${step} of a mixture with streams: a state goes on within an epoch`,
      );
    }
    const beginning = epoch === 0
      ? { lanes: undefined }
      : epoch === this.#epoch
      ? this.#atBeginning
      : undefined;
    if (!beginning) {
      throw new RangeError(
        `Cannot seek epoch ${epoch} of a mixture with streams: it begins where the one before ended, and a state says where`,
      );
    }
    void this.#close();
    if (epoch === 0) this.#before = 0;
    this.#epoch = epoch;
    this.#from = this.#position = 0;
    this.#lanes = beginning.lanes;
    this.#atBeginning = beginning;
  }

  protected pass({ end, lanes }: MixtureBatch<U>): void {
    this.#position = end;
    this.#lanes = lanes;
  }

  protected turn(): void {
    this.#epoch++;
    this.#before += this.#position;
    this.#from = this.#position = 0;
    this.#atBeginning = { lanes: this.#lanes };
    if (this.#epoch < this.config.loader.epochs) this.#rest();
    else void this.#close();
  }

  protected begin(stop: AbortController, signal: AbortSignal): MixtureRun<T, U> {
    const { loader, engine } = this.config;
    const { clock, budget } = this.context;
    const { transform, lotOf, isTransformedApart } = this.work;
    this.#resting?.abort();
    const sources = this.#sources ??= this.#open();
    const reading = { engine, clock, stats: this.counter, signal };
    const { members } = this.#mixture;
    const numbered = members.flatMap(({ dataset }) => isMapDataset(dataset) ? [dataset] : []);
    let next = 0;
    const starts = members.map(({ dataset }) => {
      const start = next;
      next += isMapDataset(dataset) ? dataset.length : 0;
      return start;
    });
    const { uri } = this.#mixture;
    const dataset = wantedDataset(concatDatasets(numbered, { uri }), reading);
    const ownStarts = numbered.reduce(
      (all, { length }) => [...all, (all.at(-1) ?? 0) + length],
      [0],
    );
    return new MixtureRun({
      stop,
      epoch: this.#epoch,
      members,
      sources,
      starts,
      ground: {
        ...reading,
        dataset,
        numberOf: (index) => index - (ownStarts[lastAtMost(ownStarts, index, numbered.length)] ?? 0),
        seed: loader.seed,
        repeats: true,
        memory: this.memory,
        blocks: openBlocks({ dataset, level: loader, memory: this.memory, reading }),
        groups: openGroups(dataset, this.config, budget, reading),
        slots: this.slots,
        turns: new ReadTurns(this.reader, signal),
        reader: undefined,
        stepsLeft: () => 0,
        transform,
        lotOf,
        isTransformedApart,
      },
      memory: this.#samples,
      steps: this.#stepsLeft(),
      shareOf: this.#shares(),
      onEnded: (isThrough) => {
        if (!isThrough && this.#sources === sources) this.#sources = undefined;
      },
    });
  }

  /** Opens what the lanes of this rank draw from. */
  #open(): MixtureSources<T> {
    const { world: { rank, size }, order: { parts = [] } } = this.config.loader;
    const { clock, budget } = this.context;
    const stop = new AbortController();
    const { signal: own } = this.#options;
    const states = Array.from({ length: this.#order.count }, (_, lane) => {
      if (lane % size !== rank) return null;
      return this.#lanes?.[lane] ?? mixtureLaneStart(this.#shapeOf(lane));
    });
    const lanes = parts.reduce((sum, { kind, lanes = 1 }) => sum + (kind === "stream" ? lanes : 0), 0);
    return new MixtureSources({
      members: this.#mixture.members,
      order: this.#order,
      states,
      ground: {
        memory: this.#samples,
        // The other half is of batches that are read ahead.
        share: this.config.pool.maxBytes * size / (2 * lanes),
        capacity: budget.capacity,
        clock,
        stats: this.counter,
      },
      stop,
      signal: own ? AbortSignal.any([own, stop.signal]) : stop.signal,
    });
  }

  /** What a lane draws from: its lanes of each stream. */
  #shapeOf(lane: number): DrawnShape {
    const { parts = [] } = this.config.loader.order;
    return this.#mixture.members.map(({ dataset }, part) => {
      if (isMapDataset(dataset)) return null;
      const order = this.#order.streamOrder(part, 0, dataset.parts);
      const { window = 1 } = parts[part] ?? {};
      return { parts: this.#order.lanesOf(part, lane).map((own) => order.partsOf(own)), window };
    });
  }

  /** What this rank takes in each step that is left: of all draws since the beginning those that are its own in turn. */
  #shares(): (step: number) => MixtureShare {
    const { world: { rank, size }, globalBatchSize, order: { length } } = this.config.loader;
    const [from, before] = [this.#position, this.#before];
    return (step) => {
      const start = from + step * globalBatchSize;
      const end = Math.min(start + globalBatchSize, length);
      const positions: number[] = [];
      const skipped = (rank - (before + start) % size + size) % size;
      for (let position = start + skipped; position < end; position += size) positions.push(position);
      return { positions, end };
    };
  }

  #stepsLeft(): number {
    return this.#stepsOf(this.config.loader.order.length - this.#position);
  }

  #stepsOf(draws: number): number {
    const { globalBatchSize, remainder } = this.config.loader;
    return Math[remainder === "drop" ? "floor" : "ceil"](draws / globalBatchSize);
  }

  /** Leaves what the lanes draw from open for a while, and what comes once for good. */
  #rest(): void {
    if (this.#mixture.members.some(({ dataset }) => "comesOnce" in dataset && dataset.comesOnce)) return;
    const { signal } = this.#resting = new AbortController();
    this.context.clock.sleep(REST_MS, signal).then(() => this.#close(), () => {});
  }

  async #close(): Promise<void> {
    this.#resting?.abort();
    const sources = this.#sources;
    this.#sources = undefined;
    await sources?.end(LEFT);
  }
}
