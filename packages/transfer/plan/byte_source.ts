/** A stream of bytes that the program reads from. */
export interface ByteSource {
  /** Puts the next bytes into `buffer` and resolves with their number; `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Whether a person types it on a terminal; not by default. */
  isTerminal?(): boolean;
}

/** A source that has no bytes. */
export const NO_BYTES: ByteSource = { read: () => Promise.resolve(null) };
