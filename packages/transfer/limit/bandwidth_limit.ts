import type { Bandwidth, Clock, Direction } from "@lade/core/backend";
import { BandwidthBucket } from "./bandwidth_bucket.ts";
import { type BandwidthTimetable, ratesAt } from "./bandwidth_timetable.ts";

/** Bounds how fast bytes go up and down, by a timetable in local time. Part of a `StoreContext`. */
export class BandwidthLimit implements Bandwidth {
  readonly #buckets: Readonly<Record<Direction, BandwidthBucket>>;

  /** Bounds both directions as `timetable` says, each by itself. */
  constructor(timetable: BandwidthTimetable, clock: Clock) {
    const bucket = (direction: Direction) =>
      new BandwidthBucket(clock, (wallMs) => {
        const { rates, untilMs } = ratesAt(timetable, wallMs);
        return { bytesPerSecond: rates[direction], untilMs };
      });
    this.#buckets = { up: bucket("up"), down: bucket("down") };
  }

  /** For how long bytes of the direction that waited more were held back, in milliseconds. */
  get heldBackMs(): number {
    return Math.max(this.#buckets.up.heldBackMs, this.#buckets.down.heldBackMs);
  }

  /** How many bytes are to be moved at a time. */
  piece(direction: Direction): number {
    return this.#buckets[direction].piece;
  }

  /** Waits until so many bytes may go. */
  take(direction: Direction, bytes: number, signal?: AbortSignal): Promise<void> | undefined {
    return this.#buckets[direction].take(bytes, signal);
  }
}
