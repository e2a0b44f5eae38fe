import { assertEquals, assertThrows } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { bindChecksums } from "./bind_checksums.ts";
import { bothChecksums } from "./both_checksums.ts";
import { crc32cPlain } from "./crc32c_plain.ts";
import { crc64nvmePlain } from "./crc64nvme_plain.ts";

const SIZE = 2 ** 20;

Deno.test("bothChecksums() gives what each checksum gives, in a bound memory and elsewhere, pieces and less", () => {
  const memory = new WebAssembly.Memory({ initial: SIZE / 65_536 });
  bindChecksums(memory);
  const bound = new Uint8Array(memory.buffer);
  const random = seededRandom(3);
  for (let at = 0; at < SIZE; at++) bound[at] = 256 * random();
  const elsewhere = bound.slice();
  const untouched = bound.slice();
  for (const length of [0, 1, 4_096, 2 ** 18 - 1, 2 ** 18, 2 ** 18 + 1, 3 * 2 ** 18, SIZE - 5]) {
    for (const memory of [bound, elsewhere]) {
      const bytes = memory.subarray(5, 5 + length);
      assertEquals(bothChecksums(bytes), {
        crc32c: crc32cPlain(bytes),
        crc64nvme: crc64nvmePlain(bytes),
      });
    }
  }
  assertEquals(bound, untouched);
  assertEquals(elsewhere, untouched);
});

Deno.test("bothChecksums() takes bytes only", () => {
  assertThrows(() => bothChecksums("bytes" as never), TypeError);
});
