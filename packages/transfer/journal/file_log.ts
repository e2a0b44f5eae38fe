import { type Clock, PLATFORM, type Platform, UnavailableError, UnsupportedError } from "@lade/core/backend";
import { closeLocked, system, type SystemFile, whyNoLocks } from "@lade/core/system";
import { isNamed } from "./is_named.ts";
import { frameOf, furthestKept, keptFrame, readFrame, SEARCH_OVERLAP } from "./record_frames.ts";
import { describeOwner, type LogOwner, parseOwner, type RecordLog } from "./record_log.ts";

/** What a {@linkcode FileLog} is opened with. */
export interface FileLogOptions {
  /** Time. */
  readonly clock: Clock;
  /** This process, as others are told that find the log in use. */
  readonly owner: LogOwner;
  /** Makes the log where it is not there; else that is a `Deno.errors.NotFound`. */
  readonly create: boolean;
  /** Milliseconds within which what is appended is on the disk; 1,000 by default. */
  readonly syncMs?: number;
  /** Called once, with what keeps further records from being kept. */
  readonly onFailure?: (error: unknown) => void;
  /** Whose locks there are; those of this system by default. */
  readonly platform?: Platform;
}

const SYNC_MS = 1000;
/** How long the log of a process that is just ending is waited for. */
const LOCK_PATIENCE_MS = 500;
const LOCK_WAIT_MS = 10;
const READ_BYTES = 2 ** 20;

/** How every log begins. Then comes who has it open, and from `HEADER_BYTES` on the records. */
const MAGIC = new TextEncoder().encode("lade-log 1\n");
const HEADER_BYTES = 4096;
const ADVICE = 'remove it ("lade jobs remove") and run the command again, which then starts anew';

/**
 * A log in one local file, which only its owner may read. A record is handed to the system immediately, so that it
 * survives the end of the process, and is put on the disk within `syncMs`, or by `flush`. The open file is locked
 * (`flock`), and the end of a process is the end of its lock.
 *
 * A tail that a crash tore is cut off when the log is opened. Damage to what was on the disk before is an error.
 */
export class FileLog implements RecordLog {
  readonly name: string;
  readonly #path: string;
  readonly #file: SystemFile;
  readonly #clock: Clock;
  readonly #syncMs: number;
  readonly #onFailure: FileLogOptions["onFailure"];
  readonly #ended = new AbortController();
  /** Whether the lock keeps every other descriptor from reading. */
  readonly #isAlone: boolean;
  /** Where the records end that were there at the start. */
  #readable = HEADER_BYTES;
  #length = HEADER_BYTES;
  /** Whether records were written that may not be on the disk yet. */
  #isDirty = false;
  #due: Uint8Array<ArrayBuffer>[] = [];
  #writing: Promise<void> | undefined;
  #syncing: Promise<void> = Promise.resolve();
  #waiting = false;
  #isSyncing = false;
  #failure: { readonly error: unknown } | undefined;
  #isOpen = true;

  private constructor(path: string, file: SystemFile, options: FileLogOptions) {
    const { clock, syncMs = SYNC_MS, onFailure, platform = PLATFORM } = options;
    this.#isAlone = platform === "windows";
    this.name = this.#path = path;
    this.#onFailure = onFailure;
    this.#file = file;
    this.#clock = clock;
    this.#syncMs = syncMs;
  }

  /**
   * Opens a log, alone. One that another process has open is an `UnavailableError` that says which one; a file system
   * without locks is an `UnsupportedError`.
   */
  static async open(path: string, options: FileLogOptions): Promise<FileLog> {
    for (;;) {
      const file = await system.open(path, { read: true, write: true, create: options.create, mode: 0o600 });
      const log = new FileLog(path, file, options);
      try {
        await log.#lock();
        // It may have been removed, and made again, before the lock was had.
        if (await isNamed(path, file)) {
          await log.#begin(options.owner);
          return log;
        }
      } catch (error) {
        closeLocked(file);
        throw error;
      }
      closeLocked(file);
    }
  }

