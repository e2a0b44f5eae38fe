import { type AdaptiveLimit, type Permit, QuotaExceededError } from "@lade/core/backend";
import type { SentPart } from "./multipart_upload.ts";
import { MAX_PARTS } from "./part_size.ts";
import { type PartSending, sendPart } from "./send_part.ts";

/** Sends the parts of one upload side by side, as many as a limit lets; the first failure ends them all. */
export class PartSender {
  readonly #sending: PartSending;
  readonly #limit: AdaptiveLimit;
  readonly #uri: string;
  readonly #controller = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #parts: SentPart[] = [];
  #count = 0;

  /** Sends parts of an upload, to be the object `uri`, while its limit has permits. */
  constructor(sending: PartSending, uri: string) {
    this.#sending = sending;
    this.#limit = sending.limit;
    this.#uri = uri;
  }

  /** Parts given so far. */
  get count(): number {
    return this.#count;
  }

  /** Whether a part is on its way. */
  get busy(): boolean {
    return this.#inFlight.size > 0;
  }

  /** The failure that ended the sending, where there is one. */
  get failure(): { readonly reason: unknown } | undefined {
    const { signal } = this.#controller;
    return signal.aborted ? { reason: signal.reason } : undefined;
  }

  /** Starts to send the next part and resolves once it is under way; `done` is called when its bytes are free. */
  async send(bytes: Uint8Array, done: () => void): Promise<void> {
    const { signal } = this.#controller;
    try {
      signal.throwIfAborted();
      if (this.#count >= MAX_PARTS) {
        throw new QuotaExceededError({
          operation: "write",
          uri: this.#uri,
          detail: `the object has more than ${MAX_PARTS} parts`,
          advice: "use a larger partSize",
        });
      }
      const number = ++this.#count;
      const permit = await this.#limit.acquire(signal);
      const sending = this.#sendPart(number, bytes, permit).finally(() => {
        this.#inFlight.delete(sending);
        done();
      });
      this.#inFlight.add(sending);
    } catch (error) {
      done();
      throw error;
    }
  }

  async #sendPart(number: number, bytes: Uint8Array, permit: Permit): Promise<void> {
    try {
      this.#parts[number - 1] = await sendPart(this.#sending, number, bytes, this.#controller.signal, permit);
    } catch (error) {
      this.cancel(error);
    }
  }

  /** Resolves when some part that is on its way has settled. */
  async next(): Promise<void> {
    await Promise.race(this.#inFlight);
  }

  /** Waits for every part; the first failure is thrown. */
  async finish(): Promise<readonly SentPart[]> {
    await this.settle();
    this.#controller.signal.throwIfAborted();
    return this.#parts;
  }

  /** Waits until no part is on its way. */
  async settle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  /** Ends the parts on their way. */
  cancel(reason: unknown): void {
    this.#controller.abort(reason);
  }
}
