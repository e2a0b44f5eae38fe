import type { BufferSource } from "../pool/buffer_source.ts";
import { SystemMemories, type SystemMemory } from "./system_memory.ts";

/** Bytes before and behind those that are asked for, in which a message lies around them. */
const HEAD = 2 ** 16;
const TAIL = 4096;

/** Where a buffer lies for other processes. */
export interface SharedPlace {
  /** What another process of this machine and user opens and maps. */
  readonly path: string;
  /** Bytes of the whole buffer. */
  readonly size: number;
}

/**
 * Buffers that other processes map: files of the system's memory that have no name. Needs Linux, and permission for `ffi`.
 * To be disposed of after whatever takes from it.
 */
export class SharedBuffers implements BufferSource, Disposable {
  readonly #memories: SystemMemories;
  readonly #out = new Map<ArrayBuffer, SharedBuffer>();
  readonly #idle: SharedBuffer[] = [];
  #closed = false;

  /** Takes nothing yet. */
  constructor() {
    if (typeof Deno === "undefined") {
      throw new TypeError("Cannot share memory: Deno is needed, whose calls of the system make it");
    }
    if (Deno.build.os !== "linux") {
      throw new TypeError(`Cannot share memory: Linux is needed, and this is ${Deno.build.os}`);
    }
    this.#memories = new SystemMemories();
  }

  /** An idle buffer that is about as large, or a new one; there is room before the bytes, and some behind. */
  take(size: number): Uint8Array<ArrayBuffer> {
    const shared = this.#reuse(HEAD + size + TAIL) ?? this.#make(HEAD + size + TAIL);
    this.#out.set(shared.buffer, shared);
    return new Uint8Array(shared.buffer, HEAD, size);
  }

  /** Keeps the buffer for another. */
  give(buffer: ArrayBuffer): void {
    const shared = this.#out.get(buffer);
    if (!shared) throw new TypeError("Cannot take back a buffer that is not out");
    this.#out.delete(buffer);
    this.#idle.push({ ...shared, buffer: buffer.transfer() });
  }

  /** Where a buffer of `take` lies; `undefined` of any other. */
  placeOf(buffer: ArrayBufferLike): SharedPlace | undefined {
    const shared = this.#out.get(buffer as ArrayBuffer);
    return shared && { path: shared.memory.path, size: shared.buffer.byteLength };
  }

  /** Frees all; views of what is out become empty. Processes that have mapped a buffer still have it. */
  [Symbol.dispose](): void {
    for (const { memory, buffer } of [...this.#idle.splice(0), ...this.#out.values()]) {
      buffer.transfer();
      memory.free();
    }
    this.#out.clear();
    if (!this.#closed) this.#memories[Symbol.dispose]();
    this.#closed = true;
  }

  #make(size: number): SharedBuffer {
    const memory = this.#memories.take(size);
    return { memory, buffer: memory.view() };
  }

  /**
   * The idle buffer that was used last of those that hold `size` bytes and are no more than twice as large; without one, those
   * that are idle are freed.
   */
  #reuse(size: number): SharedBuffer | undefined {
    const place = this.#idle.findLastIndex(({ buffer: { byteLength } }) =>
      byteLength >= size && byteLength <= 2 * size
    );
    if (place >= 0) return this.#idle.splice(place, 1)[0];
    for (const { memory, buffer } of this.#idle.splice(0, Math.max(0, this.#idle.length - 1))) {
      buffer.transfer();
      memory.free();
    }
    return undefined;
  }
}

interface SharedBuffer {
  readonly memory: SystemMemory;
  readonly buffer: ArrayBuffer;
}
