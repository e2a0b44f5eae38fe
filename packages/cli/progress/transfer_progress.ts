import type { Clock, ProgressEvent } from "@lade/core";
import type { LimitWatch, TransferLimit } from "@lade/transfer/limits";

/** How far a transfer is. */
export interface ProgressSnapshot {
  /** Bytes moved. */
  readonly bytes: number;
  /** Objects done, well or badly. */
  readonly objects: number;
  /** Bytes that will be moved in all, once they are known. */
  readonly totalBytes?: number;
  /** Objects that will be done in all, once they are known. */
  readonly totalObjects?: number;
  /** Bytes that are known to come to in all, while it is not known whether more do. */
  readonly leastBytes?: number;
  /** Objects that are known to come to in all, while it is not known whether more do. */
  readonly leastObjects?: number;
  /** Bytes per second over the last seconds. */
  readonly bytesPerSecond: number;
  /**
   * What is left at this rate, in milliseconds; absent where it is unknown, as it is in the first seconds until a
   * hundredth of the bytes is moved.
   */
  readonly remainingMs?: number;
  /** Time since the start, in milliseconds. */
  readonly elapsedMs: number;
  /** An object in progress: the one that started last. */
  readonly current?: string;
  /** What limits the transfer now, where that is to be shown. */
  readonly limit?: Pick<TransferLimit, "by" | "name">;
}

const WINDOW_MS = 5_000;

interface UnderWay {
  size: number | undefined;
  bytes: number;
}

interface Sample {
  readonly timeMs: number;
  readonly bytes: number;
}

/** Adds up the progress events of one command. Its memory grows with the objects in progress, not with all of them. */
export class TransferProgress {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #underWay = new Map<string, UnderWay>();
  readonly #samples: Sample[];
  #bytes = 0;
  #objects = 0;
  #plannedBytes = 0;
  #plannedObjects = 0;
  #unsized = 0;
  #complete = false;
  #bytesNotToCome = 0;
  #limits: { readonly watch: LimitWatch; readonly concurrency: number | undefined } | undefined;
  #showsLimit = false;

  /** Starts the clock. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
    this.#samples = [{ timeMs: this.#startMs, bytes: 0 }];
  }

  /** Announces objects to come, of which the size of `unsized` is known only later. */
  plan(objects: number, bytes: number, unsized = 0): void {
    this.#plannedObjects += objects;
    this.#plannedBytes += bytes;
    this.#unsized += unsized;
  }

  /** Says that everything to come has been announced: totals are known as soon as all sizes are. */
  planned(): void {
    this.#complete = true;
  }

  /** Takes in one event. */
  readonly add = (event: ProgressEvent): void => {
    switch (event.type) {
      case "started":
        this.#underWay.set(event.key, { size: event.size, bytes: 0 });
        break;
      case "sized": {
        const object = this.#underWay.get(event.key);
        if (object) this.#size(object, event.size);
        break;
      }
      case "bytes": {
        this.#bytes += event.bytes;
        const object = this.#underWay.get(event.key);
        if (object) object.bytes += event.bytes;
        break;
      }
      case "finished":
      case "skipped":
      case "failed":
        this.#end(event.key, event.type === "finished" ? event.size : undefined);
        break;
      case "resumed":
        break;
    }
  };

  /** Counts an object that was never under way. */
  pass(): void {
    this.#objects++;
  }

  /** Has `watch` find out what limits the transfer, which snapshots tell where it `isShown`. */
  watch(watch: LimitWatch, concurrency: number | undefined, isShown: boolean): void {
    this.#limits = { watch, concurrency };
    this.#showsLimit = isShown;
  }

  /** What has limited the transfer of so many objects and bytes; absent where nobody watches. */
  limit(objects: number, bytes: number): TransferLimit | undefined {
    const { watch, concurrency } = this.#limits ?? {};
    return watch?.judge({ objects, bytes, concurrency });
  }

  /** How far the transfer is now. */
  snapshot(): ProgressSnapshot {
    const timeMs = this.#clock.monotonicMs();
    const bytesPerSecond = this.#rate(timeMs);
    const current = [...this.#underWay.keys()].at(-1);
    const toCome = this.#plannedBytes - this.#bytesNotToCome;
    const isKnown = this.#complete && this.#unsized === 0;
    const totalBytes = isKnown ? toCome : this.#onlyObjectSize();
    const isPlanning = !this.#complete && this.#plannedObjects > 0;
    const left = totalBytes === undefined ? undefined : Math.max(0, totalBytes - this.#bytes);
    const elapsedMs = timeMs - this.#startMs;
    const isTelling = left !== undefined && bytesPerSecond > 0 &&
      (elapsedMs >= WINDOW_MS || this.#bytes * 100 >= this.#bytes + left);
    return {
      bytes: this.#bytes,
      objects: this.#objects,
      bytesPerSecond,
      elapsedMs,
      ...(totalBytes !== undefined && { totalBytes: Math.max(totalBytes, this.#bytes) }),
      ...(totalBytes === undefined && toCome > 0 && { leastBytes: Math.max(toCome, this.#bytes) }),
      ...(this.#complete && { totalObjects: this.#plannedObjects }),
      ...(isPlanning && { leastObjects: this.#plannedObjects }),
      ...(isTelling && { remainingMs: (left / bytesPerSecond) * 1000 }),
      ...(current !== undefined && { current }),
      ...this.#limitNow(),
    };
  }

  #limitNow(): Pick<ProgressSnapshot, "limit"> {
    if (!this.#showsLimit || !this.#limits) return {};
    const { watch, concurrency } = this.#limits;
    const { by, name } = watch.judgeLately({ objects: this.#objects, bytes: this.#bytes, concurrency });
    return { limit: { by, name } };
  }

  #end(key: string, finished: number | undefined): void {
    const object = this.#underWay.get(key);
    this.#underWay.delete(key);
    this.#objects++;
    if (!object) return;
    // What ended without its size ever being known has come to what was moved.
    this.#size(object, object.size ?? finished ?? object.bytes);
    if (finished === undefined) this.#bytesNotToCome += Math.max(0, (object.size ?? 0) - object.bytes);
  }

  /** Notes the size of an object in progress; that of one that was announced without is added to what is to come. */
  #size(object: UnderWay, size: number): void {
    if (object.size === undefined && this.#unsized > 0) {
      this.#unsized--;
      this.#plannedBytes += size;
    }
    object.size = size;
  }

  /** Without any plan, the size of a single object in progress is the total. */
  #onlyObjectSize(): number | undefined {
    if (this.#plannedObjects > 0 || this.#objects > 0 || this.#underWay.size !== 1) return undefined;
    return [...this.#underWay.values()][0]?.size;
  }

  #rate(timeMs: number): number {
    this.#samples.push({ timeMs, bytes: this.#bytes });
    while (this.#samples.length > 2 && timeMs - (this.#samples[1]?.timeMs ?? timeMs) >= WINDOW_MS) {
      this.#samples.shift();
    }
    const first = this.#samples[0];
    if (!first || timeMs <= first.timeMs) return 0;
    return ((this.#bytes - first.bytes) / (timeMs - first.timeMs)) * 1000;
  }
}
