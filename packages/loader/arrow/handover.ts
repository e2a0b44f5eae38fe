import type { BudgetLease, ByteBudget } from "@lade/core/backend";
import type { SharedBuffers } from "./shared_buffers.ts";

/** Another process that maps batches. */
export interface SharedReader {
  /** Reads some of what it says, and tells how many bytes. Rejects when it has gone. */
  read(into: Uint8Array): Promise<number>;
  /** Writes all of the bytes. Rejects when it has gone. */
  write(bytes: Uint8Array): Promise<unknown>;
}

/** What is handed over with. */
export interface HandoverOptions {
  readonly buffers: SharedBuffers;
  readonly reader: SharedReader;
  readonly budget: ByteBudget;
  readonly signal?: AbortSignal;
}

/** Batches that the reader has not mapped yet, at most. */
const AHEAD = 2;
/** Bytes of a line that a reader says, at most. */
const LONGEST = 4096;

/** Hands buffers over to a process that maps them, and takes them back. */
export class Handover implements Disposable {
  readonly #options: HandoverOptions;
  /** What the reader has, or may open, by its path. */
  readonly #out = new Map<string, { readonly buffer: ArrayBuffer; readonly lease: BudgetLease }>();
  #untaken = 0;
  #failure: { readonly error: unknown } | undefined;
  #changed = Promise.withResolvers<void>();
  readonly #onAbort = () => this.#fail(this.#options.signal?.reason);

  /** Listens to the reader until it has gone. */
  constructor(options: HandoverOptions) {
    this.#options = options;
    options.signal?.addEventListener("abort", this.#onAbort);
    this.#listen().catch((error) => this.#fail(error));
  }

  /** Lets the reader map `bytes` of a shared buffer, which is its own from now on. Waits while it has enough. */
  async send(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { buffers, reader, budget } = this.#options;
    const place = buffers.placeOf(bytes.buffer);
    if (!place) throw new TypeError("Cannot hand over what lies in no shared buffer");
    this.#out.set(place.path, { buffer: bytes.buffer, lease: budget.overdraw(place.size) });
    await this.#until(() => this.#untaken < AHEAD);
    this.#untaken++;
    await reader.write(lineOf(`${place.path} ${bytes.byteOffset} ${bytes.length}`));
  }

  /** Waits until the reader has mapped everything. */
  async allTaken(): Promise<void> {
    await this.#until(() => this.#untaken === 0);
  }

  /** Says that nothing is missing. */
  async end(): Promise<void> {
    await this.#options.reader.write(lineOf("end"));
  }

  /** Counts nothing any more. What the reader has stays its own. */
  [Symbol.dispose](): void {
    this.#fail(new DOMException("The batches are over", "AbortError"));
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    for (const { lease } of this.#out.values()) lease.release();
    this.#out.clear();
  }

  async #listen(): Promise<void> {
    const { reader } = this.#options;
    const decoder = new TextDecoder();
    const bytes = new Uint8Array(LONGEST);
    let text = "";
    while (!this.#failure) {
      text += decoder.decode(bytes.subarray(0, await reader.read(bytes)), { stream: true });
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      if (text.length > LONGEST) throw new TypeError("The reader of batches says a line without an end");
      for (const line of lines) this.#hear(line);
    }
  }

  #hear(line: string): void {
    if (line === "next" && this.#untaken > 0) this.#untaken--;
    else {
      const given = this.#out.get(line);
      if (!given) {
        throw new TypeError(
          `The reader of batches says ${JSON.stringify(line)}, which is neither "next" nor what it has`,
        );
      }
      this.#out.delete(line);
      given.lease.release();
      this.#options.buffers.give(given.buffer);
    }
    this.#wake();
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#failure) throw this.#failure.error;
      await this.#changed.promise;
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function lineOf(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\n`);
}