  /** Who has the log at `path` open; `undefined` where nobody has, or there is none. */
  static async ownerOf(path: string): Promise<LogOwner | undefined> {
    const file = await system.open(path).catch((error) => {
      if (error instanceof system.errors.NotFound) return undefined;
      throw error;
    });
    if (!file) return undefined;
    try {
      if (await file.tryLock(false)) return undefined;
      // On Windows nobody else can read what is locked.
      return await readOwner(file).catch(() => undefined) ?? { pid: 0, command: "it does not say what" };
    } finally {
      closeLocked(file);
    }
  }

  /** The records of the log at `path` as far as they are intact, also while another process has it open. */
  static async *peek(path: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const file = await system.open(path);
    try {
      const { size } = await file.stat();
      for await (const frame of framesOf(file, size)) if ("record" in frame) yield frame.record;
    } finally {
      file.close();
    }
  }

  /** Removes the log at `path`, whatever is in it; one that another process has open is an `UnavailableError`. */
  static async discard(path: string, options: Pick<FileLogOptions, "clock">): Promise<void> {
    const file = await system.open(path, { read: true, write: true });
    try {
      const owner = { pid: system.pid, command: "" };
      await new FileLog(path, file, { ...options, owner, create: false }).#lock();
      await system.remove(path);
    } finally {
      closeLocked(file);
    }
  }

