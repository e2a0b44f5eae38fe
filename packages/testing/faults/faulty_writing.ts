import type { ObjectWriter, PutResult } from "@lade/core/backend";
import type { Fault } from "./fault.ts";

/** What a {@linkcode FaultyWriting} is made of. */
export interface FaultyWritingSetup {
  /** The writer below. */
  readonly inner: Pick<ObjectWriter, "close" | "abort" | typeof Symbol.asyncDispose>;
  /** For a writer that leaves what is stored when it fails: leaves it, and removes what was left. */
  readonly resumable?: { leave(): Promise<void>; remove(): Promise<void> } | undefined;
  /** Does what the rules say before a call; gives back what belongs behind it. */
  readonly before: (operation: "write" | "writePart" | "close") => Promise<Fault | undefined>;
  /** Is called once, when the writer is closed or given up. */
  readonly onEnd: () => void;
}

/** The life of a writer whose calls can be made to fail, whatever it is written by; a failed write ends it. */
export class FaultyWriting {
  readonly #setup: FaultyWritingSetup;
  #failure: { readonly reason: unknown } | undefined;
  #left = true;
  #closing = false;
  /** Whether a failure left what is stored. */
  #isKept = false;

  constructor(setup: FaultyWritingSetup) {
    this.#setup = setup;
  }

  async write(operation: "write" | "writePart", call: () => Promise<void>): Promise<void> {
    if (this.#failure) throw this.#failure.reason;
    try {
      const fault = await this.#setup.before(operation);
      await call();
      if (fault?.kind === "lost") throw fault.error;
    } catch (error) {
      // What comes too late is refused by the writer below and does not end it.
      if (this.#closing) throw error;
      this.#failure ??= { reason: error };
      await this.#giveUp(error);
      throw error;
    }
  }

  async close(): Promise<PutResult> {
    if (this.#failure) throw this.#failure.reason;
    this.#closing = true;
    let fault: Fault | undefined;
    try {
      fault = await this.#setup.before("close");
    } catch (error) {
      await this.#giveUp(error);
      throw error;
    }
    const result = await this.#setup.inner.close();
    this.#leave();
    if (fault?.kind !== "lost") return result;
    this.#failure = { reason: fault.error };
    throw fault.error;
  }

  async abort(reason?: unknown): Promise<void> {
    this.#leave();
    if (!this.#isKept) return await this.#setup.inner.abort(reason);
    this.#isKept = false;
    await this.#setup.resumable?.remove();
  }

  async detach(): Promise<void> {
    await this.#setup.resumable?.leave();
    this.#leave();
    this.#isKept = false;
  }

  async dispose(): Promise<void> {
    this.#leave();
    await this.#setup.inner[Symbol.asyncDispose]();
  }

  async #giveUp(reason: unknown): Promise<void> {
    this.#leave();
    const { inner, resumable } = this.#setup;
    if (!resumable) return await inner.abort(reason);
    this.#isKept = true;
    await resumable.leave();
  }

  #leave(): void {
    if (this.#left) this.#setup.onEnd();
    this.#left = false;
  }
}
