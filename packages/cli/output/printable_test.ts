import { assertEquals } from "@std/assert";
import { printable } from "./printable.ts";

Deno.test("printable() escapes what breaks a line or steers a terminal, and nothing else", () => {
  assertEquals(printable("a\nb\tc\x1b[31m\x7f\x9b\u2028"), "a\\nb\\tc\\u001b[31m\\u007f\\u009b\\u2028");
  assertEquals(printable("Übung 🙀/π #?%20\\"), "Übung 🙀/π #?%20\\");
});
