import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { bindChecksums } from "./bind_checksums.ts";
import { crc32c } from "./crc32c.ts";
import { crc32cKernel } from "./crc32c_kernel.ts";
import { crc32cPlain } from "./crc32c_plain.ts";
import { crc64nvme } from "./crc64nvme.ts";
import { crc64nvmeKernel } from "./crc64nvme_kernel.ts";
import { crc64nvmePlain } from "./crc64nvme_plain.ts";

// Plain code would serve for the first MiB.
assert(crc32cKernel.load() && crc64nvmeKernel.load());

function filled(memory: WebAssembly.Memory, value: number): Uint8Array {
  return new Uint8Array(memory.buffer).fill(value);
}

Deno.test("bindChecksums() keeps memories apart and leaves them as they are", () => {
  const memories = [1, 2, 3].map((pages) => new WebAssembly.Memory({ initial: pages }));
  memories.forEach(bindChecksums);
  memories.forEach((memory, index) => filled(memory, index + 1));
  for (let round = 0; round < 2; round++) {
    memories.forEach((memory, index) => {
      const bytes = new Uint8Array(memory.buffer);
      const copy = new Uint8Array(bytes.length).fill(index + 1);
      assertEquals(crc32c(bytes), crc32cPlain(copy));
      assertEquals(crc64nvme(bytes), crc64nvmePlain(copy));
      assertEquals(bytes.every((byte) => byte === index + 1), true);
    });
  }
});

Deno.test("bindChecksums() spares the copy", () => {
  // Longer than the window into which other bytes are copied, which takes subarrays of them.
  class Whole extends Uint8Array {
    override subarray(): never {
      throw new Error("taken apart");
    }
  }
  const memory = new WebAssembly.Memory({ initial: 5 });
  const bytes = new Whole(memory.buffer as ArrayBuffer);
  assertThrows(() => crc32c(bytes), Error, "taken apart");
  assertThrows(() => crc64nvme(bytes), Error, "taken apart");
  bindChecksums(memory);
  assertEquals(crc32c(bytes), crc32cPlain(new Uint8Array(bytes.length)));
  assertEquals(crc64nvme(bytes), crc64nvmePlain(new Uint8Array(bytes.length)));
});

Deno.test("bindChecksums() sees bytes written after it, and views that do not start at 0", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  bindChecksums(memory);
  const bytes = filled(memory, 7).subarray(1_001);
  const before = crc32c(bytes);
  bytes[40_000] = 8;
  assertEquals(crc32c(bytes), crc32cPlain(bytes.slice()));
  bytes[40_000] = 7;
  assertEquals(crc32c(bytes), before);
});

Deno.test("bindChecksums() holds until the memory grows, then copies serve until it is called again", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  bindChecksums(memory);
  const stale = filled(memory, 9);
  const expected = crc32cPlain(stale.slice());
  assertEquals(crc32c(stale), expected);
  memory.grow(1);
  assertThrows(() => crc32c(stale), TypeError, "detached");
  const grown = new Uint8Array(memory.buffer, 0, 65_536);
  assertEquals(crc32c(grown), expected);
  bindChecksums(memory);
  assertEquals(crc32c(grown), expected);
});

Deno.test("bindChecksums() lets checksums read a shared memory in place, beside those that are not shared", () => {
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 32, shared: true });
  const own = new WebAssembly.Memory({ initial: 32 });
  const [shared, alone] = [memory, own].map((each) => {
    bindChecksums(each);
    return filled(each, 7);
  }) as [Uint8Array, Uint8Array];
  const expected = crc32cPlain(alone.slice());
  for (let turn = 0; turn < 2; turn++) assertEquals([crc32c(shared), crc32c(alone)], [expected, expected]);
  assertEquals(shared.slice(), alone.slice());
  shared[5] = (shared[5] ?? 0) ^ 1;
  assertEquals(crc32c(shared), crc32cPlain(shared.slice()));
  assertNotEquals(crc32c(shared), expected);
});
