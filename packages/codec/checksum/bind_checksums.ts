// A cache: a memory is forgotten with its buffer, and no result depends on what is in it.
const memories = new WeakMap<ArrayBufferLike, WebAssembly.Memory>();

/**
 * Lets {@linkcode crc32c} and {@linkcode crc64nvme} read views of `memory` in place rather than through a copy.
 *
 * Nothing in the memory is reserved or written: the tables and scratch space of the kernels are elsewhere. Costs
 * nothing until a view is checked. Lasts as long as `memory.buffer`; call it again after `memory.grow()`. A shared memory is
 * bound for this thread alone.
 */
export function bindChecksums(memory: WebAssembly.Memory): void {
  memories.set(memory.buffer, memory);
}

/** The memory that {@linkcode bindChecksums} was given with that buffer. */
export function boundMemory(buffer: ArrayBufferLike): WebAssembly.Memory | undefined {
  return memories.get(buffer);
}
