import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { printable, printableJson, printableLines, quote } from "./printable.ts";

/** One of each kind: controls, bidirectional controls, what is not seen, what is no text, and spaces like the one. */
const DECEPTIVE = [
  ...["\0", "\b", "\r", "\x1b", "\x7f", "\x85", "\x9b", "\u00ad", "\u034f", "\u061c", "\u115f", "\u17b4"],
  ...["\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e"],
  ...["\u2060", "\u2066", "\u2069", "\u206f", "\u2800", "\u3164", "\ufe0f", "\ufeff", "\uffa0", "\ufff9"],
  ...["\uffff", "\ud800", "\udfff", "\u00a0", "\u2003", "\u202f", "\u{e0001}", "\u{e0041}", "\u{e0100}"],
];

Deno.test("printable() escapes what breaks a line, steers a terminal or is not seen", () => {
  assertEquals(printable("a\nb\tc\x1b[31m\x7f\x9b\u2028"), "a\\nb\\tc\\u001b[31m\\u007f\\u009b\\u2028");
  assertEquals(printable("invoice\u202efdp.exe\u{e0041}"), "invoice\\u202efdp.exe\\u{e0041}");
  for (const character of DECEPTIVE) {
    assertMatch(printable(`a${character}b`), /^a\\u(\{[0-9a-f]{5}\}|[0-9a-f]{4})b$/);
    assertEquals(printable(printable(`é${character}b`)), printable(`é${character}b`));
  }
});

Deno.test("printable() leaves letters of every script, their marks, and emoji", () => {
  for (
    const text of [
      "Übung 🙀/π #?%20\\",
      "e\u0301 Việt",
      "שָׁלוֹם",
      "हिन्दी",
      "ที่นี่",
      "日本\u3000語",
      "👨‍👩‍👧 ❤️ 1️⃣ 👍🏽 🇩🇪",
      "\ufffd",
    ]
  ) {
    assertEquals(printable(text), text);
    assertEquals(printableJson(text), JSON.stringify(text));
  }
});

Deno.test("printable() escapes marks that pile up, and those that would sit on what stands before the text", () => {
  const mark = "\u0301";
  assertEquals(printable(`z${mark.repeat(9)}!`), `z${mark.repeat(4)}${"\\u0301".repeat(5)}!`);
  assertEquals(printable(`${mark}a`), "\\u0301a");
  assertEquals(quote(`${mark}a`), '"\\u0301a"');
});

Deno.test("printable() keeps a joiner only between the pictures that it joins", () => {
  assertEquals(printable("👨\u200d"), "👨\\u200d");
  assertEquals(printable("a\u200d👨"), "a\\u200d👨");
  assertEquals(printable("p\ufe0f"), "p\\ufe0f");
});

Deno.test("printableLines() keeps the breaks of lines alone", () => {
  assertEquals(printableLines("a\r\nb\x1b\u2028"), "a\\u000d\nb\\u001b\\u2028");
});

Deno.test("printableJson() holds nothing deceptive, and is read back as the same value", () => {
  const value = { [`k${DECEPTIVE.join("-")}`]: [DECEPTIVE.join("x"), "z" + "\u0301".repeat(9)] };
  const json = printableJson(value);
  assertEquals(JSON.parse(json), value);
  for (const character of DECEPTIVE) assertEquals(json.includes(character) && character !== "\ud800", false);
  assertNotEquals(json, JSON.stringify(value));
});
