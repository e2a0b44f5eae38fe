import { assertEquals, assertThrows } from "@std/assert";
import { combineCrc32, crc32, crc32Plain, crc32ToBase64 } from "./crc32.ts";

const CHECK = new TextEncoder().encode("123456789");

Deno.test("crc32() of the check string is that of the standard", () => {
  // "Catalogue of parametrised CRC algorithms", CRC-32/ISO-HDLC.
  assertEquals([crc32(CHECK), crc32Plain(CHECK)], [0xcbf43926, 0xcbf43926]);
  assertEquals(crc32ToBase64(crc32(CHECK)), "y/Q5Jg==");
  assertEquals([crc32(new Uint8Array()), crc32Plain(new Uint8Array())], [0, 0]);
});

Deno.test("crc32() and crc32Plain() agree, and go on from the bytes before", () => {
  const bytes = crypto.getRandomValues(new Uint8Array(5000));
  const [head, tail] = [bytes.subarray(0, 1234), bytes.subarray(1234)];
  assertEquals(crc32(bytes), crc32Plain(bytes));
  assertEquals(crc32(tail, crc32(head)), crc32(bytes));
  assertEquals(crc32Plain(tail, crc32Plain(head)), crc32(bytes));
});

Deno.test("combineCrc32() gives the checksum of two runs in a row", () => {
  const bytes = crypto.getRandomValues(new Uint8Array(5000));
  for (const at of [0, 1, 2, 1000, 4999, 5000]) {
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
    assertEquals(combineCrc32(crc32(head), crc32(tail), tail.length), crc32(bytes), `cut at ${at}`);
  }
});

Deno.test("crc32() refuses what is no bytes, and a checksum that is none", () => {
  assertThrows(() => crc32("text" as unknown as Uint8Array), TypeError);
  assertThrows(() => crc32(CHECK, -1), RangeError);
});
