import { LatestOrders } from "./mixed.ts";
import { orderOfPart, seedOf } from "./mixture_epoch.ts";
import type { OrderDescription, PartOrder } from "./sampler.ts";
import { type StreamOrder, streamOrder } from "./stream_order.ts";
import { Turns } from "./turns.ts";

/** A draw of a lane. */
export interface LaneDraw {
  /** The data set that it is from, by its place in the mixture. */
  readonly part: number;
  /** The sample's number in that data set; absent of a stream, whose next sample it is. */
  readonly index?: number;
}

/**
 * What the lanes of a mixture draw, of which some data sets can only be gone through. A lane has no end: its draws go on from
 * epoch to epoch, and each data set is gone through again when all of it was drawn. The n-th draw of a lane is a pure
 * function of seed and description, and so is the order of a stream's parts in each time through it.
 */
export class MixtureLanes {
  /** How many there are. */
  readonly count: number;
  readonly #parts: readonly PartOrder[];
  readonly #seeds: readonly number[];
  readonly #orders: readonly LatestOrders[];
  readonly #turns: Turns;

  /** Of an order of kind `"mixedStreams"`. */
  constructor({ parts = [], lanes = 1 }: OrderDescription, seed: number) {
    this.count = lanes;
    this.#parts = parts;
    this.#seeds = parts.map((_, part) => seedOf(seed, part));
    this.#orders = parts.map(() => new LatestOrders());
    this.#turns = new Turns(parts, lanes, seed, 0);
  }

  /** The `draw`-th draw of a lane, from 0. */
  drawAt(lane: number, draw: number): LaneDraw {
    const { part, draw: ofPart } = this.#turns.drawAt(draw * this.count + lane);
    const order = this.#parts[part];
    if (!order || order.kind === "stream") return { part };
    // Those of a lane are as far apart as lanes are many, as in a mixture of samples by number.
    const drawn = ofPart * this.count + lane;
    const time = Math.floor(drawn / order.length);
    const ofTime = this.#orders[part]?.of(
      time,
      () => orderOfPart(order, { seed: this.#seeds[part] ?? 0, time, lanes: order.lanes ?? this.count }),
    );
    return { part, index: ofTime?.at(drawn - time * order.length) ?? 0 };
  }

  /** The order of a stream of `objects` parts in its `time`-th time. */
  streamOrder(part: number, time: number, objects: number): StreamOrder {
    const { lanes = 1, window } = this.#parts[part] ?? {};
    const options = { lanes, ...(window !== undefined && { window }) };
    return streamOrder(objects, this.#seeds[part] ?? 0, time, options);
  }

  /** Which lanes of a stream a lane draws from. */
  lanesOf(part: number, lane: number): number[] {
    const { lanes = 1 } = this.#parts[part] ?? {};
    return Array.from({ length: lanes / this.count }, (_, turn) => lane + turn * this.count);
  }

  /** How often each data set is drawn in the first `draws` draws. */
  drawsBefore(draws: number): number[] {
    return this.#turns.drawsBefore(draws);
  }
}
