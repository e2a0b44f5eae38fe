import type { Clock, Poured, StoreFigures } from "@lade/core/backend";

/** Counts what a store of local files reads and writes, and how long it waits for that. */
export class DiskFigures implements StoreFigures {
  bytesRead = 0;
  bytesWritten = 0;
  /** Files are asked for by no requests. */
  readonly requests = 0;
  readonly retries = 0;
  readonly throttled = 0;
  readonly connections = 0;
  readonly lanes = 0;
  readonly hedges = { issued: 0, won: 0 };
  readonly addresses = [];
  readonly waitedMs = { connecting: 0, sending: 0, answers: 0, bytes: 0, reading: 0, writing: 0 };
  readonly #clock: Clock;

  /** Measures by the monotonic time of `clock`. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The time, for {@linkcode read} and {@linkcode wrote}. */
  get nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** Counts bytes that were read, and waited for since `sinceMs`. */
  read(bytes: number, sinceMs: number): void {
    this.bytesRead += bytes;
    this.waitedMs.reading += this.#clock.monotonicMs() - sinceMs;
  }

  /** Counts bytes that somebody else wrote. */
  poured({ bytes, writingMs = 0 }: Pick<Poured, "bytes" | "writingMs">): void {
    this.bytesWritten += bytes;
    this.waitedMs.writing += writingMs;
  }

  /** Counts bytes that were written, and waited for since `sinceMs`. */
  wrote(bytes: number, sinceMs: number): void {
    this.bytesWritten += bytes;
    this.waitedMs.writing += this.#clock.monotonicMs() - sinceMs;
  }
}
