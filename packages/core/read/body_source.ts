import type { Arrivals } from "../concurrency/range_hedges.ts";
import type { Pour } from "../contract/pour.ts";

/**
 * Where the bytes of one answered read come from. A backend writes this; {@linkcode createGetResult} does the rest.
 * What is there already may be returned without a promise, which costs a good part of a small read.
 */
export interface BodySource {
  /**
   * Puts the next bytes at the start of `target` (never empty) and returns their number, which may be less than
   * `target.length`; 0 only where the source has ended. `target` is in use until this settles.
   *
   * `atLeast` is a wish: the reader waits for so many bytes anyway, so a source that gets small pieces may gather
   * them. What came before a failure is returned first; the next call throws the failure.
   */
  read(target: Uint8Array, atLeast?: number): number | Promise<number>;
  /** How far the bytes have come, also within a read that has not settled; see {@linkcode Arrivals}. */
  arrivals?(): Arrivals | undefined;
  /**
   * Moves the next bytes straight to their place until it is full or the source has ended, in a better way than by
   * `read`: see `pourBody`, which all others are poured by. A failure of the source comes with what was moved before it;
   * rejects with what is wrong with the place. Settles once nothing touches the place any more, also after `close`.
   */
  readonly pour?: Pour | undefined;
  /**
   * Called once: when every byte was read, after a failure, or when the reader gives up. `complete` says whether
   * every byte was read: then a failure fails the read (the object changed meanwhile, a checksum does not fit).
   */
  close(complete: boolean, reason?: unknown): void | Promise<void>;
}
