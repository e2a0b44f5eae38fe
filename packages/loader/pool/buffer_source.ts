/** Where the memory of batches comes from, in place of the heap. */
export interface BufferSource {
  /**
   * So many bytes of arbitrary content, alone in their buffer, from a multiple of 64 on. What there is no memory for is a
   * `RangeError`.
   */
  take(size: number): Uint8Array<ArrayBuffer>;
  /** Takes back the buffer of what was taken. Views of it become empty. */
  give(buffer: ArrayBuffer): void;
}
