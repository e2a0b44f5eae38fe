import { Sha256 } from "@lade/codec/hash";
import type { Clock } from "@lade/core/backend";
import { UnavailableError, UnsupportedError } from "@lade/core/errors";
import type { HalfDoneCopy, ResumableCopy } from "@lade/core/operations";
import { system } from "@lade/core/system";
import { fingerprintOf } from "./finished_set.ts";
import type { JournalPlace } from "./journal_place.ts";
import { hostname } from "./hostname.ts";
import {
  formatRecord,
  type HalfDone,
  type JournalHeader,
  type JournalRecord,
  type JournalRun,
} from "./journal_records.ts";
import { JournalState } from "./journal_state.ts";
import type { RecordLog } from "./record_log.ts";

/** What a {@linkcode TransferJournal} is opened with. */
export interface TransferJournalSetup {
  /** Where journals are. */
  readonly place: JournalPlace;
  /** Its name there. */
  readonly id: string;
  /** What its transfer is. */
  readonly header: JournalHeader;
  /** Time. */
  readonly clock: Clock;
  /** Random numbers in [0, 1). */
  readonly random: () => number;
  /** Objects of so many bytes are copied so that another process can go on with them; 64 MiB by default. */
  readonly resumableBytes?: number | undefined;
  /** Ends the opening. */
  readonly signal: AbortSignal;
  /** After so many milliseconds a transfer is worth a journal; 3,000 by default. */
  readonly lazyMs?: number;
  /** Takes what keeps a journal from being kept, where the transfer goes on without: one sentence. */
  readonly onNote: (text: string) => void;
  /** Called where another process is at the same transfer, which has to end. */
  readonly onTakenOver: (error: unknown) => void;
}

/** What an unfinished transfer leaves. */
export interface ResumableTransfer {
  /** The name of its journal. */
  readonly id: string;
  /** Where the journal is. */
  readonly place: string;
  /** Objects that are done and would not be done again. */
  readonly finished: number;
  /** Copies of large objects that would be gone on with. */
  readonly halfDone: number;
  /** Whether the journal has a command line, by which `lade jobs resume` goes on. */
  readonly hasCommand: boolean;
}

/** The content of an object, by which it is known again. */
export interface ObjectState {
  /** Its bytes; absent where the etag alone has to do. */
  readonly size?: number;
  /** Its etag. */
  readonly etag?: string;
  /** When the status of a local file last changed, which shows a change whose time was set back. */
  readonly statusChanged?: Date;
}

/** An object that is done. */
interface DoneObject {
  readonly from: string;
  readonly to: string;
  readonly source: ObjectState;
  readonly target: ObjectState & { readonly size: number };
  readonly isMoved: boolean;
}

/** A source of which nothing is known any more. */
const GONE: ObjectState = {};
/** A transfer that runs for longer is worth a journal. */
const LAZY_MS = 3000;
/** Objects of so many bytes are begun so that another process can go on with them. */
const RESUMABLE_BYTES = 64 * 2 ** 20;

/**
 * The journal of one transfer: which objects are done, and how to go on with those that are half done. It begins when the
 * transfer has run for three seconds or a large object begins, and holds 16 to 24 bytes for each object that is done.
 *
 * An object is done only while its source is what was copied and its destination what was written.
 */
export class TransferJournal {
  readonly #setup: TransferJournalSetup;
  readonly #sha = new Sha256();
  readonly #startMs: number;
  readonly #state: JournalState;
  /** Whether an earlier run has left something to go on with. */
  readonly isResumed: boolean;
  /** The processes of earlier runs. */
  readonly earlierRuns: readonly JournalRun[];
  #log: RecordLog | undefined;
  /** Shows others that this process lives. */
  #lock: AsyncDisposable | undefined;
  #early: Uint8Array[] = [];
  /** What was done before the journal begins: the objects of three seconds at most. */
  readonly #unmarked: DoneObject[] = [];
  #beginning: Promise<boolean> | undefined;
  /** Ends the wait for the time at which the journal begins, where one is under way. */
  #waiting: AbortController | undefined;
  #isGivenUp = false;
  /** Another process is at it, and the journal is that one's. */
  #isTakenOver = false;

  private constructor(
    setup: TransferJournalSetup,
    state: JournalState,
    log: RecordLog | undefined,
    lock: AsyncDisposable | undefined,
  ) {
    this.#lock = lock;
    this.#setup = setup;
    this.#startMs = setup.clock.monotonicMs();
    this.#state = state;
    this.#log = log;
    this.isResumed = state.finished.size > 0 || state.halfDone.size > 0;
    this.earlierRuns = [...state.runs];
    if (!log) return;
    this.#beginning = Promise.resolve(true);
    this.#introduce();
  }

