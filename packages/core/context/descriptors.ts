import type { Clock } from "../time/clock.ts";

/** What {@linkcode Descriptors} go by. */
export interface DescriptorsSetup {
  /** Time. */
  readonly clock: Clock;
  /** Random numbers in [0, 1), so that waiters do not all come back together. */
  readonly random: () => number;
  /** Called at the first shortage. */
  readonly onShortage?: () => void;
}

/** How long to wait in vain. */
export interface DescriptorWait {
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** How long is waited at most, in milliseconds. */
  readonly limitMs: number;
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;
const EASE_AFTER_MS = 5_000;
const SMALLEST_SHARE = 1 / 64;

/**
 * The files and connections that a process may have open. Where they run out, a call that needs one waits for
 * others to be closed, and fewer objects are worked on concurrently.
 */
export class Descriptors {
  readonly #setup: DescriptorsSetup;
  #share = 1;
  #changedMs = -Infinity;
  #told = false;

  /** As if there were enough. */
  constructor(setup: DescriptorsSetup) {
    this.#setup = setup;
  }

  /** How many of `count` objects to work on concurrently: fewer after a shortage, and in time as many again. */
  atOnce(count: number): number {
    if (this.#share === 1) return count;
    const nowMs = this.#setup.clock.monotonicMs();
    if (nowMs - this.#changedMs >= EASE_AFTER_MS) {
      this.#share = Math.min(1, this.#share * 2);
      this.#changedMs = nowMs;
    }
    return Math.max(1, Math.floor(count * this.#share));
  }

  /** Notes that the system had no descriptor left. */
  note(): void {
    const nowMs = this.#setup.clock.monotonicMs();
    // Many fail for one shortage.
    if (nowMs - this.#changedMs >= LONGEST_PAUSE_MS) {
      this.#share = Math.max(SMALLEST_SHARE, this.#share / 2);
      this.#changedMs = nowMs;
    }
    if (this.#told) return;
    this.#told = true;
    this.#setup.onShortage?.();
  }

  /**
   * Does `work`, again and again while it fails for want of a descriptor and there is time. `failure`, where given, is
   * that of a try that was made already.
   */
  async wait<T>(
    { limitMs, signal }: DescriptorWait,
    work: () => Promise<T>,
    failure?: { readonly error: unknown },
  ): Promise<T> {
    const { clock, random } = this.#setup;
    let leftMs = limitMs;
    for (let pauseMs = FIRST_PAUSE_MS;; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
      let error = failure?.error;
      if (!failure) {
        try {
          return await work();
        } catch (thrown) {
          error = thrown;
        }
      }
      failure = undefined;
      if (!isDescriptorShortage(error) || leftMs <= 0) throw error;
      this.note();
      const waitMs = Math.min(leftMs, pauseMs * (0.5 + random()));
      leftMs -= waitMs;
      await clock.sleep(waitMs, signal);
    }
  }
}

/** Whether an error, or what lies below it, says that no further file or connection can be opened. */
export function isDescriptorShortage(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    const code = "code" in cause ? cause.code : undefined;
    if (code === "EMFILE" || code === "ENFILE" || /\(os error 2[34]\)/.test(cause.message)) return true;
  }
  return false;
}
