import type { MixtureMember } from "../datasets/dataset.ts";
import { isMapDataset } from "../datasets/dataset.ts";
import type { LaneDraw, MixtureLanes } from "../order/mixture_lanes.ts";
import type { MixtureLaneState } from "../state/mixture_state.ts";
import { DrawnStream } from "./drawn_stream.ts";
import { type LaneGround, StreamLane } from "./stream_lane.ts";

/** What sources are opened with. */
export interface MixtureSourcesSetup<T> {
  readonly members: readonly MixtureMember<T>[];
  readonly order: MixtureLanes;
  /** Where the lanes of this rank are; `null` for those of others. */
  readonly states: readonly (MixtureLaneState | null)[];
  /** What lanes of streams are read with. */
  readonly ground: Omit<LaneGround<T>, "dataset" | "order" | "signal">;
  /** Aborts all that is read. */
  readonly stop: AbortController;
  /** That, and what else ends it. */
  readonly signal: AbortSignal;
}

/** A lane of a mixture that is this rank's. */
interface OwnLane<T> {
  readonly number: number;
  /** Draws that were begun. */
  begun: number;
  /** What is drawn from; `null` for data sets whose samples have numbers. */
  readonly streams: readonly (DrawnStream<T> | null)[];
}

/** What the lanes of a rank draw from, open where the state says, and read ahead. They may outlive an epoch. */
export class MixtureSources<T> {
  readonly #setup: MixtureSourcesSetup<T>;
  readonly #own: readonly OwnLane<T>[];

  /** Reads at once. */
  constructor(setup: MixtureSourcesSetup<T>) {
    const { members, order, states, ground, signal } = setup;
    this.#setup = setup;
    this.#own = states.flatMap((state, number): OwnLane<T>[] => {
      if (!state) return [];
      const streams = members.map(({ name, dataset }, part) => {
        const drawn = state.streams[part];
        if (isMapDataset(dataset) || !drawn) return null;
        return new DrawnStream<T>({
          name,
          lanes: order.lanesOf(part, number),
          open: (lane, time, from) =>
            new StreamLane(lane, from, {
              ...ground,
              dataset,
              signal,
              order: order.streamOrder(part, time, dataset.parts),
            }),
        }, drawn);
      });
      return [{ number, begun: state.draws, streams }];
    });
  }

  /** Begins the next draw: one of the lane that began the fewest, the first of several. */
  draw(): LaneDraw & { readonly lane: number } {
    let [next] = this.#own;
    for (const own of this.#own) if (!next || own.begun < next.begun) next = own;
    if (!next) throw new TypeError("Cannot draw without a lane");
    return { ...this.#setup.order.drawAt(next.number, next.begun++), lane: next.number };
  }

  /** How many draws each lane of this rank began. */
  counts(): readonly number[] {
    return this.#own.map(({ begun }) => begun);
  }

  /** Where the lanes are, once all of so many draws of each were taken. */
  statesAt(counts: readonly number[]): readonly (MixtureLaneState | null)[] {
    const all: (MixtureLaneState | null)[] = this.#setup.states.map(() => null);
    this.#own.forEach(({ number, streams }, place) => {
      all[number] = { draws: counts[place] ?? 0, streams: streams.map((drawn) => drawn && drawn.state) };
    });
    return all;
  }

  /** The stream that a lane draws from. */
  streamOf(lane: number, part: number): DrawnStream<T> {
    const drawn = this.#own.find(({ number }) => number === lane)?.streams[part];
    if (!drawn) throw new TypeError(`Cannot draw from data set ${part} in lane ${lane}`);
    return drawn;
  }

  /** Ends all that is read, and gives back the memory of what was not taken. */
  async end(reason: unknown): Promise<void> {
    this.#setup.stop.abort(reason);
    await Promise.all(this.#own.flatMap(({ streams }) => streams.map((drawn) => drawn?.end())));
  }
}
