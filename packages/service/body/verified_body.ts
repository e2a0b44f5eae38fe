import type { Arrivals, BodySource, Pour } from "@lade/core/backend";
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
  read(target: Uint8Array, atLeast = 1): number | Promise<number> {
    const count = this.#body.read(target, atLeast);
    return typeof count === "number" ? this.#verify(target, count) : this.#await(target, count);
  }

  /** How far the answer has come. */
  arrivals(): Arrivals | undefined {
    return this.#body.arrivals?.();
  }

  /** That of the answer, where no bytes are to be verified on their way. */
  get pour(): Pour | undefined {
    const pour = this.#verifier ? undefined : this.#body.pour?.bind(this.#body);
    return pour && (async (target) => {
      const poured = await pour(target);
      const { failure } = poured;
      return failure ? { ...poured, failure: { error: this.#translated(failure.error) } } : poured;
    });
  }

  async #await(target: Uint8Array, coming: Promise<number>): Promise<number> {
    try {
      return this.#verify(target, await coming);
    } catch (error) {
      throw this.#translated(error);
    }
  }

  #verify(target: Uint8Array, count: number): number {
    if (count > 0) this.#verifier?.update(count === target.length ? target : target.subarray(0, count));
    return count;
  }

  /** Frees the connection; after the last byte, compares the checksum. */
  close(complete: boolean, reason?: unknown): void | Promise<void> {
    if (!complete) return this.#body.cancel(reason);
    if (this.#partial) return this.#body.discard();
    const closing = this.#body.close(true);
    return closing ? this.#checkAfter(closing) : this.#check();
  }

  async #checkAfter(closing: Promise<void>): Promise<void> {
    try {
      await closing;
    } catch (error) {
      throw this.#translated(error);
    }
    await this.#check();
  }

  #check(): void | Promise<void> {
    try {
      this.#verifier?.check(this.#call);
    } catch (error) {
      return this.#throwUnlessStale(error);
    }
  }

  async #throwUnlessStale(error: unknown): Promise<void> {
    if (!await this.#isStale?.()) throw error;
  }

  #translated(error: unknown): unknown {
    return error instanceof TransportError ? transportErrorToStoreError(error, this.#call) : error;
  }
}
