import type { MemoryBudget, MemoryLease } from "./memory_budget.ts";

/** A buffer and its share of the budget. */
export interface FrameBuffer {
  /** The memory. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its share; absent without a budget. */
  readonly lease: MemoryLease | undefined;
}

/** What {@linkcode FrameBuffers} is made of. */
export interface FrameBuffersConfig {
  /** Bytes of a buffer at most. */
  readonly frameSize: number;
  /** Buffers at most. */
  readonly most: number;
  /** Counts the bytes. The first buffer is had in any case, so that a writer always goes on. */
  readonly budget: MemoryBudget | undefined;
}

const SMALLEST = 2 ** 16;

/** The buffers that a writer gathers frames in: the first grows with its content, so that small objects take little. */
export class FrameBuffers {
  readonly #config: FrameBuffersConfig;
  readonly #idle: FrameBuffer[] = [];
  readonly #leases = new Set<MemoryLease>();
  #owned = 0;
  #disposed = false;

  /** Holds nothing yet. */
  constructor(config: FrameBuffersConfig) {
    this.#config = config;
  }

  /** A buffer, unless all are in use. */
  take(): FrameBuffer | undefined {
    const idle = this.#idle.pop();
    if (idle) return idle;
    const { frameSize, most, budget } = this.#config;
    if (this.#owned === 0) {
      this.#owned++;
      return this.#allocate(Math.min(SMALLEST, frameSize), budget?.overdraw(Math.min(SMALLEST, frameSize)));
    }
    if (this.#owned >= most) return undefined;
    const lease = budget?.tryAcquire(frameSize);
    if (budget && !lease) return undefined;
    this.#owned++;
    return this.#allocate(frameSize, lease);
  }

  /** A larger buffer with the content of a full one, which must not be used any more. */
  grow(buffer: FrameBuffer): FrameBuffer {
    const size = Math.min(buffer.bytes.length * 4, this.#config.frameSize);
    this.#release(buffer);
    const grown = this.#allocate(size, this.#config.budget?.overdraw(size));
    grown.bytes.set(buffer.bytes);
    return grown;
  }

  /** Takes a buffer back. */
  giveBack(buffer: FrameBuffer): void {
    if (this.#disposed || buffer.bytes.length < this.#config.frameSize) {
      this.#owned--;
      this.#release(buffer);
    } else this.#idle.push(buffer);
  }

  /** Gives all bytes back to the budget, those of buffers in use as well. */
  dispose(): void {
    this.#disposed = true;
    this.#idle.length = 0;
    for (const lease of this.#leases) lease.release();
    this.#leases.clear();
  }

  #allocate(size: number, lease: MemoryLease | undefined): FrameBuffer {
    if (lease) this.#leases.add(lease);
    return { bytes: new Uint8Array(size), lease };
  }

  #release({ lease }: FrameBuffer): void {
    if (!lease) return;
    lease.release();
    this.#leases.delete(lease);
  }
}
