import type { PutResult } from "../contract/types.ts";
import type { ObjectPart, PartSink } from "../write/part_sink.ts";

/** Puts parts into the memory of the finished object. */
export class MemoryPartSink implements PartSink {
  readonly concurrency: number = 1;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #commit: (bytes: Uint8Array<ArrayBuffer>) => PutResult;

  constructor(size: number, commit: (bytes: Uint8Array<ArrayBuffer>) => PutResult) {
    try {
      this.#bytes = new Uint8Array(size);
    } catch (cause) {
      throw new RangeError(`Cannot write an object of ${size} bytes: they do not fit into memory`, { cause });
    }
    this.#commit = commit;
  }

  async write({ offset }: ObjectPart, bytes: Uint8Array): Promise<void> {
    this.#bytes.set(bytes, offset);
  }

  async finish(signal: AbortSignal): Promise<PutResult> {
    signal.throwIfAborted();
    return this.#commit(this.#bytes);
  }

  async drop(): Promise<void> {}
}
