import { type Clock, type ObjectStore, UnavailableError, UnsupportedError } from "@lade/core/backend";
import { AlreadyExistsError, NotFoundError } from "@lade/core/errors";
import { getBytes } from "@lade/core/operations";
import { system } from "@lade/core/system";
import { isProcessGone } from "./is_process_gone.ts";
import { frameOf, readFrame } from "./record_frames.ts";
import type { ProcessLocks } from "./process_locks.ts";
import { OWNER_KEY, readSign, type Sign, writeSign } from "./owner_sign.ts";
import { describeOwner, type LogOwner, type RecordLog } from "./record_log.ts";
import {
  mergedSegment,
  readSegmentName,
  type Segment,
  segmentKey,
  segmentsToMerge,
  visible,
} from "./segments.ts";

/** What a {@linkcode StoreLog} is opened with. */
export interface StoreLogOptions {
  /** Time. */
  readonly clock: Clock;
  /** Random numbers in [0, 1). */
  readonly random: () => number;
  /** This process, as others are told that find the log in use. */
  readonly owner: LogOwner;
  /** By which processes of this machine know whether another one has ended. */
  readonly locks?: ProcessLocks | undefined;
  /** Makes the log where it is not there; else that is a `NotFoundError`. */
  readonly create: boolean;
  /** Ends calls to the store while the log is opened. */
  readonly signal?: AbortSignal;
  /** Milliseconds within which what is appended is stored; 5,000 by default. */
  readonly storeMs?: number;
  /** After so many milliseconds without a sign of its owner the log may be taken over; 60,000 by default. */
  readonly staleMs?: number;
  /** Called once, with what keeps further records from being kept, and whether another process has the log now. */
  readonly onFailure?: (error: unknown, isTakenOver: boolean) => void;
}

const STORE_MS = 5000;
const STALE_MS = 60_000;
/** Signs of life until a log counts as left behind. */
const SIGNS = 4;

/** Signs of the logs that this process has open. */
const OPEN = new Set<unknown>();

/** How every segment begins; a line of who wrote it follows, and then the records. */
const MAGIC = "lade-log 1\n";

/**
 * A log in any store that keeps create-only writes: numbered segments below a prefix, each an object that is written once
 * and merged with others into larger ones, so that 32 for each power of 32 of them are left at most. It holds what is
 * appended for `storeMs`, in memory.
 *
 * Its owner gives signs of life. A log whose owner is gone, which is known at once on the same machine and after `staleMs`
 * on another, is taken over by writing the next segment: the owner before finds that number taken, and stops.
 */
export class StoreLog implements RecordLog {
  readonly name: string;
  readonly #store: ObjectStore;
  readonly #prefix: string;
  readonly #options: StoreLogOptions;
  readonly #id: string;
  readonly #ended = new AbortController();
  #segments: Segment[] = [];
  #readable: readonly Segment[] = [];
  #due: Uint8Array<ArrayBuffer>[] = [];
  #storing: Promise<void> | undefined;
  #waiting = false;
  #signMs = 0;
  #failure: { readonly error: unknown } | undefined;
  #isOpened = false;
  #isOpen = true;

  private constructor(store: ObjectStore, prefix: string, options: StoreLogOptions) {
    this.#store = store;
    this.#prefix = prefix;
    this.#options = options;
    this.name = `${store.uri}/${prefix}`;
    this.#id = Math.floor(options.random() * 2 ** 52).toString(36);
  }

