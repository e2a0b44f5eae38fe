import type { BodySource } from "@lade/core/backend";
import type { BodyOwner } from "./framed_body.ts";

/** A body that is in memory already, its connection gone. */
export class MemoryBody implements BodySource {
  readonly #owner: BodyOwner;
  #left: Uint8Array;
  #failure: { readonly error: unknown } | undefined;

  constructor(bytes: Uint8Array, owner: BodyOwner) {
    this.#left = bytes;
    this.#owner = owner;
  }

  /** Informs the owner that the connection is not needed. */
  begin(): void {
    this.#owner.release(true);
  }

  read(target: Uint8Array): Promise<number> {
    if (this.#failure) return Promise.reject(this.#failure.error);
    const count = Math.min(target.length, this.#left.length);
    target.set(this.#left.subarray(0, count));
    this.#left = this.#left.subarray(count);
    if (count > 0) this.#owner.received(count);
    return Promise.resolve(count);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  abort(reason: unknown): void {
    this.#failure = { error: reason };
  }
}
