import { assertEquals } from "@std/assert";
import { wrapText } from "./wrap_text.ts";

Deno.test("wrapText() breaks at spaces, and leaves long words whole", () => {
  assertEquals(wrapText("one two three", 7), ["one two", "three"]);
  assertEquals(wrapText("one two three", 80), ["one two three"]);
  assertEquals(wrapText("a https://example.com/very/long b", 10), [
    "a",
    "https://example.com/very/long",
    "b",
  ]);
  assertEquals(wrapText("", 10), [""]);
});