  append(record: Uint8Array): void {
    if (!this.#isOpen) throw new TypeError(`Cannot log to ${JSON.stringify(this.name)}: it is closed`);
    const framed = frameOf(record);
    if (this.#failure) return;
    this.#due.push(framed);
    this.#isDirty = true;
    this.#write();
    if (!this.#waiting) void this.#syncLater();
  }

  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
    await this.#sync();
    if (this.#due.length > 0) this.#write();
    while (this.#writing) await this.#writing;
    if (this.#failure) throw this.#failure.error;
  }

  async *read(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const file = this.#isAlone ? this.#file : await system.open(this.#path);
    try {
      for await (const frame of framesOf(file, this.#readable)) if ("record" in frame) yield frame.record;
    } finally {
      if (!this.#isAlone) file.close();
    }
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#ended.abort();
    try {
      await this.flush();
    } finally {
      closeLocked(this.#file);
    }
  }

  async remove(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#ended.abort();
    while (this.#writing) await this.#writing;
    await this.#syncing;
    try {
      await system.remove(this.#path);
    } finally {
      closeLocked(this.#file);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #lock(): Promise<void> {
    const startMs = this.#clock.monotonicMs();
    while (!await tryLock(this.#file, this.name)) {
      if (this.#clock.monotonicMs() - startMs < LOCK_PATIENCE_MS) {
        await this.#clock.sleep(LOCK_WAIT_MS);
        continue;
      }
      throw new UnavailableError({
        operation: "use the journal",
        uri: this.name,
        detail: `${describeOwner(await readOwner(this.#file))} is at the same transfer`,
        advice: "wait for it or end it first",
      });
    }
  }

  /** Reads the log up to its end, cuts off what is torn, and says who has it open now. */
  async #begin(owner: LogOwner): Promise<void> {
    const { size } = await this.#file.stat();
    const head = await readAt(this.#file, 0, Math.min(size, MAGIC.length));
    if (head.some((byte, at) => byte !== MAGIC[at])) {
      throw this.#damaged("it is no journal", "give another place by --journal");
    }
    if (size > HEADER_BYTES) {
      for await (const { end } of framesOf(this.#file, size)) this.#readable = end;
      if (this.#readable < size) await this.#refuseDamage(size);
    }
    await this.#file.truncate(this.#readable);
    const header = new Uint8Array(HEADER_BYTES).fill(32);
    header.set(MAGIC);
    const told = { ...owner, command: owner.command.slice(0, 500) };
    header.set(new TextEncoder().encode(`${JSON.stringify(told)}\n`), MAGIC.length);
    await writeAt(this.#file, 0, header);
    this.#length = this.#readable;
    if (this.#length > HEADER_BYTES) this.#due.push(keptFrame(this.#length));
    await this.#file.syncData();
    await syncDirectory(this.#path);
  }

  /** Throws where an intact frame behind the damaged one says that this was on the disk. */
  async #refuseDamage(size: number): Promise<void> {
    for (let at = this.#readable; at < size; at += READ_BYTES) {
      const bytes = await readAt(this.#file, at, Math.min(size - at, READ_BYTES + SEARCH_OVERLAP));
      if (furthestKept(bytes) <= this.#readable) continue;
      throw this.#damaged(`it is damaged at byte ${this.#readable}, and goes on behind it`, ADVICE);
    }
  }

  #damaged(detail: string, advice: string): UnsupportedError {
    return new UnsupportedError({ operation: "use the journal", uri: this.name, detail, advice });
  }

  #write(): void {
    this.#writing ??= this.#try(async () => {
      while (this.#due.length > 0) await this.#writeDue();
    }).finally(() => {
      this.#writing = undefined;
      if (this.#due.length > 0 && !this.#failure) this.#write();
    });
  }

  async #writeDue(): Promise<void> {
    const bytes = joined(this.#due.splice(0));
    // To hand so few bytes to another thread and back takes ten times as long. A file that is being synced takes no others.
    if (this.#isSyncing) await writeAt(this.#file, this.#length, bytes);
    else writeNow(this.#file, this.#length, bytes);
    this.#length += bytes.length;
  }

  async #syncLater(): Promise<void> {
    this.#waiting = true;
    await this.#clock.sleep(this.#syncMs, this.#ended.signal).catch(() => {});
    this.#waiting = false;
    if (this.#isOpen) await this.#sync();
  }

  /** Puts what is written on the disk, and says so in front of what is written next. */
  #sync(): Promise<void> {
    // One after the other: who waits for the last one waits for those before it.
    return this.#syncing = this.#syncing.then(() => this.#syncNow());
  }

  async #syncNow(): Promise<void> {
    if (!this.#isDirty || this.#failure) return;
    this.#isDirty = this.#due.length > 0;
    const length = this.#length;
    await this.#try(async () => {
      this.#isSyncing = true;
      try {
        await this.#file.syncData();
      } finally {
        this.#isSyncing = false;
      }
      this.#due.unshift(keptFrame(length));
    });
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#due = [];
      if (this.#failure) return;
      this.#failure = { error };
      this.#onFailure?.(error);
    }
  }
}

/** The intact frames up to the byte `limit`. */
async function* framesOf(file: SystemFile, limit: number) {
  let [start, bytes] = [HEADER_BYTES, new Uint8Array()];
  let at = 0;
  for (;;) {
    const frame = readFrame(bytes, at);
    if (typeof frame === "object") {
      at = frame.end;
      yield { ...frame, end: start + at };
      continue;
    }
    const read = start + bytes.length;
    if (frame === undefined || read >= limit) return;
    // What is left of the frame, and as much again as it had: a long one takes few turns.
    const more = await readAt(file, read, Math.min(limit - read, Math.max(READ_BYTES, bytes.length - at)));
    if (more.length === 0) return;
    const joined = new Uint8Array(bytes.length - at + more.length);
    joined.set(bytes.subarray(at));
    joined.set(more, bytes.length - at);
    [start, bytes, at] = [start + at, joined, 0];
  }
}

async function readOwner(file: SystemFile): Promise<LogOwner | undefined> {
  const header = await readAt(file, MAGIC.length, HEADER_BYTES - MAGIC.length);
  return parseOwner(new TextDecoder().decode(header).split("\n")[0] ?? "");
}

async function tryLock(file: SystemFile, name: string): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch (cause) {
    const detail = whyNoLocks(cause) ?? "the file system has no locks (flock)";
    throw new UnsupportedError({ operation: "lock the journal", uri: name, detail, cause });
  }
}

async function readAt(file: SystemFile, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await file.seek(offset, system.SeekMode.Start);
  let done = 0;
  for (let count: number | null = 0; done < length; done += count) {
    count = await file.read(bytes.subarray(done));
    if (count === null) break;
  }
  return bytes.subarray(0, done);
}

async function writeAt(file: SystemFile, offset: number, bytes: Uint8Array): Promise<void> {
  await file.seek(offset, system.SeekMode.Start);
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

function writeNow(file: SystemFile, offset: number, bytes: Uint8Array): void {
  file.seekSync(offset, system.SeekMode.Start);
  for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Puts a name on the disk, where the system can: a file without its name is lost with the machine. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await system.open(path.slice(0, path.lastIndexOf("/")) || "/").catch(() => undefined);
  await directory?.sync().catch(() => {});
  directory?.close();
}
