import { assertEquals, assertThrows } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { Crc32c, crc32c } from "./crc32c.ts";
import { crc32cPlain } from "./crc32c_plain.ts";

const ascii = new TextEncoder();

// The SCSI Read (10) command of that appendix.
const readCommand = Uint8Array.from(
  "01c00000 00000000 00000000 00000000 14000000 00000400 00000014 00000018 28000000 00000000 02000000 00000000"
    .replaceAll(" ", "").match(/../g) ?? [],
  (digits) => parseInt(digits, 16),
);

// RFC 3720, appendix B.4, which prints the lowest byte first.
const vectors: [string, Uint8Array, number][] = [
  ["no bytes", new Uint8Array(), 0],
  ["the check string", ascii.encode("123456789"), 0xe3069283],
  ["32 zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 bytes of ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["32 rising bytes", Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
  ["32 falling bytes", Uint8Array.from({ length: 32 }, (_, at) => 31 - at), 0x113fdb5c],
  ["a read command", readCommand, 0xd9963a56],
];

for (const [name, bytes, expected] of vectors) {
  Deno.test(`crc32c() gives the published value for ${name}`, () => {
    assertEquals(crc32c(bytes), expected);
    assertEquals(crc32cPlain(bytes), expected);
  });
}

Deno.test("crc32c() continues from the checksum before", () => {
  const seed = Math.floor(2 ** 32 * Math.random());
  const random = seededRandom(seed);
  const bytes = Uint8Array.from({ length: 300_000 }, () => 256 * random());
  const whole = crc32cPlain(bytes);
  for (let round = 0; round < 100; round++) {
    let crc = 0;
    for (let at = 0; at < bytes.length;) {
      const length = Math.ceil(60_000 * random() ** 4);
      crc = crc32c(bytes.subarray(at, at + length), crc);
      at += length;
    }
    assertEquals(crc, whole, `seed ${seed}, round ${round}`);
  }
});

Deno.test("crc32c() takes shared and resizable buffers", () => {
  const bytes = Uint8Array.from({ length: 5_000 }, (_, at) => at);
  const expected = crc32cPlain(bytes);
  for (
    const buffer of [new SharedArrayBuffer(5_000), new ArrayBuffer(5_000, { maxByteLength: 9_000 })]
  ) {
    const view = new Uint8Array(buffer);
    view.set(bytes);
    assertEquals(crc32c(view), expected);
  }
});

Deno.test("crc32c() refuses what is not bytes and what is not a checksum", () => {
  const wrong: unknown[] = ["text", undefined, new ArrayBuffer(4), new Uint16Array(4), [1, 2]];
  for (const value of wrong) {
    assertThrows(
      () => crc32c(value as Uint8Array),
      TypeError,
      "Cannot compute CRC-32C: expected a Uint8Array",
    );
  }
  for (const previous of [-1, 2 ** 32, 0.5, NaN, Infinity]) {
    assertThrows(
      () => crc32c(new Uint8Array(1), previous),
      RangeError,
      `Cannot use ${previous} as a CRC-32C`,
    );
  }
});

Deno.test("crc32c() refuses a detached buffer instead of taking it for an empty one", () => {
  const bytes = new Uint8Array(100);
  bytes.buffer.transfer();
  assertThrows(() => crc32c(bytes), TypeError, "Cannot compute CRC-32C: the buffer is detached");
});

Deno.test("Crc32c tells value and length at every moment", () => {
  const crc = new Crc32c();
  assertEquals([crc.value, crc.length, crc.toHex(), crc.toBase64()], [0, 0, "00000000", "AAAAAA=="]);
  assertEquals(crc.update(ascii.encode("1234")).update(new Uint8Array()), crc);
  assertEquals([crc.value, crc.length], [crc32cPlain(ascii.encode("1234")), 4]);
  crc.update(ascii.encode("56789"));
  assertEquals([crc.value, crc.length, crc.toHex(), crc.toBase64()], [0xe3069283, 9, "e3069283", "4waSgw=="]);
});

Deno.test("Crc32c appends chunks whose checksum is known", () => {
  const crc = new Crc32c().update(ascii.encode("12")).append(crc32c(ascii.encode("3456")), 4);
  assertEquals(crc.update(ascii.encode("789")).value, 0xe3069283);
  assertEquals(crc.length, 9);
});

Deno.test("Crc32c stays as it is when it refuses", () => {
  const crc = new Crc32c().update(ascii.encode("123456789"));
  assertThrows(() => crc.update("more" as unknown as Uint8Array), TypeError);
  assertThrows(() => crc.append(1, -1), RangeError);
  assertThrows(() => crc.append(-1, 1), RangeError);
  assertEquals([crc.value, crc.length], [0xe3069283, 9]);
});
