import type { Clock } from "@lade/core/backend";
import { NotFoundError } from "@lade/core/errors";
import { Histogram } from "../histogram/histogram.ts";
import type { PhaseResult, WrongContent } from "../result/workload_result.ts";
import type { PhaseSpec } from "../spec/workload_spec.ts";
import { roomFor } from "./buffers.ts";
import { CorruptObjectError, type Done, memoryOf, readyWork, type WorkTools } from "./do_work.ts";
import type { Arrivals } from "./arrivals.ts";
import { PhaseTally } from "./phase_tally.ts";
import { enterWork, leaveWork, type Work, type WorkSource } from "./work.ts";

/** How much is asked for at a time in one step of a phase. */
export type StepLoad =
  | { readonly kind: "closed"; readonly concurrency: number }
  | {
    readonly kind: "open";
    readonly rate: number;
    readonly arrivals: Arrivals;
    readonly maxInFlight: number;
  };

/** A phase, or one step of its sweep, and what it runs with. */
export interface PhaseSetup {
  readonly phase: PhaseSpec;
  readonly load: StepLoad;
  readonly source: WorkSource;
  readonly tools: WorkTools;
  readonly maxErrorRate: number;
  readonly maxBufferedBytes: number;
  /** Where what was verified is counted. */
  readonly verified: { reads: number; wrong: number; readonly examples: WrongContent[] };
  /** When the run began, by the clock. */
  readonly runStartMs: number;
  readonly signal: AbortSignal;
  /** Called when an operation has ended. */
  readonly onEnd: (ended: number, failed: number) => void;
}

/** What a phase came to, and why it ended early where it did. */
export interface PhaseOutcome {
  readonly result: PhaseResult;
  readonly stopped?: string;
}

/** Fewer operations say nothing of a rate of errors yet. */
const LEAST_FOR_RATE = 50;
const MOST_SLEEP_MS = 86_400_000;
/** After so long, what waits for the event loop has its turn. */
const BREATH_MS = 10;
const LAG_EVERY_MS = 100;
const MOST_EXAMPLES = 10;

/** Does a phase. An abort ends what runs, and rejects with its reason once all has ended. */
export async function runPhase(setup: PhaseSetup): Promise<PhaseOutcome> {
  return await new PhaseRun(setup).run();
}

class PhaseRun {
  readonly #setup: PhaseSetup;
  readonly #clock: Clock;
  readonly #tally: PhaseTally;
  readonly #beginMs: number;
  /** When its figures begin. */
  readonly #startMs: number;
  readonly #limits: { readonly endMs: number; readonly ops: number; readonly bytes: number };
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #lateness = new Histogram();
  readonly #lag = new Histogram();
  readonly #ramp = { ops: 0, errors: 0 };
  #throttledBefore: number | undefined;
  #waiters: (() => void)[] = [];
  #breathMs: number;
  /** Operations that were chosen and have not ended. */
  #entered = 0;
  #running = 0;
  #bytes = 0;
  #mostInFlight = 0;
  #heldByInFlight = 0;
  #heldByMemory = 0;
  #askedOps = 0;
  #askedBytes = 0;
  #stopped: string | undefined;

  constructor(setup: PhaseSetup) {
    const { phase, tools: { clock }, signal } = setup;
    this.#setup = setup;
    this.#clock = clock;
    this.#beginMs = this.#breathMs = clock.monotonicMs();
    const { rampMs = 0, durationMs = Infinity, ops = Infinity, bytes = Infinity } = phase.kind === "mix"
      ? phase
      : {};
    this.#startMs = this.#beginMs + rampMs;
    this.#limits = { endMs: this.#startMs + durationMs, ops, bytes };
    this.#tally = new PhaseTally(this.#startMs, durationMs);
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
  }

