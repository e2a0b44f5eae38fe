import { crc32cKernel } from "./crc32c_kernel.ts";
import type { PostedKernel } from "./wasm_checksum.ts";

/**
 * The kernel of CRC-32C in a form that another thread can be sent, for {@linkcode crc32cOfPosted}; nothing where the runtime
 * cannot run it.
 */
export function crc32cToPost(): PostedKernel | undefined {
  return crc32cKernel.toPost();
}

/**
 * Makes of a kernel that was sent what computes CRC-32C of bytes, from 0 to 2^32 - 1. Its text is sent to the other thread, so
 * it uses nothing from outside.
 */
export function crc32cOfPosted({ module, tables, statePages }: PostedKernel): (bytes: Uint8Array) => number {
  const input = new WebAssembly.Memory({ initial: 4 });
  const state = new WebAssembly.Memory({ initial: statePages });
  new Uint32Array(state.buffer).set(tables);
  const { exports } = new WebAssembly.Instance(module, { memories: { state, input } });
  const update = exports["update"] as (crc: number, at: number, length: number) => number;
  const window = new Uint8Array(input.buffer);
  return (bytes) => {
    let crc = 0;
    for (let at = 0; at < bytes.length; at += window.length) {
      const piece = bytes.subarray(at, at + window.length);
      window.set(piece);
      crc = update(crc, 0, piece.length);
    }
    return crc >>> 0;
  };
}
