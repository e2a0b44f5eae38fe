import type { PutResult } from "../contract/types.ts";
import type { ObjectPart, WriteSink } from "../write/write_sink.ts";

/** Bytes of a part where nobody asks for another size. */
export const PART_SIZE = 2 ** 20;

/** Puts copies of parts into the memory of the finished object, or gathers them where its size is not known. */
export class MemorySink implements WriteSink {
  readonly uri: string;
  readonly concurrency = 1;
  readonly dropsQuickly = true;
  readonly #commit: (bytes: Uint8Array<ArrayBuffer>) => PutResult;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #chunks: Uint8Array<ArrayBuffer>[] = [];

  /** Takes the memory of an object of known size. `commit` stores the finished object. */
  constructor(
    uri: string,
    size: number | undefined,
    commit: (bytes: Uint8Array<ArrayBuffer>) => PutResult,
  ) {
    this.uri = uri;
    this.#commit = commit;
    if (size !== undefined) this.#bytes = memoryOf(size);
  }

  async writePart({ offset }: ObjectPart, bytes: Uint8Array): Promise<void> {
    if (this.#bytes) this.#bytes.set(bytes, offset);
    else this.#chunks.push(new Uint8Array(bytes));
  }

  async commit(size: number, signal: AbortSignal): Promise<PutResult> {
    signal.throwIfAborted();
    const bytes = this.#bytes ?? memoryOf(size);
    let position = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, position);
      position += chunk.length;
    }
    return this.#commit(bytes);
  }

  async drop(): Promise<void> {
    this.#bytes = undefined;
    this.#chunks = [];
  }
}

/** Memory for an object; a `RangeError` where there is not so much. */
export function memoryOf(size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    throw new RangeError(`Cannot write an object of ${size} bytes: they do not fit into memory`, { cause });
  }
}
