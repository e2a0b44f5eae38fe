import type { CallOptions } from "@lade/core";

/** Bytes wanted of a source: `length` of them from `offset`, and where they go. */
export interface SourceRange {
  /** First byte, from the start of the source. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
  /** Where they go, as many as `length` says; else memory of the source's choice. */
  readonly target?: Uint8Array;
}

/**
 * Bytes at offsets, all of one version. A range that passes the end is a `FormatError`, before memory is taken: sizes that
 * a file claims are of no consequence until they fit it.
 */
export interface ByteSource {
  /** What errors name. */
  readonly uri: string;
  /** Bytes in all. */
  readonly size: number;
  /** Reads `length` bytes from `offset`. They are only to be read: others may have views of the same memory. */
  read(offset: number, length: number, options?: CallOptions): Promise<Uint8Array>;
  /** Fills `target` with the bytes from `offset`. */
  readInto(offset: number, target: Uint8Array, options?: CallOptions): Promise<void>;
  /** Reads several ranges, those near one another by one request, and gives the bytes of each. */
  readRanges(ranges: readonly SourceRange[], options?: CallOptions): Promise<readonly Uint8Array[]>;
  /**
   * Yields all bytes from `offset` on (to `end`, where it is given), in order, read ahead within the byte budget. A piece
   * is valid until the next one is asked for.
   */
  stream(options?: StreamOptions): AsyncIterable<Uint8Array>;
}

/** Options of {@linkcode ByteSource.stream}. */
export interface StreamOptions extends CallOptions {
  /** The first byte; 0 by default. */
  readonly offset?: number;
  /** Behind the last byte; the end of the source by default. */
  readonly end?: number;
  /**
   * Every byte is looked at as it comes: pieces are then small enough to be in the processor's cache still, where the system
   * reads ahead by itself.
   */
  readonly isLookedAt?: boolean;
}
