/** Where the bytes of one answered read come from. A backend writes this; {@linkcode createGetResult} does the rest. */
export interface BodySource {
  /**
   * Puts the next bytes at the start of `target` (never empty) and resolves with their number, which may be less
   * than `target.length`; 0 only where the source has ended. `target` is in use until this settles.
   */
  read(target: Uint8Array): Promise<number>;
  /**
   * Called once: when every byte was read, after a failure, or when the reader gives up. `complete` says whether
   * every byte was read: then a rejection fails the read (the object changed meanwhile, a checksum does not fit).
   */
  close(complete: boolean, reason?: unknown): Promise<void>;
}
