import { assertEquals, assertThrows } from "@std/assert";
import { crc32cFromBase64, crc32cFromHex, crc32cToBase64, crc32cToHex } from "./crc32c_text.ts";

// n03x6A== is the example of Cloud Storage's documentation of x-goog-hash.
const forms: [number, string, string][] = [
  [0, "AAAAAA==", "00000000"],
  [1, "AAAAAQ==", "00000001"],
  [0xe3069283, "4waSgw==", "e3069283"],
  [0x9f4df1e8, "n03x6A==", "9f4df1e8"],
  [0xffff_ffff, "/////w==", "ffffffff"],
];

Deno.test("crc32cToBase64() and crc32cToHex() write the highest byte first", () => {
  for (const [value, base64, hex] of forms) {
    assertEquals([crc32cToBase64(value), crc32cToHex(value)], [base64, hex]);
  }
  assertThrows(() => crc32cToBase64(-1), RangeError, "Cannot use -1 as a CRC-32C");
  assertThrows(() => crc32cToHex(2 ** 32), RangeError, "Cannot use 4294967296 as a CRC-32C");
});

Deno.test("crc32cFromBase64() and crc32cFromHex() read what was written", () => {
  for (const [value, base64, hex] of forms) {
    assertEquals([crc32cFromBase64(base64), crc32cFromHex(hex)], [value, value]);
  }
  assertEquals(crc32cFromHex("E3069283"), 0xe3069283);
});

Deno.test("crc32cFromBase64() refuses anything but 4 bytes in canonical base64", () => {
  const wrong = [
    "",
    "4waSgw",
    "4waSgw=",
    "4waS gw==",
    "4waSgx==",
    "4waSgwA=",
    "AAAAAA==-2",
    "n03x6A_=",
    "é",
    "4waSgw==\n",
  ];
  for (const text of wrong) {
    assertThrows(
      () => crc32cFromBase64(text),
      TypeError,
      `Cannot parse "${text}" as a CRC-32C: expected 4 bytes in base64`,
    );
  }
});

Deno.test("crc32cFromHex() refuses anything but eight digits", () => {
  for (const text of ["", "e306928", "e30692833", "0xe30692", "e306928g", "e3069283\n", "-3069283"]) {
    assertThrows(
      () => crc32cFromHex(text),
      TypeError,
      `Cannot parse "${text}" as a CRC-32C: expected 8 hexadecimal digits`,
    );
  }
});
