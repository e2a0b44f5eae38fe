import { assertEquals, assertNotEquals } from "@std/assert";
import { crc32cKernel } from "./crc32c_kernel.ts";
import { crc32cPlain, crc32cTables } from "./crc32c_plain.ts";
import { crc64nvmeKernel } from "./crc64nvme_kernel.ts";
import { crc64nvmePlain } from "./crc64nvme_plain.ts";
import { assembleFoldKernel, foldDistances, type FoldKernelConfig } from "./fold_kernel.ts";

/** A byte, and the bytes at the distances after it: a multiple of the polynomial, which no CRC of state 0 notices. */
function sparseMessage(distances: readonly number[]): Uint8Array {
  const message = new Uint8Array(Math.max(...distances) + 40);
  for (const at of [0, ...distances]) message[at + 20] = 0xb7;
  return message;
}

function assertHidden(config: FoldKernelConfig, checksum: (bytes: Uint8Array) => number | bigint): void {
  const message = sparseMessage(foldDistances(config));
  const zeros = checksum(new Uint8Array(message.length));
  assertEquals(checksum(message), zeros);
  message[20] = 0;
  assertNotEquals(checksum(message), zeros);
}

Deno.test("foldDistances() gives the gaps from the highest term, in bytes", () => {
  assertEquals(foldDistances({ exponents: [0, 14, 39, 54, 144, 209], stride: 2 }), [
    130,
    310,
    340,
    390,
    418,
  ]);
});

Deno.test("crc32cKernel folds by multiples of its polynomial", () => {
  assertHidden(crc32cKernel.config, crc32cPlain);
});

Deno.test("crc64nvmeKernel folds by multiples of its polynomial", () => {
  assertHidden(crc64nvmeKernel.config, crc64nvmePlain);
});

Deno.test("assembleFoldKernel() writes nothing beyond its state bytes and nothing into the input", () => {
  const { module, stateBytes } = assembleFoldKernel(crc32cKernel.config);
  const state = new WebAssembly.Memory({ initial: Math.ceil(stateBytes / 65_536) + 1 });
  const input = new WebAssembly.Memory({ initial: 2 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), {
    memories: { state, input },
  });
  const update = exports["update"] as (crc: number, at: number, length: number) => number;
  const tables = new Uint8Array(crc32cTables().buffer);
  new Uint8Array(state.buffer).fill(0xa5).set(tables);
  const bytes = new Uint8Array(input.buffer).fill(0x5a);
  for (const length of [100, 1_500, 70_000, 131_072]) {
    assertEquals(update(0, 0, length) >>> 0, crc32cPlain(bytes.subarray(0, length)));
  }
  assertEquals(bytes.every((byte) => byte === 0x5a), true);
  assertEquals(new Uint8Array(state.buffer, stateBytes).every((byte) => byte === 0xa5), true);
  assertEquals(new Uint8Array(state.buffer, 0, tables.length), tables);
});

Deno.test("assembleFoldKernel() reads a memory of 4 GiB to its last byte", () => {
  const { module, stateBytes } = assembleFoldKernel(crc32cKernel.config);
  const state = new WebAssembly.Memory({ initial: Math.ceil(stateBytes / 65_536) });
  new Uint32Array(state.buffer).set(crc32cTables());
  const input = new WebAssembly.Memory({ initial: 65_536 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), {
    memories: { state, input },
  });
  const update = exports["update"] as (crc: number, at: number, length: number) => number;
  const bytes = new Uint8Array(input.buffer, 2 ** 32 - 50_000).fill(0x31, 10);
  // Nothing is left after the tail, or something that slicing finishes; rings before it, or none.
  for (const length of [50_000, 49_984, 1_600, 1_601, 1_216, 7]) {
    const tail = bytes.subarray(bytes.length - length);
    assertEquals(update(0, 2 ** 32 - length, length) >>> 0, crc32cPlain(tail));
  }
});
