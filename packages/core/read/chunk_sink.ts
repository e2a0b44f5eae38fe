/** Where the bytes of a chunk go, in memory that is handed on whenever it is full. */
export interface ChunkSink {
  /** Memory for the bytes from `offset` on, counted from the start of the object; never empty. */
  room(offset: number): Uint8Array;
  /** Takes the bytes up to `offset`; awaited where it gives a promise. Called whenever what `room` gave is full. */
  reached(offset: number): Promise<void> | undefined;
}