  /**
   * Finds the journal that an earlier run of the same transfer has left. One that another process uses is an
   * `UnavailableError`, and one that is damaged an `UnsupportedError`.
   */
  static async open(setup: TransferJournalSetup): Promise<TransferJournal> {
    const opening: { journal?: TransferJournal } = {};
    let log: RecordLog | undefined;
    let lock: AsyncDisposable | undefined;
    try {
      log = await openLog(setup, false, () => opening.journal);
      if (log) lock = await setup.place.locks?.hold();
      const state = log ? await JournalState.of(log) : new JournalState();
      return opening.journal = new TransferJournal(setup, state, log, lock);
    } catch (error) {
      await log?.close().catch(() => {});
      await lock?.[Symbol.asyncDispose]();
      setup.signal.throwIfAborted();
      if (error instanceof UnavailableError || error instanceof UnsupportedError) throw error;
      const journal = new TransferJournal(setup, new JournalState(), undefined, undefined);
      journal.#giveUp(error);
      return journal;
    }
  }

  /** How many objects earlier runs have done. */
  get finishedBefore(): number {
    return this.isResumed ? this.#state.finished.size : 0;
  }

  /** Copies that were begun and not ended. */
  get halfDone(): Iterable<HalfDone> {
    return this.#state.halfDone.values();
  }

  /** Whether an object may be done, if its destination is what was written. */
  mayBeFinished(from: string, to: string, source: ObjectState): boolean {
    return this.#state.finished.hasEntry(this.#fingerprint(from, to, source, { size: 0 }));
  }

  /** Whether an object is done. */
  isFinished(from: string, to: string, source: ObjectState, target: ObjectState): boolean {
    return this.#state.finished.has(this.#fingerprint(from, to, source, target));
  }

  /** Whether an object is done whose source was to be removed then, and is gone. */
  isMoved(from: string, to: string, target: ObjectState): boolean {
    return this.#state.moved.has(this.#fingerprint(from, to, GONE, target));
  }

