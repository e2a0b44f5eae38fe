import type { PartWriter } from "../contract/part_writer.ts";

/** Parts read ahead of those that are being written. */
const AHEAD = 2;

/**
 * How many ranges a copy has in flight: enough to keep the writer busy. While the writer could take more, each finished
 * range adds one, and a source that allows more has as many at once; while it could not, each takes one away. So a copy
 * holds few parts where writing takes the time, and as many as the source allows where reading does.
 */
export class CopyWidth {
  readonly #writer: Pick<PartWriter, "concurrency">;
  readonly #readLimit: () => number;
  readonly #fixed: number | undefined;
  readonly #pours: boolean;
  #wide = 0;
  #writing = 0;

  /**
   * `readLimit` gives the reads that may be in flight now; a `concurrency` that is a number fixes the width. What is
   * poured holds no part, and is as wide as the source allows from the start.
   */
  constructor(
    writer: Pick<PartWriter, "concurrency">,
    readLimit: () => number,
    concurrency: number | "auto",
    pours = false,
  ) {
    this.#pours = pours;
    this.#writer = writer;
    this.#readLimit = readLimit;
    this.#fixed = concurrency === "auto" ? undefined : concurrency;
  }

  /** Ranges that may be in flight now. */
  get most(): number {
    if (this.#fixed === undefined && this.#pours) return this.#readable;
    return this.#fixed ?? Math.max(this.#writer.concurrency + AHEAD, Math.min(this.#wide, this.#readable));
  }

  /** Says that a range is finished. */
  finishOne(): void {
    if (this.#isWriterIdle) {
      if (this.most < this.#readable) this.#wide = this.most + 1;
    } else if (this.#wide > 0) this.#wide = Math.min(this.#wide, this.#readable) - 1;
  }

  /** Says that the source allows more. */
  rise(): void {
    if (this.#isWriterIdle) this.#wide = Math.max(this.#wide, this.#readable);
  }

  /** Counts a part as being written until its promise settles. */
  async whileWriting(written: Promise<void>): Promise<void> {
    this.#writing++;
    try {
      await written;
    } finally {
      this.#writing--;
    }
  }

  get #isWriterIdle(): boolean {
    return this.#writing < this.#writer.concurrency;
  }

  /** Some more than may be in flight: then the limit sees that more are wanted. */
  get #readable(): number {
    const limit = this.#readLimit();
    return limit + Math.ceil(limit / 4);
  }
}
