import type { Clock } from "@lade/core/backend";
import type { StreamDataset } from "../datasets/dataset.ts";
import { LostSample } from "../datasets/lost_sample.ts";
import type { StreamOrder } from "../order/stream_order.ts";
import type { Permutation } from "../order/permutation.ts";
import type { SampleMemory } from "../pool/sample_memory.ts";
import { sampleSize } from "../pool/sample_size.ts";
import { whileWanted } from "../pool/while_wanted.ts";
import type { LaneState } from "../state/lane_state.ts";
import type { StatsCounter } from "../stats/loader_stats.ts";
import { quoteUri } from "./quote_uri.ts";

/** A sample of a lane, or why it cannot be had: with `rest` nor can any behind it in its part. */
export interface LaneItem<T> {
  readonly part: number;
  readonly record: number;
  /** Bytes that it takes in memory. */
  readonly bytes: number;
  readonly made: { readonly sample: T } | { readonly cause: unknown; readonly rest: boolean };
}

/** What a lane is gone through with. */
export interface LaneGround<T> {
  readonly dataset: StreamDataset<T>;
  readonly order: StreamOrder;
  readonly memory: SampleMemory;
  /** Bytes that the lane may hold ahead of what is waited for. */
  readonly share: number;
  /** Bytes of which the lanes' windows may take no more. */
  readonly capacity: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly stats: StatsCounter;
}

/** A place in a lane: which of its parts, and which record of that. */
interface Place {
  readonly part: number;
  readonly record: number;
}

/** Samples that are shuffled together. Those that were taken are there no more. */
interface Window<T> {
  readonly items: (LaneItem<T> | undefined)[];
  /** Where it begins. */
  readonly from: Place;
  /** Where the next one begins. */
  to: Place;
}

/** A window that is taken from, and its order. */
interface OpenWindow<T> {
  readonly window: Window<T>;
  readonly order: Permutation | undefined;
}

/** Samples that are read ahead where windows are smaller. */
const LEAST_AHEAD = 256;

/**
 * One lane of a stream: its parts one after the other, read ahead of what is taken within a share of memory, and its samples
 * in the order of their windows. A window can be taken from once all of it is there.
 */
export class StreamLane<T> {
  readonly #lane: number;
  readonly #ground: LaneGround<T>;
  readonly #full: Window<T>[] = [];
  #filling: Window<T>;
  #current: OpenWindow<T> | undefined;
  /** How many of it are taken. */
  #offset = 0;
  /** How many of the first window were taken before, until it is there. */
  #before: number;
  #taken: number;
  /** Where the window begins that is taken from next. */
  #next: Place;
  /** Samples, and bytes of them, that are not taken yet. */
  #ahead = 0;
  #bytesAhead = 0;
  #isWanted = false;
  #hasWindow = false;
  #isRead = false;
  #failure: { readonly error: unknown } | undefined;
  /** Becomes resolved when there is something to take, or nothing more will come. */
  #ready = Promise.withResolvers<void>();
  /** Becomes resolved when the lane may read on. */
  #wake = Promise.withResolvers<void>();
  readonly #reading: Promise<void>;