  /**
   * Opens the log below a prefix, which is empty or ends in a slash. One that another process writes is an
   * `UnavailableError` that says which one; a store without create-only writes is an `UnsupportedError`.
   */
  static async open(store: ObjectStore, prefix: string, options: StoreLogOptions): Promise<StoreLog> {
    const log = new StoreLog(store, prefix, options);
    OPEN.add(log.#id);
    try {
      await log.#takeOver();
    } catch (error) {
      OPEN.delete(log.#id);
      throw error;
    }
    log.#isOpened = true;
    void log.#beat();
    return log;
  }

  /** Who has the log below a prefix, as far as its last sign of life tells. */
  static async ownerOf(store: ObjectStore, prefix: string): Promise<LogOwner | undefined> {
    return (await readSign(store, prefix + OWNER_KEY))?.owner;
  }

  /** The records of the log below a prefix, also while another process writes it. */
  static async *peek(
    store: ObjectStore,
    prefix: string,
    options: StoreLogOptions,
  ): AsyncGenerator<Uint8Array> {
    const log = new StoreLog(store, prefix, options);
    log.#readable = (await log.#find()).kept;
    yield* log.read();
  }

  append(record: Uint8Array): void {
    if (!this.#isOpen) throw new TypeError(`Cannot log to ${JSON.stringify(this.name)}: it is closed`);
    const framed = frameOf(record);
    if (this.#failure) return;
    this.#due.push(framed);
    if (!this.#waiting) void this.#storeLater();
  }

  async flush(): Promise<void> {
    await this.#storeAll();
    if (this.#failure) throw this.#failure.error;
  }

  async *read(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (const segment of this.#readable) {
      const bytes = await this.#content(segment);
      for (let at = 0; at < bytes.length;) {
        const frame = readFrame(bytes, at);
        if (typeof frame !== "object") throw this.#damaged(segment);
        at = frame.end;
        if ("record" in frame) yield frame.record;
      }
    }
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#ended.abort();
    OPEN.delete(this.#id);
    await this.flush();
    // The next process need not wait for a sign of this one.
    if ((await this.#readSign())?.id === this.#id) await this.#store.delete(this.#ownerKey);
  }

  async remove(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#ended.abort();
    OPEN.delete(this.#id);
    await this.#storing;
    const sign = await this.#readSign();
    if (sign && sign.id !== this.#id) throw this.#lost(sign.owner);
    for await (const { key } of this.#store.list(this.#prefix)) {
      if (!readSegmentName(key.slice(this.#prefix.length))) continue;
      // Only who has taken it over, and ended since, took the sign away.
      if (!sign) throw this.#lost(undefined);
      await this.#store.delete(key);
    }
    await this.#store.delete(this.#ownerKey);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #ownerKey(): string {
    return this.#prefix + OWNER_KEY;
  }

  get #call(): { readonly signal?: AbortSignal } {
    const { signal } = this.#options;
    // A log is closed also after what it is about was given up.
    return signal && !this.#isOpened ? { signal } : {};
  }

  async #takeOver(): Promise<void> {
    if (this.#store.capabilities.createOnly === false) {
      throw new UnsupportedError({
        operation: "keep a journal in",
        uri: this.name,
        detail: "the store ignores the conditions by which a second process would be noticed",
        advice: "keep it elsewhere (--journal)",
      });
    }
    const { kept, covered } = await this.#find();
    await this.#refuseOwner();
    this.#segments = kept;
    this.#readable = [...kept];
    const isFirst = await this.#putOnce(this.#next(), []);
    if (!isFirst) throw this.#inUse("another process has just taken it");
    await this.#sign();
    // What a merge left when it was interrupted.
    for (const segment of covered) await this.#store.delete(this.#prefix + segmentKey(segment), this.#call);
  }

  async #find(): Promise<ReturnType<typeof visible>> {
    const found: Segment[] = [];
    for await (const { key } of this.#store.list(this.#prefix, this.#call)) {
      const segment = readSegmentName(key.slice(this.#prefix.length));
      if (segment) found.push(segment);
    }
    if (found.length === 0 && !this.#options.create) {
      throw new NotFoundError({ operation: "use the journal", uri: this.name, detail: "no such journal" });
    }
    return visible(found);
  }

  /** Throws while the one that has the log may be alive. */
  async #refuseOwner(): Promise<void> {
    const { clock, owner: { host }, locks, staleMs = STALE_MS } = this.#options;
    const told = await this.#readSign();
    if (!told?.owner) return;
    const isOpenHere = told.owner.pid === system.pid && OPEN.has(told.id);
    if (!isOpenHere && await isProcessGone(told.owner, host, locks)) return;
    const ageMs = clock.now() - told.atMs;
    // A clock that was ahead would keep the log for as long.
    if (Math.abs(ageMs) >= staleMs) return;
    const seconds = (ms: number) => Math.max(1, Math.round(ms / 1000));
    throw this.#inUse(
      `${describeOwner(told.owner, host)} was at it ${seconds(ageMs)} s ago`,
      `wait for it or end it; if it has ended, try again in ${seconds(staleMs - ageMs)} s`,
    );
  }

  #inUse(detail: string, advice = "wait for it or end it first"): UnavailableError {
    return new UnavailableError({ operation: "use the journal", uri: this.name, detail, advice });
  }

  #readSign(): Promise<Sign | undefined> {
    return readSign(this.#store, this.#ownerKey, this.#call);
  }

  /** Gives a sign of life. */
  async #sign(): Promise<void> {
    const { clock, owner } = this.#options;
    this.#signMs = clock.monotonicMs();
    await writeSign(this.#store, this.#ownerKey, owner, this.#id, clock.now());
  }

  get #signEveryMs(): number {
    return (this.#options.staleMs ?? STALE_MS) / SIGNS;
  }

  async #beat(): Promise<void> {
    const { clock } = this.#options;
    while (this.#isOpen && !this.#failure) {
      const slept = await clock.sleep(this.#signEveryMs, this.#ended.signal).then(() => true, () => false);
      if (slept && this.#isOpen) await this.#try(() => this.#signAgain());
    }
  }

  /** Gives a sign of life, unless the last one was another process's, or is gone with that: then this one has lost the log. */
  async #signAgain(): Promise<void> {
    const told = await this.#readSign();
    if (told ? told.id !== this.#id : this.#isOpen) throw new TakenOver(this.#lost(told?.owner));
    if (this.#isOpen) await this.#sign();
  }

  #lost(owner: LogOwner | undefined): UnavailableError {
    const who = describeOwner(owner, this.#options.owner.host);
    return this.#inUse(`${who} has taken it over, and this one stops`);
  }

  async #storeLater(): Promise<void> {
    const { clock, storeMs = STORE_MS } = this.#options;
    this.#waiting = true;
    await clock.sleep(storeMs, this.#ended.signal).catch(() => {});
    this.#waiting = false;
    if (this.#isOpen) await this.#storeAll();
  }

  async #storeAll(): Promise<void> {
    while (this.#storing) await this.#storing;
    if (this.#due.length === 0 || this.#failure) return;
    this.#storing = this.#try(() => this.#storeDue()).finally(() => this.#storing = undefined);
    await this.#storing;
  }

  async #storeDue(): Promise<void> {
    // One that slept for long may have been taken over, and its successor's segments merged.
    if (this.#options.clock.monotonicMs() - this.#signMs > 2 * this.#signEveryMs) await this.#signAgain();
    if (!await this.#putOnce(this.#next(), this.#due.splice(0))) {
      throw new TakenOver(this.#lost((await this.#readSign())?.owner));
    }
    for (let merge = segmentsToMerge(this.#segments); merge; merge = segmentsToMerge(this.#segments)) {
      await this.#merge(merge);
    }
  }

  #next(): Segment {
    const number = (this.#segments.at(-1)?.last ?? 0) + 1;
    return { first: number, last: number };
  }

  /** Makes a few large segments of many small ones. */
  async #merge(segments: readonly Segment[]): Promise<void> {
    const whole = mergedSegment(segments);
    const contents: Uint8Array<ArrayBuffer>[] = [];
    for (const segment of segments) contents.push(await this.#content(segment));
    this.#segments = this.#segments.filter((segment) => !segments.includes(segment));
    if (!await this.#putOnce(whole, contents)) throw new TakenOver(this.#lost(undefined));
    for (const segment of segments) await this.#store.delete(this.#prefix + segmentKey(segment));
  }

  /** Writes a segment, and returns whether it is of this process: an answer may have been lost, and the write sent again. */
  async #putOnce(segment: Segment, contents: readonly Uint8Array[]): Promise<boolean> {
    const head = new TextEncoder().encode(
      `${MAGIC}${JSON.stringify({ ...this.#options.owner, id: this.#id })}\n`,
    );
    const bytes = new Uint8Array(
      await new Blob([head, ...contents as Uint8Array<ArrayBuffer>[]]).arrayBuffer(),
    );
    const key = this.#prefix + segmentKey(segment);
    try {
      await this.#store.put(key, bytes, { ifNoneMatch: "*" });
    } catch (error) {
      if (!(error instanceof AlreadyExistsError)) throw error;
      const there = (await getBytes(this.#store, key)).bytes;
      if (there.length !== bytes.length || there.some((byte, at) => byte !== bytes[at])) return false;
    }
    this.#segments.push(segment);
    return true;
  }

  /** The frames of a segment. */
  async #content(segment: Segment): Promise<Uint8Array<ArrayBuffer>> {
    const { bytes } = await getBytes(this.#store, this.#prefix + segmentKey(segment), this.#call);
    const start = new TextDecoder().decode(bytes.subarray(0, MAGIC.length));
    const line = bytes.indexOf(10, MAGIC.length);
    if (start !== MAGIC || line < 0) throw this.#damaged(segment);
    return bytes.subarray(line + 1);
  }

  #damaged(segment: Segment): UnsupportedError {
    return new UnsupportedError({
      operation: "use the journal",
      uri: this.name,
      detail: `${JSON.stringify(segmentKey(segment))} is not as it was written`,
      advice: 'remove it ("lade jobs remove") and run the command again, which then starts anew',
    });
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#due = [];
      if (this.#failure) return;
      const isTakenOver = thrown instanceof TakenOver;
      const error = isTakenOver ? thrown.error : thrown;
      this.#failure = { error };
      this.#options.onFailure?.(error, isTakenOver);
    }
  }
}

/** Another process has the log now. */
class TakenOver {
  readonly error: UnavailableError;

  constructor(error: UnavailableError) {
    this.error = error;
  }
}
