import { assertEquals, assertThrows } from "@std/assert";
import {
  crc64nvmeFromBase64,
  crc64nvmeFromHex,
  crc64nvmeToBase64,
  crc64nvmeToHex,
} from "./crc64nvme_text.ts";

const forms: [bigint, string, string][] = [
  [0n, "AAAAAAAAAAA=", "0000000000000000"],
  [0xffn, "AAAAAAAAAP8=", "00000000000000ff"],
  [0xae8b14860a799888n, "rosUhgp5mIg=", "ae8b14860a799888"],
  [2n ** 64n - 1n, "//////////8=", "ffffffffffffffff"],
];

Deno.test("crc64nvmeToBase64() and crc64nvmeToHex() write the highest byte first", () => {
  for (const [value, base64, hex] of forms) {
    assertEquals([crc64nvmeToBase64(value), crc64nvmeToHex(value)], [base64, hex]);
  }
  assertThrows(() => crc64nvmeToBase64(-1n), RangeError, "Cannot use -1 as a CRC-64/NVME");
  assertThrows(
    () => crc64nvmeToHex(2n ** 64n),
    RangeError,
    "Cannot use 18446744073709551616 as a CRC-64/NVME",
  );
});

Deno.test("crc64nvmeFromBase64() and crc64nvmeFromHex() read what was written", () => {
  for (const [value, base64, hex] of forms) {
    assertEquals([crc64nvmeFromBase64(base64), crc64nvmeFromHex(hex)], [value, value]);
  }
});

Deno.test("crc64nvmeFromBase64() and crc64nvmeFromHex() refuse anything else", () => {
  for (const text of ["", "4waSgw==", "rosUhgp5mIg", "rosUhgp5mIh=", "rosUhgp5mIg=-3"]) {
    assertThrows(() => crc64nvmeFromBase64(text), TypeError, `Cannot parse "${text}" as a CRC-64/NVME`);
  }
  for (const text of ["", "ae8b14860a79988", "0xae8b14860a7998", "ae8b14860a79988g"]) {
    assertThrows(() => crc64nvmeFromHex(text), TypeError, `Cannot parse "${text}" as a CRC-64/NVME`);
  }
});
