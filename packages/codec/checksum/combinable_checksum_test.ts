import { assert, assertEquals, assertThrows } from "@std/assert";
import { COMBINABLE_CHECKSUMS, isCombinable } from "./combinable_checksum.ts";

const BYTES = Uint8Array.from({ length: 3000 }, (_, index) => index * 7);
/** Of the digits 1 to 9: the check values of the catalogue of CRCs. */
const CHECK = { crc32c: "4waSgw==", crc64nvme: "rosUhgp5mIg=", crc32: "y/Q5Jg==" } as const;

for (const [name, value] of Object.entries(CHECK)) {
  Deno.test(`${name} by its name is that of the catalogue, combines, and is read back`, () => {
    assert(isCombinable(name));
    const { zero, update, combine, toBase64, fromBase64 } = COMBINABLE_CHECKSUMS[name];
    assertEquals(toBase64(update(new TextEncoder().encode("123456789"), zero)), value);
    const [first, second] = [update(BYTES.subarray(0, 1000), zero), update(BYTES.subarray(1000), zero)];
    const whole = update(BYTES, zero);
    assertEquals(combine(first, second, 2000), whole);
    assertEquals(update(BYTES.subarray(1000), first), whole);
    assertEquals(fromBase64(toBase64(whole)), whole);
    assertThrows(() => fromBase64("not base64"), TypeError);
  });
}

Deno.test("no digest, and no name that an object has of its own, is taken for a checksum that combines", () => {
  for (const name of ["sha256", "md5", "constructor", "toString"]) assertEquals(isCombinable(name), false);
});
