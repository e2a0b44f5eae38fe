import type { RequestBody } from "./transport.ts";

const NOTHING: readonly Uint8Array[] = [];

/** A request body made uniform, over all tries of one request. */
export class RequestPayload {
  /** Whether there is a body, be it of no bytes. */
  readonly present: boolean;
  /** Bytes in all. */
  readonly length: number;
  /** The bytes, where they can be sent again. */
  readonly parts: readonly Uint8Array[];
  readonly #chunks: AsyncIterable<Uint8Array> | undefined;
  #started = false;

  /** Takes the body of a request, if any. */
  constructor(body: RequestBody | undefined) {
    this.present = body !== undefined;
    if (body === undefined) {
      this.length = 0;
      this.parts = NOTHING;
    } else if ("chunks" in body) {
      if (!Number.isSafeInteger(body.length) || body.length < 0) {
        throw new RangeError(
          `Cannot send a body of ${body.length} bytes: a whole number from 0 up is needed`,
        );
      }
      this.length = body.length;
      this.parts = NOTHING;
      this.#chunks = body.chunks;
    } else {
      this.parts = body instanceof Uint8Array ? [body] : body;
      this.length = this.parts.reduce((sum, part) => sum + part.length, 0);
    }
  }

  /** Whether another try can send the same bytes. */
  get replayable(): boolean {
    return !this.#started;
  }

  /** The bytes that are produced while they are sent; taken once. */
  takeChunks(): AsyncIterable<Uint8Array> | undefined {
    if (this.#chunks) this.#started = true;
    return this.#chunks;
  }
}
