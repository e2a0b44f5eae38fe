import type { Clock } from "@lade/core/backend";
import { type SourceWorker, startSourceWorker } from "@lade/core/concurrency";
import { type WriteOrder, type WriteReply, writeThreadProgram } from "./write_thread_program.ts";

/** Bytes of open files that are worth a thread, which costs what 50 MB cost to write. */
const WORTH_A_THREAD = 2 ** 26;
/** Threads that keep a disk busy. */
const MOST = 2;
/** How long they stay without a file: they keep the process from ending. */
const IDLE_MS = 50;

/** Which file of the system is meant. */
export interface FileNumber {
  readonly dev: number;
  readonly ino: number;
}

interface Thread {
  readonly worker: SourceWorker;
  readonly orders: Map<number, (count: number) => void>;
  isReady: boolean;
}

/**
 * Threads that write shared memory to files by O_DIRECT, which this one could only do while it does nothing else. They are started
 * while enough is to be written, and end with the last file.
 */
export class WriteThreads {
  readonly #clock: Clock;
  readonly #flags: number;
  readonly #start: typeof startSourceWorker;
  readonly #threads: Thread[] = [];
  readonly #files = new Set<ThreadedFile>();
  #isRefused = false;
  #next = 0;
  #idle: AbortController | undefined;

  /** Starts none yet. `flags` are those that files are opened by. */
  constructor(clock: Clock, flags: number, start = startSourceWorker) {
    this.#clock = clock;
    this.#flags = flags;
    this.#start = start;
  }

  /** Takes a file of `size` bytes that is about to be written at `path`; close it. `find` says which file that is. */
  open(path: string, size: number, find: () => FileNumber): ThreadedFile {
    this.#idle?.abort();
    const file = new ThreadedFile(this, this.#next++, path, find);
    this.#files.add(file);
    file.expect(size);
    return file;
  }

  /** Whether one takes orders. */
  get areReady(): boolean {
    return this.#threads.some(({ isReady }) => isReady);
  }

  /** Whether there are any, if only starting. */
  get areThere(): boolean {
    return this.#threads.length > 0;
  }

  /** Starts what the bytes of all open files are worth. */
  expect(): void {
    const bytes = [...this.#files].reduce((sum, { expected }) => sum + expected, 0);
    const wanted = Math.min(MOST, Math.floor(bytes / WORTH_A_THREAD));
    while (this.#threads.length < wanted && !this.#isRefused) this.#startOne();
  }

  /** Has the least busy one write; says how many bytes it wrote. */
  write(order: Omit<Extract<WriteOrder, { readonly type: "write" }>, "id" | "type">): Promise<number> {
    const [first, ...others] = this.#threads.filter(({ isReady }) => isReady);
    if (!first) return Promise.resolve(0);
    const least = others.reduce((a, b) => b.orders.size < a.orders.size ? b : a, first);
    const id = this.#next++;
    const { promise, resolve } = Promise.withResolvers<number>();
    least.orders.set(id, resolve);
    least.worker.postMessage({ ...order, type: "write", id } satisfies WriteOrder);
    return promise;
  }

  /** Lets go of a file, of which nothing is in flight. With the last one the threads end, after a while. */
  close(file: ThreadedFile): void {
    if (!this.#files.delete(file)) return;
    const order: WriteOrder = { type: "close", file: file.number };
    for (const { worker } of this.#threads) worker.postMessage(order);
    if (this.#files.size > 0 || this.#threads.length === 0) return;
    const { signal } = this.#idle = new AbortController();
    this.#clock.sleep(IDLE_MS, signal).then(() => this.#endIdle(), () => {});
  }

  #startOne(): void {
    let worker: SourceWorker;
    try {
      const program = `(${writeThreadProgram})(globalThis, fs, ${this.#flags});`;
      worker = this.#start(`import fs from "node:fs";${program}`, "lade writer");
    } catch {
      this.#isRefused = true;
      return;
    }
    const thread: Thread = { worker, orders: new Map(), isReady: false };
    this.#threads.push(thread);
    worker.onmessage = ({ data }: MessageEvent<WriteReply>) => {
      if (data.type === "ready") thread.isReady = true;
      else {
        thread.orders.get(data.id)?.(data.count);
        thread.orders.delete(data.id);
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#refuse(thread);
    };
    worker.onmessageerror = () => this.#refuse(thread);
  }

  /**
   * Where one cannot be, or broke, none is tried again. What it was to write counts as not written: a thread that broke is in no
   * call of the system. Others go on, since one that is ended in a call may write on, from memory that is used again by then.
   */
  #refuse(thread: Thread): void {
    this.#isRefused = true;
    this.#threads.splice(0, Infinity, ...this.#threads.filter((other) => other !== thread));
    thread.worker.terminate();
    for (const resolve of thread.orders.values()) resolve(0);
    thread.orders.clear();
  }

  #endIdle(): void {
    if (this.#files.size > 0) return;
    for (const { worker } of this.#threads.splice(0)) worker.terminate();
  }
}

/** A file that threads write to. */
export class ThreadedFile {
  /** By which threads know it. */
  readonly number: number;
  readonly #threads: WriteThreads;
  readonly #path: string;
  readonly #find: () => FileNumber;
  #found: FileNumber | undefined;
  #expected = 0;

  /** Of `threads`, which open it. */
  constructor(threads: WriteThreads, number: number, path: string, find: () => FileNumber) {
    this.#threads = threads;
    this.number = number;
    this.#path = path;
    this.#find = find;
  }

  /** Bytes that are or will be written to it, as far as that is known. */
  get expected(): number {
    return this.#expected;
  }

  /** Whether a thread takes orders now. */
  get isReady(): boolean {
    return this.#threads.areReady;
  }

  /** Whether bytes are best given in shared memory: a thread is there, or starting. */
  get wantsShared(): boolean {
    return this.#threads.areThere;
  }

  /** Says that so many bytes more are to be written. */
  expect(bytes: number): void {
    this.#expected += bytes;
    this.#threads.expect();
  }

  /** Has aligned shared memory written, and says how many bytes were; none where the caller has to do it, and finds out why. */
  write(bytes: Uint8Array, position: number): Promise<number> {
    const { dev, ino } = this.#found ??= this.#find();
    return this.#threads.write({ file: this.number, path: this.#path, dev, ino, bytes, position });
  }

  /** Lets go of it. No write is in flight. */
  close(): void {
    this.#threads.close(this);
  }
}
