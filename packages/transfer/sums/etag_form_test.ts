import { assertEquals } from "@std/assert";
import { base64ToHex, hexToBase64, isMd5Of } from "./etag_form.ts";

Deno.test("isMd5Of() says of any digest what its two forms say", () => {
  for (let i = 0; i < 64; i++) {
    const digits = crypto.getRandomValues(new Uint8Array(16)).toHex();
    const base64 = hexToBase64(digits);
    assertEquals(base64ToHex(base64), digits);
    assertEquals(isMd5Of(digits, base64), true, digits);
    for (let at = 0; at < 32; at++) {
      const other = digits.slice(0, at) + (digits[at] === "0" ? "1" : "0") + digits.slice(at + 1);
      assertEquals(isMd5Of(other, base64), false, `${other} and ${base64}`);
    }
  }
});

Deno.test("isMd5Of() takes nothing else for a digest", () => {
  const [digits, base64] = ["0".repeat(32), `${"A".repeat(22)}==`];
  assertEquals(isMd5Of(digits, base64), true);
  for (
    const text of ["", "A".repeat(22), "A".repeat(24), `${"A".repeat(21)}B==`, `${"A".repeat(21)}\u00e9==`]
  ) {
    assertEquals(isMd5Of(digits, text), false, text);
  }
  assertEquals(isMd5Of("", base64), false);
  assertEquals(isMd5Of(digits.slice(1), base64), false);
});
