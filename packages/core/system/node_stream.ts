import type { Readable, Writable } from "node:stream";

const NOTHING = new Uint8Array();

/** A stream of Node (a pipe, a terminal, a socket), read and written as those of Deno: each waits for the system alone. */
export class NodeStream {
  readonly #stream: Readable | Writable;
  #rest: Uint8Array = NOTHING;
  #failure: Error | undefined;
  #isRead = false;
  #wake = () => {};

  /** Takes the stream over, which is not read yet. */
  constructor(stream: Readable | Writable) {
    this.#stream = stream;
    // One that nobody listens for would end the process.
    stream.on("error", (error) => {
      this.#failure = error;
      this.#wake();
    });
    stream.on("close", () => this.#wake());
  }

  async read(target: Uint8Array): Promise<number | null> {
    if (target.length === 0) return 0;
    const stream = this.#stream as Readable;
    if (!this.#isRead) { for (const event of ["readable", "end"]) stream.on(event, () => this.#wake()); }
    this.#isRead = true;
    for (;;) {
      if (this.#rest.length === 0) this.#rest = stream.read() ?? NOTHING;
      if (this.#rest.length > 0) {
        const part = this.#rest.subarray(0, target.length);
        this.#rest = this.#rest.subarray(part.length);
        target.set(part);
        return part.length;
      }
      if (this.#failure) throw this.#failure;
      if (stream.readableEnded || stream.destroyed) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      (this.#stream as Writable).write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  close(): void {
    this.#stream.destroy();
  }
}
