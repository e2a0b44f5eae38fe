import type { BodySource } from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";
import { type ResponseBody, TransportError, transportErrorToStoreError } from "@lade/service/http";
import type { BodyVerifier } from "./body_verifier.ts";

/** The bytes of one answered GET, verified as they pass where the service gave a checksum of them. */
export class VerifiedBody implements BodySource {
  readonly #body: ResponseBody;
  readonly #verifier: BodyVerifier | undefined;
  readonly #partial: boolean;
  readonly #call: CallName;
  readonly #isStale: (() => Promise<boolean>) | undefined;

  /**
   * `partial` says that the answer has more bytes than are wanted; `isStale` finds out whether the checksum is one of other
   * bytes.
   */
  constructor(
    body: ResponseBody,
    verifier: BodyVerifier | undefined,
    partial: boolean,
    call: CallName,
    isStale?: () => Promise<boolean>,
  ) {
    this.#body = body;
    this.#verifier = verifier;
    this.#partial = partial;
    this.#call = call;
    this.#isStale = isStale;
  }

  /** Reads from the socket into `target`. */
  async read(target: Uint8Array, atLeast = 1): Promise<number> {
    try {
      const count = await this.#body.read(target, atLeast);
      if (count > 0) this.#verifier?.update(target.subarray(0, count));
      return count;
    } catch (error) {
      throw error instanceof TransportError ? transportErrorToStoreError(error, this.#call) : error;
    }
  }

  /** Frees the connection; after the last byte, compares the checksum. */
  async close(complete: boolean, reason?: unknown): Promise<void> {
    if (!complete) return await this.#body.cancel(reason);
    if (this.#partial) return await this.#body.discard();
    try {
      await this.#body.close(true);
    } catch (error) {
      throw error instanceof TransportError ? transportErrorToStoreError(error, this.#call) : error;
    }
    try {
      this.#verifier?.check(this.#call);
    } catch (error) {
      if (!await this.#isStale?.()) throw error;
    }
  }
}
