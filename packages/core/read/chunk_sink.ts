/** Where the bytes of a chunk go, in memory that is handed on whenever it is full. */
export interface ChunkSink {
  /** Memory for the bytes from `offset` on, counted from the start of the object; never empty. */
  room(offset: number): Uint8Array;
  /** Is told that the bytes up to `offset` are there, in one or several steps for each `room`; what it gives is awaited. */
  reached(offset: number): Promise<void> | undefined;
}
