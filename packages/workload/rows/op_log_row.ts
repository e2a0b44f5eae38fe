/**
 * One operation of an op-log. Times are exact to the nanosecond: two numbers, since one could not hold them. What a log
 * does not tell is absent, and never invented.
 */
export interface OpLogRow {
  /**
   * Who did it, of those that worked concurrently: the lowest number that was free when it began, where Lade recorded it.
   * Other tools have numbers of 64 bits, so that it is text.
   */
  readonly thread: string;
  /** What was done, in the words of warp: `GET` (ranges too), `PUT`, `STAT`, `LIST`, `DELETE`, `COPY` and others. */
  readonly op: string;
  /** The process that did it; empty where nobody said. */
  readonly clientId: string;
  /** Objects that it was about: of `LIST` the entries. */
  readonly objects: number;
  /** Bytes of content that came or went. */
  readonly bytes: number;
  /** The container as a URI that ends in a slash, such as `s3://bucket/`; followed by the file it is the object's URI. */
  readonly endpoint: string;
  /** The key, or the prefix of `LIST`. */
  readonly file: string;
  /** What it failed with; absent where it did well. */
  readonly error?: string;
  /** When it began, in whole seconds since 1970. */
  readonly startSeconds: number;
  /** Nanoseconds of the start beyond its seconds, below 10^9. */
  readonly startNanos: number;
  /** Nanoseconds from its start to its first byte, or first entry. */
  readonly firstByteNs?: number;
  /** Nanoseconds from its start to its last byte. */
  readonly lastByteNs?: number;
  /** Nanoseconds from its start to its end. */
  readonly durationNs: number;
  /** First byte that was asked for. */
  readonly offset?: number;
  /** Bytes that were asked for from the offset on. */
  readonly length?: number;
  /** The call of Lade's contract, such as `head` or `deleteMany`. */
  readonly call?: string;
  /** The key that was copied or moved to. */
  readonly toFile?: string;
  /** The server that was asked. */
  readonly server?: string;
}

/** The URI of the object, or of the prefix. */
export function uriOfRow({ endpoint, file }: OpLogRow): string {
  return endpoint + file;
}

/** Compares by start: negative where `a` began first. */
export function compareStarts(a: OpLogRow, b: OpLogRow): number {
  return a.startSeconds - b.startSeconds || a.startNanos - b.startNanos;
}

/** Nanoseconds from the start of `from` to that of `to`; exact up to 104 days. */
export function nanosBetween(from: OpLogRow, to: OpLogRow): number {
  return (to.startSeconds - from.startSeconds) * 1e9 + (to.startNanos - from.startNanos);
}
