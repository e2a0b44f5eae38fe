import { bindChecksums } from "@lade/codec/checksum";

/** A page-aligned buffer on loan. */
export interface Slab<Memory extends ArrayBufferLike = ArrayBuffer> extends Disposable {
  /** The buffer, of at least the size asked for, aligned to 4,096 bytes; its content is arbitrary. */
  readonly bytes: Uint8Array<Memory>;
  /** Gives the buffer back; it must not be touched afterwards. A second call does nothing. */
  release(): void;
}

const PAGE = 2 ** 16;

/**
 * Page-aligned buffers that are reused, because fresh memory costs several times what reading into it does.
 *
 * A slab is a `WebAssembly.Memory` of its own: checksums are computed on it in place, and O_DIRECT accepts it. Sizes
 * are rounded up to a power of two of at least 64 KiB; only the pages that are used take memory.
 */
export class BufferPool {
  readonly #maxIdleBytes: number;
  readonly #idle: IdleBuffers<ArrayBuffer> = new Map();
  readonly #idleShared: IdleBuffers<SharedArrayBuffer> = new Map();
  #idleBytes = 0;

  /** Keeps at most `maxIdleBytes` of buffers that nobody uses. */
  constructor(config: { readonly maxIdleBytes: number }) {
    this.#maxIdleBytes = config.maxIdleBytes;
  }

  /** Bytes kept for reuse. */
  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** Lends a buffer of at least `size` bytes. Count the bytes against the budget before. */
  lease(size: number): Slab {
    return this.#lend(size, this.#idle, allocate);
  }

  /**
   * Lends a buffer that other threads see once they are given it. `fetch`, `crypto.subtle` and streams of bytes refuse such
   * memory.
   */
  leaseShared(size: number): Slab<SharedArrayBuffer> {
    return this.#lend(size, this.#idleShared, allocateShared);
  }

  #lend<Memory extends ArrayBufferLike>(
    size: number,
    idle: IdleBuffers<Memory>,
    allocate: (size: number) => Uint8Array<Memory>,
  ): Slab<Memory> {
    const rounded = roundUp(size);
    let bytes = idle.get(rounded)?.pop();
    if (bytes) this.#idleBytes -= rounded;
    else bytes = allocate(rounded);
    return new LeasedSlab(bytes, (bytes) => this.#keep(rounded, bytes, idle));
  }

  #keep<Memory extends ArrayBufferLike>(
    rounded: number,
    bytes: Uint8Array<Memory>,
    idle: IdleBuffers<Memory>,
  ): void {
    if (this.#idleBytes + rounded > this.#maxIdleBytes) return;
    let list = idle.get(rounded);
    if (!list) idle.set(rounded, list = []);
    list.push(bytes);
    this.#idleBytes += rounded;
  }
}

/** By size. */
type IdleBuffers<Memory extends ArrayBufferLike> = Map<number, Uint8Array<Memory>[]>;

class LeasedSlab<Memory extends ArrayBufferLike> implements Slab<Memory> {
  readonly bytes: Uint8Array<Memory>;
  #giveBack: ((bytes: Uint8Array<Memory>) => void) | undefined;

  constructor(bytes: Uint8Array<Memory>, giveBack: (bytes: Uint8Array<Memory>) => void) {
    this.bytes = bytes;
    this.#giveBack = giveBack;
  }

  release(): void {
    this.#giveBack?.(this.bytes);
    this.#giveBack = undefined;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

function roundUp(size: number): number {
  let rounded = PAGE;
  while (rounded < size) rounded *= 2;
  return rounded;
}

function allocate(size: number): Uint8Array<ArrayBuffer> {
  const memory = new WebAssembly.Memory({ initial: size / PAGE });
  bindChecksums(memory);
  return new Uint8Array(memory.buffer as ArrayBuffer);
}

function allocateShared(size: number): Uint8Array<SharedArrayBuffer> {
  const pages = size / PAGE;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  bindChecksums(memory);
  return new Uint8Array(memory.buffer as unknown as SharedArrayBuffer);
}
