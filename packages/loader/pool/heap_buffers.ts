import type { BufferSource } from "./buffer_source.ts";

/** Where views begin in a buffer: a multiple of 64 in memory that the platform aligns to 16 behind a header of 16. */
const START = 48;
const SLACK = 4096;

/** Buffers of the heap, of which a few that are idle are kept. */
export class HeapBuffers implements BufferSource {
  readonly #idle: ArrayBuffer[] = [];
  #closed = false;

  /** An idle buffer that is about as large, or a new one. */
  take(size: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#reuse(size) ?? new ArrayBuffer(size + SLACK), START, size);
  }

  /** Keeps the buffer for another. */
  give(buffer: ArrayBuffer): void {
    const mine = buffer.transfer();
    if (!this.#closed) this.#idle.push(mine);
  }

  /** Forgets what is idle. Buffers that are still out can be given back. */
  close(): void {
    this.#closed = true;
    this.#idle.length = 0;
  }

  /**
   * The idle buffer that was used last, and so is most likely in the processor's cache, of those that hold `size` bytes and
   * are no more than twice as large; others than a few are forgotten.
   */
  #reuse(size: number): ArrayBuffer | undefined {
    const place = this.#idle.findLastIndex(({ byteLength }) =>
      byteLength >= size + SLACK && byteLength <= 2 * (size + SLACK)
    );
    if (place < 0) {
      this.#idle.splice(0, Math.max(0, this.#idle.length - 1));
      return undefined;
    }
    return this.#idle.splice(place, 1)[0];
  }
}