  /** Reads from a state on, at once. */
  constructor(lane: number, { taken, part, record }: LaneState, ground: LaneGround<T>) {
    this.#lane = lane;
    this.#ground = ground;
    this.#next = { part, record };
    this.#filling = { items: [], from: this.#next, to: this.#next };
    this.#taken = taken;
    this.#before = part < ground.order.partsOf(lane) ? taken % ground.order.window : 0;
    const reading = this.#read();
    this.#reading = whileWanted(reading, ground).catch((error) => {
      // What does not see its signal is left alone: what comes of it is dropped.
      this.#isRead = true;
      this.#failure ??= { error };
      this.#ready.resolve();
    });
  }

  /** Samples that were taken, from the lane's beginning on. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether nothing more will be read. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** Whether all were taken. */
  get isOver(): boolean {
    return this.#isRead && !this.#failure && !this.#peek();
  }

  /** Where it is: behind the last sample that was taken. */
  get state(): LaneState {
    return { taken: this.#taken, ...this.#current?.window.from ?? this.#next };
  }

  /** The next sample, where it is there. Its memory is the caller's from now on. */
  takeNow(): LaneItem<T> | undefined {
    const current = this.#peek();
    if (!current) return undefined;
    const item = this.#take(current);
    this.#taken++;
    return item;
  }

  /** Resolves when there is something to take, or the lane is over; rejects where it cannot go on. */
  async ready(): Promise<void> {
    while (!this.#peek()) {
      if (this.#failure) throw this.#failure.error;
      if (this.#isRead) return;
      this.#ready = Promise.withResolvers();
      await this.#ready.promise;
    }
  }

  /** Says that the next sample is waited for: it is read, room or not. */
  want(): void {
    if (this.#peek()) return;
    this.#isWanted = true;
    this.#wake.resolve();
  }

  /** Once it was aborted: waits until nothing is read any more, and gives back the memory of what was not taken. */
  async end(): Promise<void> {
    this.#wake.resolve();
    await this.#reading;
    this.#ground.memory.free(this.#bytesAhead);
    this.#bytesAhead = this.#ahead = 0;
  }

  /** The window that the next sample is of, where it is there. */
  #peek(): OpenWindow<T> | undefined {
    if (this.#current) return this.#current;
    const window = this.#full.shift();
    if (!window) return undefined;
    const { order, memory } = this.#ground;
    const index = Math.floor(this.#taken / order.window);
    const current: OpenWindow<T> = this.#current = {
      window,
      order: order.orderIn(this.#lane, index, window.items.length),
    };
    for (; this.#before > 0; this.#before--) memory.free(this.#take(current)?.bytes ?? 0);
    return this.#current;
  }

  #take({ window, order }: OpenWindow<T>): LaneItem<T> | undefined {
    const place = order ? order.at(this.#offset) : this.#offset;
    const item = window.items[place];
    window.items[place] = undefined;
    this.#offset++;
    this.#ahead--;
    this.#bytesAhead -= item?.bytes ?? 0;
    if (this.#offset === window.items.length) {
      this.#next = window.to;
      this.#current = undefined;
      this.#offset = 0;
    }
    this.#wake.resolve();
    return item;
  }

  async #read(): Promise<void> {
    const { order } = this.#ground;
    try {
      const parts = order.partsOf(this.#lane);
      let { part, record } = this.#next;
      for (; part < parts; part++, record = 0) await this.#readPart(part, record);
      if (this.#filling.items.length > 0) this.#close({ part, record: 0 });
      if (this.#isShort(0)) throw this.#cut();
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#isRead = true;
      this.#ready.resolve();
    }
  }

  async #readPart(place: number, from: number): Promise<void> {
    const { dataset, order, signal, clock, stats } = this.#ground;
    const part = order.partAt(this.#lane, place);
    let readMs = 0;
    const onRead = (bytes: number, ms: number) => {
      readMs += ms;
      stats.readLater(bytes, ms);
    };
    let samples: AsyncIterator<T | LostSample> | undefined;
    try {
      for (let record = from;; record++) {
        const began = clock.monotonicMs();
        let made: LaneItem<T>["made"];
        try {
          samples ??= dataset.open(part, record, { signal, onRead })[Symbol.asyncIterator]();
          const next = await samples.next();
          if (next.done) return void (samples = undefined);
          const { value } = next;
          made = value instanceof LostSample ? { cause: value.cause, rest: false } : { sample: value };
        } catch (cause) {
          samples = undefined;
          made = { cause, rest: true };
        }
        signal.throwIfAborted();
        stats.decodeMs += Math.max(0, clock.monotonicMs() - began - readMs);
        readMs = 0;
        const bytes = "sample" in made ? sampleSize(made.sample) : 0;
        if (!this.#hold(bytes)) await this.#held(bytes);
        const behind = samples ? { part: place, record: record + 1 } : { part: place + 1, record: 0 };
        this.#add({ part, record, bytes, made }, behind);
        if (!samples) return;
      }
    } finally {
      await samples?.return?.();
    }
  }

  #add(item: LaneItem<T>, behind: Place): void {
    const { items } = this.#filling;
    items.push(item);
    this.#ahead++;
    this.#bytesAhead += item.bytes;
    if (items.length === this.#ground.order.window) this.#close(behind);
  }

  /** Lets the window be taken from that is being filled. */
  #close(to: Place): void {
    if (this.#isShort(this.#filling.items.length)) throw this.#cut();
    this.#hasWindow = true;
    this.#filling.to = to;
    this.#full.push(this.#filling);
    this.#filling = { items: [], from: to, to };
    this.#isWanted = false;
    this.#ready.resolve();
  }

  /** Takes memory for a sample, if it is wanted or there is room. */
  #hold(bytes: number): boolean {
    const { memory, share, capacity, order } = this.#ground;
    if (this.#isWanted) {
      memory.hold(bytes);
      if (order.window === 1 || memory.held <= capacity) return true;
      memory.free(bytes);
      throw new RangeError(
        `Cannot hold windows of ${order.window} samples in ${order.lanes} lanes: they take more than the ${capacity} bytes \
of the byte budget; shuffle by a smaller window, or in fewer lanes`,
      );
    }
    if (this.#ahead >= Math.max(LEAST_AHEAD, 2 * order.window)) return false;
    return (this.#ahead === 0 || this.#bytesAhead + bytes <= share) && memory.tryHold(bytes);
  }

  /** Waits until there is memory for a sample. */
  async #held(bytes: number): Promise<void> {
    const { memory, signal } = this.#ground;
    do {
      this.#wake = Promise.withResolvers();
      await Promise.race([this.#wake.promise, memory.room]);
      signal.throwIfAborted();
    } while (!this.#hold(bytes));
  }

  /** Whether samples that were taken before are not there again. */
  #isShort(samples: number): boolean {
    return !this.#hasWindow && this.#before > samples;
  }

  #cut(): TypeError {
    return new TypeError(
      `Cannot go on with ${
        quoteUri(this.#ground.dataset.uri)
      }: ${this.#taken} samples were taken of lane ${this.#lane}, \
and it has fewer`,
    );
  }
}
