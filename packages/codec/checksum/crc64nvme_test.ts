import { assertEquals, assertThrows } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { Crc64nvme, crc64nvme } from "./crc64nvme.ts";
import { crc64nvmePlain } from "./crc64nvme_plain.ts";

const ascii = new TextEncoder();

// Blocks of 4 KiB: NVM Express NVM Command Set Specification 1.0d, section 5.2.1.3.4. The check string: the catalogue
// of parametrised CRC algorithms. The greeting: the documentation of crc64fast-nvme.
const vectors: [string, Uint8Array, bigint][] = [
  ["no bytes", new Uint8Array(), 0n],
  ["the check string", ascii.encode("123456789"), 0xae8b14860a799888n],
  ["a greeting", ascii.encode("hello world!"), 0xd9160d1fa8e418e3n],
  ["4096 zeros", new Uint8Array(4096), 0x6482d367eb22b64en],
  ["4096 bytes of ones", new Uint8Array(4096).fill(0xff), 0xc0ddba7302eca3acn],
  ["4096 rising bytes", Uint8Array.from({ length: 4096 }, (_, at) => at), 0x3e729f5f6750449cn],
  ["4096 falling bytes", Uint8Array.from({ length: 4096 }, (_, at) => 255 - at), 0x9a2df64b8e9e517en],
];

for (const [name, bytes, expected] of vectors) {
  Deno.test(`crc64nvme() gives the published value for ${name}`, () => {
    assertEquals(crc64nvme(bytes), expected);
    assertEquals(crc64nvmePlain(bytes), expected);
  });
}

Deno.test("crc64nvme() continues from the checksum before", () => {
  const seed = Math.floor(2 ** 32 * Math.random());
  const random = seededRandom(seed);
  const bytes = Uint8Array.from({ length: 300_000 }, () => 256 * random());
  const whole = crc64nvmePlain(bytes);
  for (let round = 0; round < 100; round++) {
    let crc = 0n;
    for (let at = 0; at < bytes.length;) {
      const length = Math.ceil(60_000 * random() ** 4);
      crc = crc64nvme(bytes.subarray(at, at + length), crc);
      at += length;
    }
    assertEquals(crc, whole, `seed ${seed}, round ${round}`);
  }
});

Deno.test("crc64nvme() refuses what is not bytes and what is not a checksum", () => {
  const wrong: unknown[] = ["text", undefined, new ArrayBuffer(4), new Uint16Array(4)];
  for (const value of wrong) {
    assertThrows(() => crc64nvme(value as Uint8Array), TypeError, "Cannot compute CRC-64/NVME");
  }
  for (const previous of [-1n, 2n ** 64n, 7, NaN]) {
    assertThrows(
      () => crc64nvme(new Uint8Array(1), previous as bigint),
      RangeError,
      `Cannot use ${previous} as`,
    );
  }
});

Deno.test("Crc64nvme tells value and length at every moment", () => {
  const crc = new Crc64nvme();
  assertEquals([crc.value, crc.length, crc.toHex()], [0n, 0, "0000000000000000"]);
  assertEquals(crc.update(ascii.encode("1234")), crc);
  crc.append(crc64nvme(ascii.encode("567")), 3).update(ascii.encode("89"));
  assertEquals([crc.value, crc.length, crc.toHex()], [0xae8b14860a799888n, 9, "ae8b14860a799888"]);
  assertEquals(crc.toBase64(), "rosUhgp5mIg=");
});

Deno.test("Crc64nvme stays as it is when it refuses", () => {
  const crc = new Crc64nvme().update(ascii.encode("123456789"));
  assertThrows(() => crc.update("more" as unknown as Uint8Array), TypeError);
  assertThrows(() => crc.append(1n, NaN), RangeError);
  assertThrows(() => crc.append(-1n, 1), RangeError);
  assertEquals([crc.value, crc.length], [0xae8b14860a799888n, 9]);
});
