/**
 * Where the bytes of one answered read come from. A backend writes this; {@linkcode createGetResult} does the rest.
 * What is there at once may be answered at once: for small reads a promise costs a good part of the whole.
 */
export interface BodySource {
  /**
   * Puts the next bytes at the start of `target` (never empty) and tells their number, which may be less than
   * `target.length`; 0 only where the source has ended. `target` is in use until this settles.
   */
  read(target: Uint8Array): number | Promise<number>;
  /**
   * Called once: when every byte was read, after a failure, or when the reader gives up. `complete` says whether
   * every byte was read: then a failure fails the read (the object changed meanwhile, a checksum does not fit).
   */
  close(complete: boolean, reason?: unknown): void | Promise<void>;
}
