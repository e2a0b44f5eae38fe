import { assertEquals } from "@std/assert";
import { signed, unsigned } from "./instructions.ts";

function bytesOf(code: string): number[] {
  return [...code].map((character) => character.charCodeAt(0));
}

// The examples of DWARF 4, section 7.6, figures 22 and 23.
Deno.test("unsigned() gives the published LEB128 forms", () => {
  const forms = [0, 2, 127, 128, 129, 130, 12857].map((value) => bytesOf(unsigned(value)));
  assertEquals(forms, [[0], [2], [127], [0x80, 1], [0x81, 1], [0x82, 1], [0xb9, 0x64]]);
  assertEquals(bytesOf(unsigned(0xffff_ffff)), [0xff, 0xff, 0xff, 0xff, 0x0f]);
});

Deno.test("signed() gives the published LEB128 forms", () => {
  const forms = [0, 2, -2, 127, -127, 128, -128, 129, -129].map((value) => bytesOf(signed(value)));
  assertEquals(forms, [
    [0],
    [2],
    [0x7e],
    [0xff, 0],
    [0x81, 0x7f],
    [0x80, 1],
    [0x80, 0x7f],
    [0x81, 1],
    [0xff, 0x7e],
  ]);
  assertEquals(bytesOf(signed(0xffff_ffff)), [0xff, 0xff, 0xff, 0xff, 0x0f]);
});