  async run(): Promise<PhaseOutcome> {
    const { load } = this.#setup;
    this.#throttledBefore = this.#throttled();
    const ticking = this.#tick();
    try {
      if (load.kind === "open") await this.#dispatch(load);
      else await this.#lanes(load.concurrency);
      while (this.#running > 0) await this.#nextEnd();
      this.#signal.throwIfAborted();
    } catch (error) {
      this.#stop.abort(error);
      while (this.#running > 0) await this.#nextEnd();
      throw error;
    } finally {
      this.#stop.abort();
      await ticking;
    }
    const { ops, failed } = this.#tally;
    if (failed > ops * this.#setup.maxErrorRate) this.#tooManyErrors();
    return { result: this.#result(), ...(this.#stopped !== undefined && { stopped: this.#stopped }) };
  }

  async #lanes(concurrency: number): Promise<void> {
    const rampMs = this.#startMs - this.#beginMs;
    const lane = async (index: number) => {
      await this.#sleepUntil(this.#beginMs + rampMs * index / concurrency);
      for (let work = await this.#take(); work; work = await this.#take()) {
        await this.#perform(work);
        await this.#breathe();
      }
    };
    let failure: { readonly error: unknown } | undefined;
    await Promise.all(Array.from({ length: concurrency }, async (_, index) => {
      try {
        await lane(index);
      } catch (error) {
        failure ??= { error };
        this.#stop.abort(error);
        this.#wakeAll();
      }
    }));
    if (failure) throw failure.error;
  }

  async #dispatch({ arrivals, maxInFlight }: StepLoad & { readonly kind: "open" }): Promise<void> {
    for (;;) {
      const dueMs = this.#beginMs + arrivals.next();
      if (dueMs >= this.#limits.endMs) return;
      await this.#sleepUntil(dueMs);
      if (this.#running >= maxInFlight) this.#heldByInFlight++;
      while (this.#running >= maxInFlight) await this.#nextEnd();
      const work = await this.#take(dueMs);
      if (!work) return;
      void this.#perform(work, dueMs);
      await this.#breathe();
    }
  }

  /** The next operation, once it may begin; `undefined` where the phase is over. */
  async #take(dueMs?: number): Promise<Work | undefined> {
    const { source, maxBufferedBytes, phase, tools } = this.#setup;
    for (;;) {
      this.#signal.throwIfAborted();
      const isMeasured = (dueMs ?? this.#clock.monotonicMs()) >= this.#startMs;
      const { endMs, ops, bytes } = this.#limits;
      const isOver = this.#stopped !== undefined || this.#askedOps >= ops || this.#askedBytes >= bytes ||
        dueMs === undefined && this.#clock.monotonicMs() >= endMs;
      const work = isOver ? "end" : source.next();
      if (work === "end") {
        this.#tally.endSteady(this.#clock.monotonicMs());
        return undefined;
      }
      if (work !== "wait") {
        if (isMeasured) {
          this.#askedOps++;
          this.#askedBytes += work.op === "list" ? 0 : work.size;
        }
        enterWork(work);
        this.#entered++;
        const needed = roomFor(memoryOf(work));
        const isShort = () => this.#bytes > 0 && this.#bytes + needed > maxBufferedBytes;
        if (isShort()) this.#heldByMemory++;
        while (isShort()) await this.#nextEnd();
        this.#bytes += needed;
        return work;
      }
      if (this.#entered === 0) {
        throw new NotFoundError({
          operation: `run phase ${JSON.stringify(phase.name)} in`,
          uri: tools.place.uri,
          detail: "no object that it could read or delete is there",
          advice: "put its sets in a phase before",
        });
      }
      await this.#nextEnd();
    }
  }

  /** Never rejects. */
  async #perform(work: Work, dueMs?: number): Promise<void> {
    const { tools, verified, onEnd } = this.#setup;
    const needed = roomFor(memoryOf(work));
    this.#running++;
    this.#mostInFlight = Math.max(this.#mostInFlight, this.#running);
    let done: Done | undefined;
    let failure: unknown;
    let startMs = this.#clock.monotonicMs();
    try {
      this.#signal.throwIfAborted();
      const ready = readyWork(work, tools, { signal: this.#signal });
      startMs = this.#clock.monotonicMs();
      done = await ready();
    } catch (error) {
      failure = error;
    }
    const times = { dueMs: dueMs ?? startMs, startMs, endMs: this.#clock.monotonicMs() };
    this.#running--;
    this.#entered--;
    this.#bytes -= needed;
    leaveWork(work, done !== undefined);
    if (!this.#signal.aborted) {
      const isCorrupt = failure instanceof CorruptObjectError;
      // What could not be read was compared with nothing.
      if (work.isVerified && (done || isCorrupt)) verified.reads++;
      if (failure instanceof CorruptObjectError) {
        verified.wrong++;
        const { key, offset } = failure;
        if (verified.examples.length < MOST_EXAMPLES) verified.examples.push({ key, offset });
      }
      if (times.dueMs < this.#startMs) {
        this.#ramp.ops++;
        if (!done) this.#ramp.errors++;
      } else {
        if (dueMs !== undefined) this.#lateness.record(Math.max(0, startMs - dueMs) * 1e6);
        if (done) this.#tally.add(work.op, work.set.sizeOf(work.number), done, times);
        else this.#tally.fail(work.op, failure, times);
      }
      this.#judgeErrors(done === undefined);
      onEnd(this.#tally.ops + this.#ramp.ops, this.#tally.failed + this.#ramp.errors);
    }
    this.#wakeAll();
  }

  #judgeErrors(hasFailed: boolean): void {
    if (!hasFailed) return;
    const ops = this.#tally.ops + this.#ramp.ops;
    const failed = this.#tally.failed + this.#ramp.errors;
    if (ops >= LEAST_FOR_RATE && failed > ops * this.#setup.maxErrorRate) this.#tooManyErrors();
  }

  #tooManyErrors(): void {
    const failed = this.#tally.failed + this.#ramp.errors;
    const ops = this.#tally.ops + this.#ramp.ops;
    const percent = Number((this.#setup.maxErrorRate * 100).toPrecision(6));
    this.#stopped = `${failed} of ${ops} operations of phase ${
      JSON.stringify(this.#setup.phase.name)
    } failed, and maxErrorRate is ${percent}%`;
  }

  async #sleepUntil(dueMs: number): Promise<void> {
    for (;;) {
      const leftMs = dueMs - this.#clock.monotonicMs();
      if (leftMs <= 0) return;
      await this.#clock.sleep(Math.min(leftMs, MOST_SLEEP_MS), this.#signal);
    }
  }

  /** Lets timers and signals have their turn, where stores answer at once. */
  async #breathe(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#breathMs <= BREATH_MS) return;
    this.#breathMs = this.#clock.monotonicMs();
    await this.#clock.sleep(0, this.#signal);
  }

  /** Sees how late this process looks at its clock. */
  async #tick(): Promise<void> {
    try {
      for (;;) {
        const beforeMs = this.#clock.monotonicMs();
        await this.#clock.sleep(LAG_EVERY_MS, this.#signal);
        this.#lag.record(Math.max(0, this.#clock.monotonicMs() - beforeMs - LAG_EVERY_MS) * 1e6);
      }
    } catch {
      // The phase is over.
    }
  }

  #nextEnd(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #wakeAll(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #throttled(): number | undefined {
    return this.#setup.tools.place.store.figures?.().throttled;
  }

  #result(): PhaseResult {
    const { phase, load, runStartMs } = this.#setup;
    const tally = this.#tally;
    const throttled = this.#throttled();
    return {
      name: phase.name,
      ...(load.kind === "closed" ? { concurrency: load.concurrency } : { rate: load.rate }),
      startMs: this.#startMs - runStartMs,
      durationMs: tally.durationMs,
      steadyMs: tally.steadyMs,
      mostInFlight: this.#mostInFlight,
      heldByInFlight: this.#heldByInFlight,
      heldByMemory: this.#heldByMemory,
      ...(phase.kind === "mix" && phase.rampMs > 0 && { ramp: { ...this.#ramp } }),
      ...(load.kind === "open" && { lateness: this.#lateness.toState() }),
      clientLag: this.#lag.toState(),
      ...(throttled !== undefined && { throttled: throttled - (this.#throttledBefore ?? 0) }),
      ops: tally.results(),
    };
  }
}
