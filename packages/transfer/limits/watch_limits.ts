import type { StoreFigures } from "@lade/core";
import { judgeLimit, type LimitKind } from "./judge_limit.ts";
import { type CpuTime, type LimitSample, type SampledStores, takeSample } from "./limit_sample.ts";
import { LIMIT_NAMES, sentenceOf } from "./limit_sentence.ts";
import { type LimitWork, windowOf } from "./limit_window.ts";

/** What limited a transfer. */
export interface TransferLimit {
  /** What it was. */
  readonly by: LimitKind;
  /** The same in words: "the network". */
  readonly name: string;
  /** The same in one sentence without a period, with the figure and what one can do. */
  readonly sentence: string;
  /** What it was judged by. */
  readonly figures: LimitFigures;
}

/** What was counted while a transfer ran, of everything that its stores did meanwhile. */
export interface LimitFigures extends StoreFigures {
  /** How long that was, in milliseconds. */
  readonly elapsedMs: number;
  /** CPU time of this process, in milliseconds. */
  readonly cpuMs: number;
  /** For how long the bandwidth that was given held bytes back, in milliseconds. */
  readonly heldBackMs: number;
  /** How often no memory was left for buffers. */
  readonly memoryShortages: number;
}

/** What a {@linkcode LimitWatch} may be given for tests. */
export interface LimitWatchOptions {
  /** Tells CPU time; the runtime does by default. */
  readonly cpuTime?: () => CpuTime;
  /** Cores that there are; those of the machine by default. */
  readonly cores?: number;
}

/** Short enough to show what limits now, long enough to tell. */
const LATELY_MS = 5_000;
const SAMPLE_MS = 500;

interface Earlier extends Pick<LimitWork, "objects" | "bytes"> {
  readonly sample: LimitSample;
}

/** Finds out what limits what the stores do from now on. It costs nothing but when it is asked. */
export class LimitWatch {
  readonly #stores: SampledStores;
  readonly #options: LimitWatchOptions;
  readonly #first: LimitSample;
  readonly #lately: Earlier[];

  /** Begins to watch the stores that are open, and those that will be. */
  constructor(stores: SampledStores, options: LimitWatchOptions = {}) {
    this.#stores = stores;
    this.#options = options;
    this.#first = this.#sample();
    this.#lately = [{ sample: this.#first, objects: 0, bytes: 0 }];
  }

  /** What has limited `work` since the start. */
  judge(work: LimitWork): TransferLimit {
    return this.#judge(this.#first, this.#sample(), work);
  }

  /** What has limited the last seconds; `work` is what was done since the start. */
  judgeLately(work: LimitWork): TransferLimit {
    const sample = this.#sample();
    const { concurrency, objects, bytes } = work;
    const lately = this.#lately;
    while (lately[1] && sample.atMs - lately[1].sample.atMs >= LATELY_MS) lately.shift();
    const since = lately[0] ?? { sample: this.#first, objects: 0, bytes: 0 };
    const last = lately.at(-1) ?? since;
    if (sample.atMs - last.sample.atMs >= SAMPLE_MS) lately.push({ sample, objects, bytes });
    return this.#judge(since.sample, sample, {
      objects: objects - since.objects,
      bytes: bytes === undefined ? undefined : bytes - (since.bytes ?? 0),
      concurrency,
    });
  }

  #sample(): LimitSample {
    return takeSample(this.#stores, this.#options.cpuTime);
  }

  #judge(before: LimitSample, after: LimitSample, work: LimitWork): TransferLimit {
    const { cores = navigator.hardwareConcurrency } = this.#options;
    const { capacity: memoryBytes } = this.#stores.context.budget;
    const window = windowOf(before, after, work, { cores, memoryBytes });
    const finding = judgeLimit(window);
    return {
      by: finding.by,
      name: LIMIT_NAMES[finding.by],
      sentence: sentenceOf(finding, window),
      figures: {
        ...window.figures,
        elapsedMs: window.elapsedMs,
        cpuMs: after.cpu.process - before.cpu.process,
        heldBackMs: after.heldBackMs - before.heldBackMs,
        memoryShortages: window.memory.shortages,
      },
    };
  }
}