  /**
   * Remembers that an object is done. One whose content is not known by an etag on both sides is not remembered. With
   * `isMoved` it is known later without its source too.
   */
  finish(
    from: string,
    to: string,
    source: ObjectState,
    target: ObjectState & { readonly size: number },
    isMoved = false,
  ): void {
    if (source.etag === undefined || target.etag === undefined) return;
    const done = { from, to, source, target, isMoved };
    // Most transfers end before there is a journal: they pay for no hash.
    if (this.#beginning) this.#mark(done);
    else {
      this.#unmarked.push(done);
      this.#beginInTime();
    }
  }

  /** Begins the journal when the transfer has run for long enough, also where no further object is done before. */
  #beginInTime(): void {
    const { clock, lazyMs = LAZY_MS } = this.#setup;
    const leftMs = this.#startMs + lazyMs - clock.monotonicMs();
    if (leftMs <= 0) return void this.#begin();
    if (this.#waiting) return;
    this.#waiting = new AbortController();
    clock.sleep(leftMs, this.#waiting.signal).then(() => this.#begin(), () => {});
  }

  /** Begins the journal, if anything is to be remembered, and resolves when all of that is kept. */
  async begin(): Promise<void> {
    if (this.#beginning || this.#unmarked.length > 0) await this.#begin();
    await this.flush();
  }

  /** Resolves when all that was remembered is kept, where a journal has begun; without one there is nothing to wait for. */
  async flush(): Promise<void> {
    if (!await this.#beginning) return;
    // What keeps it from being kept is noted.
    await this.#log?.flush().catch(() => {});
  }

  /** Whether an object of so many bytes is copied so that another process can go on with it, or one was before. */
  isResumable(to: string, size: number | undefined): boolean {
    const { resumableBytes = RESUMABLE_BYTES } = this.#setup;
    return size === undefined || size >= resumableBytes || this.#state.halfDone.has(to);
  }

  /** How an object is copied so that another process can go on with it, and this one where an earlier one was. */
  resumable(from: string, to: string): ResumableCopy {
    const before = this.#state.halfDone.get(to);
    const known = before?.from === from ? before : undefined;
    let id = known?.id;
    return {
      fromBytes: this.#setup.resumableBytes ?? RESUMABLE_BYTES,
      ...(known && { halfDone: known.copy, parts: known.parts }),
      begun: async (copy: HalfDoneCopy) => {
        id = this.#state.nextId++;
        if (!await this.#begin()) return false;
        this.#take({ type: "begun", id, from, to, copy });
        return await this.#log?.flush().then(() => true, () => false) ?? false;
      },
      wrote: (part) => {
        if (id !== undefined) this.#take({ type: "part", id, part });
      },
      ended: () => {
        if (id !== undefined) this.#take({ type: "ended", id });
        id = undefined;
      },
    };
  }

  /** Forgets a half-done copy of which nothing is left. */
  forget({ id }: HalfDone): void {
    this.#take({ type: "ended", id });
  }

  /**
   * Ends the journal: it is removed where everything is done, else what it holds is told. `failed` is how many objects
   * failed of a transfer that went to its end; absent where that was ended before.
   */
  async end(isComplete: boolean, failed?: number): Promise<ResumableTransfer | undefined> {
    this.#waiting?.abort();
    await this.#beginning;
    await using _lock = this.#lock;
    this.#lock = undefined;
    if (!isComplete && failed !== undefined) this.#take({ type: "over", failed });
    const log = this.#log;
    this.#log = undefined;
    if (!log) return undefined;
    const { finished, halfDone } = this.#state;
    try {
      if (isComplete && halfDone.size === 0 || finished.size + halfDone.size === 0) {
        await log.remove();
        return undefined;
      }
      await log.close();
    } catch (error) {
      this.#giveUp(error);
    }
    if (this.#isTakenOver) return undefined;
    const { id, place, header } = this.#setup;
    const hasCommand = (this.#state.header ?? header).commandLine !== undefined;
    return { id, place: place.name, finished: finished.size, halfDone: halfDone.size, hasCommand };
  }

  /** Says first which transfer it is, and which process is at it. */
  #introduce(): void {
    if (!this.#state.header) this.#append({ type: "header", header: this.#setup.header });
    const host = hostname();
    this.#append({ type: "run", pid: system.pid, ...(host !== undefined && { host }) });
  }

  #mark({ from, to, source, target, isMoved }: DoneObject): void {
    const fingerprint = this.#fingerprint(from, to, source, target);
    this.#take({ type: "finished", fingerprint, size: target.size });
    if (!isMoved) return;
    this.#take({ type: "moved", fingerprint: this.#fingerprint(from, to, GONE, target), size: target.size });
  }

  #take(record: JournalRecord): void {
    this.#state.take(record);
    this.#append(record);
  }

  #append(record: JournalRecord): void {
    if (this.#isGivenUp) return;
    const bytes = formatRecord(record);
    if (this.#log) this.#log.append(bytes);
    else this.#early.push(bytes);
  }

  /** Opens the log for what an earlier run has not, and resolves with whether it is kept. */
  #begin(): Promise<boolean> {
    return this.#beginning ??= (async () => {
      this.#introduce();
      for (const done of this.#unmarked.splice(0)) this.#mark(done);
      if (this.#isGivenUp) return false;
      try {
        this.#lock = await this.#setup.place.locks?.hold();
        const log = await openLog(this.#setup, true, () => this);
        for (const record of this.#early.splice(0)) log?.append(record);
        this.#log = log;
        return log !== undefined;
      } catch (error) {
        if (error instanceof UnavailableError) this.#leave(error);
        else if (!this.#setup.signal.aborted) this.#giveUp(error);
        return false;
      }
    })();
  }

  #giveUp(error: unknown): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    this.#early = [];
    const detail = error instanceof Error ? error.message : String(error);
    this.#setup.onNote(`no journal is kept, so that an interrupted transfer would start anew: ${detail}`);
  }

  /** Called by the log, when it fails. */
  failed(error: unknown, isTakenOver: boolean): void {
    if (isTakenOver) this.#leave(error);
    else this.#giveUp(error);
  }

  /** Leaves the journal to the process that has it now. */
  #leave(error: unknown): void {
    this.#isTakenOver = this.#isGivenUp = true;
    this.#early = [];
    this.#setup.onTakenOver(error);
  }

  #fingerprint(from: string, to: string, source: ObjectState, target: ObjectState) {
    const { statusChanged: status = "" } = source;
    return fingerprintOf(
      this.#sha.digest(`${from}\0${to}\0${source.etag}${status && ` ${status.getTime()}`}`),
      this.#sha.digest(`${target.size} ${target.etag}`),
    );
  }
}

function openLog(
  { place, id, clock, random, signal, header }: TransferJournalSetup,
  create: boolean,
  journal: () => TransferJournal | undefined,
): Promise<RecordLog | undefined> {
  const command = header.commandLine ? `lade ${header.commandLine.join(" ")}` : `lade ${header.operation}`;
  const onFailure = (error: unknown, isTakenOver = false) => journal()?.failed(error, isTakenOver);
  return place.open(id, { clock, random, command, create, signal, onFailure });
}
