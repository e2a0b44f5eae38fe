import { assertEquals, assertThrows } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { bindChecksums } from "./bind_checksums.ts";
import { checksumsOf } from "./checksums_of.ts";
import { crc32cPlain } from "./crc32c_plain.ts";
import { crc32cToBase64 } from "./crc32c_text.ts";
import { crc64nvmePlain } from "./crc64nvme_plain.ts";
import { crc64nvmeToBase64 } from "./crc64nvme_text.ts";

const SIZE = 2 ** 20;

Deno.test("checksumsOf() gives what each checksum gives, in a bound memory and elsewhere, pieces and less", () => {
  const memory = new WebAssembly.Memory({ initial: SIZE / 65_536 });
  bindChecksums(memory);
  const bound = new Uint8Array(memory.buffer);
  const random = seededRandom(3);
  for (let at = 0; at < SIZE; at++) bound[at] = 256 * random();
  const elsewhere = bound.slice();
  const shared = new Uint8Array(new SharedArrayBuffer(SIZE));
  shared.set(bound);
  const untouched = bound.slice();
  for (const length of [0, 1, 4_096, 2 ** 18 - 1, 2 ** 18, 2 ** 18 + 1, 3 * 2 ** 18, SIZE - 5]) {
    for (const memory of [bound, elsewhere, shared]) {
      const bytes = memory.subarray(5, 5 + length);
      const crc32c = crc32cToBase64(crc32cPlain(bytes));
      const crc64nvme = crc64nvmeToBase64(crc64nvmePlain(bytes));
      assertEquals(checksumsOf(bytes, ["crc64nvme", "crc32c"]), { crc32c, crc64nvme });
      assertEquals(checksumsOf(bytes, ["crc32c"]), { crc32c });
    }
  }
  assertEquals(bound, untouched);
  assertEquals(elsewhere, untouched);
  assertEquals(shared.slice(), untouched);
});

Deno.test("checksumsOf() takes bytes only", () => {
  assertThrows(() => checksumsOf("bytes" as never, ["crc32c"]), TypeError);
});
