import type { ObjectWriter, PutResult } from "@lade/core/backend";

/** What a {@linkcode FaultyWriting} is made of. */
export interface FaultyWritingSetup {
  /** The writer below. */
  readonly inner: Pick<ObjectWriter, "close" | "abort" | typeof Symbol.asyncDispose>;
  /** Does what the rules say before a call. */
  readonly before: (operation: "write" | "writePart" | "close") => Promise<void>;
  /** Is called once, when the writer is closed or given up. */
  readonly onEnd: () => void;
}

/** The life of a writer whose calls can be made to fail, whatever it is written by; a failed write ends it. */
export class FaultyWriting {
  readonly #setup: FaultyWritingSetup;
  #failure: { readonly reason: unknown } | undefined;
  #left = true;
  #closing = false;

  constructor(setup: FaultyWritingSetup) {
    this.#setup = setup;
  }

  async write(operation: "write" | "writePart", call: () => Promise<void>): Promise<void> {
    if (this.#failure) throw this.#failure.reason;
    try {
      await this.#setup.before(operation);
      await call();
    } catch (error) {
      // What comes too late is refused by the writer below and does not end it.
      if (this.#closing) throw error;
      this.#failure ??= { reason: error };
      await this.abort(error);
      throw error;
    }
  }

  async close(): Promise<PutResult> {
    if (this.#failure) throw this.#failure.reason;
    this.#closing = true;
    try {
      await this.#setup.before("close");
    } catch (error) {
      await this.abort(error);
      throw error;
    }
    const result = await this.#setup.inner.close();
    this.#leave();
    return result;
  }

  async abort(reason?: unknown): Promise<void> {
    this.#leave();
    await this.#setup.inner.abort(reason);
  }

  async dispose(): Promise<void> {
    this.#leave();
    await this.#setup.inner[Symbol.asyncDispose]();
  }

  #leave(): void {
    if (this.#left) this.#setup.onEnd();
    this.#left = false;
  }
}
