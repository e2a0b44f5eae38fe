import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { crc32cKernel } from "./crc32c_kernel.ts";
import { crc32cPlain, crc32cTables } from "./crc32c_plain.ts";
import { crc64nvmeKernel } from "./crc64nvme_kernel.ts";
import { crc64nvmePlain } from "./crc64nvme_plain.ts";
import { assembleFoldKernel, foldDistances, type FoldKernelConfig } from "./fold_kernel.ts";

type Terms = Pick<FoldKernelConfig, "exponents" | "stride">;

/** A byte, and the bytes at the distances after it: a multiple of the polynomial, which no CRC of state 0 notices. */
function sparseMessage(terms: Terms, byte: number): Uint8Array {
  const distances = foldDistances(terms);
  const message = new Uint8Array(Math.max(...distances) + 40);
  for (const at of [0, ...distances]) message[at + 20] = byte;
  return message;
}

/** Holds that a CRC does not notice the message, but the same without its first byte. */
function assertHidden(message: Uint8Array, checksum: (bytes: Uint8Array) => number | bigint): void {
  const zeros = checksum(new Uint8Array(message.length));
  assertEquals(checksum(message), zeros);
  message[20] = 0;
  assertNotEquals(checksum(message), zeros);
}

/** Bytes with an even number of bits, and with an odd one. */
const [EVEN, ODD] = [0xb7, 0xb6];

Deno.test("foldDistances() gives the gaps from the highest term, in bytes", () => {
  assertEquals(foldDistances({ exponents: [0, 14, 39, 54, 144, 209], stride: 2 }), [
    130,
    310,
    340,
    390,
    418,
  ]);
});

Deno.test("crc32cKernel folds by a multiple of a factor, which hides all but the parity", () => {
  const { config } = crc32cKernel;
  assertHidden(sparseMessage(config, EVEN), crc32cPlain);
  const odd = sparseMessage(config, ODD);
  const factor = config.oddFactor ?? 0;
  assertEquals((crc32cPlain(odd) ^ crc32cPlain(new Uint8Array(odd.length))) >>> 0, factor);
  const itself = Uint8Array.of(factor, factor >>> 8, factor >>> 16, factor >>> 24);
  assertEquals((crc32cPlain(itself) ^ crc32cPlain(new Uint8Array(4))) >>> 0, factor);
});

Deno.test("crc32cKernel folds its tail by a multiple of its polynomial", () => {
  const { tail } = crc32cKernel.config;
  assert(tail);
  for (const byte of [EVEN, ODD]) assertHidden(sparseMessage(tail, byte), crc32cPlain);
});

Deno.test("crc64nvmeKernel folds by multiples of its polynomial", () => {
  for (const byte of [EVEN, ODD]) assertHidden(sparseMessage(crc64nvmeKernel.config, byte), crc64nvmePlain);
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
  for (const length of [100, 799, 800, 1_500, 70_000, 131_072]) {
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
  for (const length of [50_000, 49_984, 1_600, 1_601, 1_216, 832, 7]) {
    const tail = bytes.subarray(bytes.length - length);
    assertEquals(update(0, 2 ** 32 - length, length) >>> 0, crc32cPlain(tail));
  }
});
