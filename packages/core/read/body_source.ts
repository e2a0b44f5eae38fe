/**
 * Where the bytes of one answered read come from. A backend writes this; {@linkcode createGetResult} does the rest.
 * What is there at once may be answered at once: for small reads a promise costs a good part of the whole.
 */
export interface BodySource {
  /**
   * Puts the next bytes at the start of `target` (never empty) and tells their number, which may be less than
   * `target.length`; 0 only where the source has ended. `target` is in use until this settles.
   *
   * `atLeast` is a wish: the reader waits for so many bytes anyway, so a source that gets them in small pieces may spare
   * it the pieces. What came before a failure is told first, and the failure by the next call.
   */
  read(target: Uint8Array, atLeast?: number): number | Promise<number>;
  /**
   * Called once: when every byte was read, after a failure, or when the reader gives up. `complete` says whether
   * every byte was read: then a failure fails the read (the object changed meanwhile, a checksum does not fit).
   */
  close(complete: boolean, reason?: unknown): void | Promise<void>;
}
