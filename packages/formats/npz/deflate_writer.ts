const PIECE = 2 ** 20;

/** Deflates what is written to it, and gives the pieces on in order. */
export class DeflateWriter {
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #output: Promise<void>;

  /** `write` is given the compressed pieces, and is waited for. What it fails with ends everything. */
  constructor(write: (piece: Uint8Array) => Promise<void>) {
    const { readable, writable } = new CompressionStream("deflate-raw");
    this.#input = writable.getWriter();
    this.#output = giveOn(readable, write);
    // Whoever writes or closes next is told.
    this.#output.catch(() => {});
    this.#input.closed.catch(() => {});
  }

  /** Takes bytes, a mebibyte at a time, and resolves when there is room for more. They may then be reused. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += PIECE) {
      // A copy, since it may be shared memory.
      await this.#told(this.#input.write(bytes.slice(at, at + PIECE)));
    }
  }

  /** Gives on what is left. */
  async close(): Promise<void> {
    await this.#told(this.#input.close());
    await this.#output;
  }

  /** Gives up. */
  async abort(reason?: unknown): Promise<void> {
    await this.#input.abort(reason).catch(() => {});
    await this.#output.catch(() => {});
  }

  /** The input fails without a reason where the output did. */
  async #told(done: Promise<void>): Promise<void> {
    try {
      await done;
    } catch (error) {
      await this.#output;
      throw error;
    }
  }
}

async function giveOn(
  pieces: ReadableStream<Uint8Array>,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<void> {
  for await (const piece of pieces) await write(piece);
}
