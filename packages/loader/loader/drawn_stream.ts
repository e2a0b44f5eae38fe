import type { DrawnState } from "../state/mixture_state.ts";
import type { LaneState } from "../state/lane_state.ts";
import { drawnStart } from "../state/mixture_state.ts";
import { quoteUri } from "./quote_uri.ts";
import type { LaneItem, StreamLane } from "./stream_lane.ts";

/** What a stream is drawn with. */
export interface DrawnSetup<T> {
  /** What messages call it. */
  readonly name: string;
  /** Which of its lanes are drawn from. */
  readonly lanes: readonly number[];
  /** Opens one of them, in a time through the stream, where it is. */
  readonly open: (lane: number, time: number, state: LaneState) => StreamLane<T>;
}

/** Times through its lanes in which a stream may have no sample. Objects are dealt anew in each, and some may be empty. */
const EMPTY_TIMES = 16;

/**
 * A stream as a lane of a mixture draws from it: some of its lanes in turn, each next sample of the one that gave the
 * fewest, and all of them again, in another order, when they are through. The next time is begun as soon as this one is read.
 */
export class DrawnStream<T> {
  readonly #setup: DrawnSetup<T>;
  #time: number;
  #lanes: readonly StreamLane<T>[];
  #next: readonly StreamLane<T>[] | undefined;
  #emptyTimes = 0;

  /** Reads from a state on, at once. */
  constructor(setup: DrawnSetup<T>, { time, lanes }: DrawnState) {
    this.#setup = setup;
    this.#time = time;
    this.#lanes = this.#open(time, lanes);
  }

  /** Where it is: behind the last sample that was taken. */
  get state(): DrawnState {
    return { time: this.#time, lanes: this.#lanes.map(({ state }) => state) };
  }

  /** The next sample, where it is there; else the lane that is to be waited for. A `TypeError` where there is none at all. */
  take(): LaneItem<T> | StreamLane<T> {
    const lane = this.#fewest() ?? this.#turn();
    const item = lane.takeNow();
    if (item) this.#next ??= this.#lanes.every(({ isRead }) => isRead) ? this.#begin() : undefined;
    return item ?? lane;
  }

  /** Once it was aborted: waits until nothing is read any more, and gives back the memory of what was not taken. */
  async end(): Promise<void> {
    await Promise.all([...this.#lanes, ...this.#next ?? []].map((lane) => lane.end()));
  }

  /** The lane that gave the fewest samples, of those that have more. */
  #fewest(): StreamLane<T> | undefined {
    let fewest: StreamLane<T> | undefined;
    for (const lane of this.#lanes) {
      if ((!fewest || lane.taken < fewest.taken) && !lane.isOver) fewest = lane;
    }
    return fewest;
  }

  /** Goes on with the next time. */
  #turn(): StreamLane<T> {
    this.#emptyTimes = this.#lanes.some(({ taken }) => taken > 0) ? 0 : this.#emptyTimes + 1;
    if (this.#emptyTimes >= EMPTY_TIMES) {
      throw new TypeError(
        `Cannot draw from ${quoteUri(this.#setup.name)}: its objects have no samples`,
      );
    }
    this.#lanes = this.#next ?? this.#begin();
    this.#next = undefined;
    this.#time++;
    // What was just begun may be through, and then has nothing.
    return this.#fewest() ?? this.#turn();
  }

  #begin(): readonly StreamLane<T>[] {
    return this.#open(this.#time + 1, drawnStart(this.#setup.lanes.length).lanes);
  }

  #open(time: number, states: readonly LaneState[]): readonly StreamLane<T>[] {
    const { lanes, open } = this.#setup;
    return lanes.map((lane, turn) => open(lane, time, states[turn] ?? { taken: 0, part: 0, record: 0 }));
  }
}
