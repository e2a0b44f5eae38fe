import { withGrace } from "../concurrency/with_grace.ts";
import { withTimeout } from "../concurrency/with_timeout.ts";
import type { Clock } from "../time/clock.ts";
import type { PutResult } from "../contract/types.ts";
import { reportLeftover } from "./report_leftover.ts";
import type { WriteSink } from "./write_sink.ts";

/** What a {@linkcode WriteLife} is about. */
export interface WriteLifeSetup {
  /** Takes the object. */
  readonly sink: WriteSink;
  /** Bounds what is still to be done after a failure; nothing does without it. */
  readonly clock?: Clock;
  /** Ends the write; pending and later calls reject with its reason. */
  readonly signal?: AbortSignal | undefined;
}

const BEGIN_GRACE_MS = 3000;
/** So long an abort waits for a commit in flight: cut off, nobody could say whether the object is there. */
const COMMIT_GRACE_MS = 3000;
const END_MS = 20_000;

/**
 * The life of one write, however its bytes come: begun once, ended once by a commit or by the first failure, dropped
 * when nothing is in flight any more.
 */
export class WriteLife {
  readonly #setup: WriteLifeSetup;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  #begun: Promise<void> | undefined;
  #isClosing = false;
  #isMade = false;
  #making: Promise<PutResult> | undefined;
  #failure: { readonly reason: unknown } | undefined;
  /** Drops or leaves what has begun. */
  #ending: Promise<void> | undefined;
  /** Whether it ended by a failure that left what has begun: an abort drops it then. */
  #isLeft = false;
  #leftover: { readonly error: unknown } | undefined;
  #release: (() => void) | undefined;

  /** An aborted signal ends the write here already. */
  constructor(setup: WriteLifeSetup) {
    this.#setup = setup;
    const { signal } = setup;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Is aborted with the first failure. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether it has failed. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Throws the failure. */
  throwIfFailed(): void {
    if (this.#failure) throw this.#failure.reason;
  }

  /** Throws a `TypeError` once the write is being closed, unless it has failed: then `run` throws. */
  throwIfClosing(): void {
    if (this.#isClosing && !this.#failure) throw new TypeError("Cannot write: the writer is closed already");
  }

  /** Says that nothing more is written. */
  beginClosing(): void {
    this.throwIfClosing();
    this.#isClosing = true;
  }

  /** Called once, at the end, when nothing is in flight any more. */
  atEnd(release: () => void): void {
    this.#release = release;
  }

  /** Does some of the work of the write. Its failure ends the write, before anybody else sees it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    this.throwIfFailed();
    return this.track(work());
  }

  /** Counts work as in flight, also where the write has failed meanwhile. */
  track<T>(work: Promise<T>): Promise<T> {
    const tracked: Promise<T> = work.then(
      (result) => {
        this.#underWay.delete(tracked);
        return result;
      },
      (error) => {
        this.#underWay.delete(tracked);
        this.fail(error);
        throw error;
      },
    );
    this.#underWay.add(tracked);
    return tracked;
  }

  /** Waits for what is in flight now. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  /** Begins at the service, once. Called within `run`. */
  async begin(): Promise<void> {
    const { sink, clock } = this.#setup;
    const begin = (signal: AbortSignal) => sink.begin?.(signal) ?? Promise.resolve();
    if (sink.begin) {
      await (this.#begun ??= clock
        ? withGrace(clock, BEGIN_GRACE_MS, this.signal, begin)
        : begin(this.signal));
    }
    this.throwIfFailed();
  }

  /** Makes the object. Called within `run`, once, as the last thing. */
  async make(work: (signal: AbortSignal) => Promise<PutResult>): Promise<PutResult> {
    this.throwIfFailed();
    const result = await (this.#making = work(this.signal));
    // Also where it failed meanwhile: what has become visible stays.
    this.#isMade = true;
    this.#setup.signal?.removeEventListener("abort", this.#onAbort);
    this.#release?.();
    return result;
  }

  /** Ends the write with an error and gives what its callers see: the first one, and what stays behind with it. */
  async failed(error: unknown): Promise<unknown> {
    this.fail(error);
    const { signal, sink } = this.#setup;
    // An abort by a signal is not kept waiting; `abort` and disposal wait for what is still to be removed.
    if (!signal?.aborted || sink.dropsQuickly) await this.#ending;
    if (!this.#failure) return error;
    if (this.#leftover) {
      const reason = reportLeftover(this.#failure.reason, this.#leftover.error);
      if (reason !== this.#failure.reason) {
        this.#failure = { reason };
        this.#leftover = undefined;
      }
    }
    return this.#failure.reason;
  }

  /**
   * Gives up, and throws what could not be removed, once. Does nothing after the object is made or the write detached;
   * drops what a failure left. A commit in flight has three seconds to end by itself.
   */
  async abort(reason: unknown = new DOMException("The writer was aborted", "AbortError")): Promise<void> {
    await this.#commitEnds();
    this.#end(reason, "drop");
    if (this.#isLeft) {
      this.#isLeft = false;
      this.#ending = this.#finish("drop", reason, this.#ending);
    }
    await this.#settleEnd();
  }

  async #commitEnds(): Promise<void> {
    const { clock } = this.#setup;
    if (!this.#making || !clock || this.#failure || this.#isMade) return;
    const waiting = new AbortController();
    // `make` goes on before who waits here.
    const ended = this.#making.then(() => {}, () => {}).then(() => {});
    await Promise.race([ended, clock.sleep(COMMIT_GRACE_MS, waiting.signal).catch(() => {})]);
    waiting.abort();
  }

  /** Ends a write that may be gone on with, and leaves what it has. */
  async detach(): Promise<void> {
    this.fail(new DOMException("The writer was detached", "AbortError"));
    this.#isLeft = false;
    await this.#settleEnd();
  }

  /** Ends the write, unless it has ended; what it has is left where it may be gone on with. */
  fail(reason: unknown): void {
    if (this.#failure || this.#isMade) return;
    this.#isLeft = this.#setup.sink.leave !== undefined;
    this.#end(reason, this.#isLeft ? "leave" : "drop");
  }

  #end(reason: unknown, way: "drop" | "leave"): void {
    if (this.#failure || this.#isMade) return;
    this.#failure = { reason };
    this.#setup.signal?.removeEventListener("abort", this.#onAbort);
    this.#stop.abort(reason);
    this.#ending = this.#finish(way, reason);
  }

  async #settleEnd(): Promise<void> {
    await this.#ending;
    const leftover = this.#leftover;
    this.#leftover = undefined;
    if (leftover) throw leftover.error;
  }

  async #finish(way: "drop" | "leave", reason: unknown, before?: Promise<void>): Promise<void> {
    // Without one too: what was just begun may have failed before it is counted.
    await before;
    while (this.#underWay.size > 0) await this.settle();
    if (this.#isMade) return;
    this.#release?.();
    const { sink, clock } = this.#setup;
    if (!sink[way]) return;
    if (sink.begin && !await this.#begun?.then(() => true, () => false)) return;
    const finish = async (signal: AbortSignal) => await sink[way]?.(signal, reason);
    try {
      if (clock) await withTimeout(clock, END_MS, finish);
      else await finish(new AbortController().signal);
    } catch (error) {
      this.#leftover = { error };
    }
  }

  readonly #onAbort = (): void => this.fail(this.#setup.signal?.reason);
}
