/**
 * How a store's reads are best cut into chunks. The range engine takes these where the caller says `"auto"`; they
 * are measured properties of a backend, so that the engine itself need not know any.
 */
export interface ReadHints {
  /** Bytes asked for by the first request of a read; an object up to this size is done in that one request. */
  readonly firstChunkSize: number;
  /** Bytes of each further chunk. */
  readonly chunkSize: number;
  /**
   * Bytes of a chunk at most, where many bytes are left and memory does not depend on it; `chunkSize` where larger ones
   * are no better.
   */
  readonly largestChunkSize?: number;
  /** Chunks in flight of a stream that is read in order, where read-ahead by the system below makes few enough. */
  readonly sequentialConcurrency?: number;
  /**
   * Requests at different places, each read from its start to its end, that keep the store busy: where it is given, few long
   * requests are quicker than many. Absent where each request takes its own way, as over a network.
   */
  readonly streams?: number;
  /** Chunk boundaries are multiples of this many bytes, counted from the start of the object; 1 where none is better. */
  readonly alignment: number;
  /** Bytes between two ranges that are read and dropped sooner than asked for around; 0, the default, where none are. */
  readonly coalesceGap?: number;
  /** How long a read goes on without a byte, over all tries, in milliseconds; 75,000 by default. */
  readonly patienceMs?: number;
  /** The longest wait before another try that the service may ask for, in milliseconds; 60,000 by default. */
  readonly maxRetryAfterMs?: number;
}
