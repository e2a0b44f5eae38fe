import { assert, assertEquals } from "@std/assert";
import { decodeMetadata, decodeUtf8, encodeMetadata } from "./metadata_text.ts";

const VALUES = [
  "",
  "plain",
  "two  spaces",
  " edges ",
  "tab\there",
  "line\r\nbreak",
  "ä€🦕",
  "=?UTF-8?B?eA==?=",
  "\ufeffx",
];

for (const value of VALUES) {
  Deno.test(`encodeMetadata() keeps ${JSON.stringify(value)} through a header`, () => {
    const sent = encodeMetadata(value);
    assert(/^[\x20-\x7e]*$/.test(sent) && sent.trim() === sent, sent);
    assertEquals(decodeMetadata(sent), value);
  });
}

Deno.test("decodeMetadata() reads words that others wrote", () => {
  assertEquals(decodeMetadata("=?UTF-8?Q?caf=C3=A9_au_lait?="), "café au lait");
  assertEquals(decodeMetadata("=?utf-8?B?w6Q=?= =?utf-8?B?w7Y=?="), "äö");
  assertEquals(decodeMetadata("Ã¤"), "ä");
  assertEquals(decodeMetadata("\xe4"), "\xe4");
  assertEquals(decodeMetadata("=?UTF-8?B?*?="), "=?UTF-8?B?*?=");
});

Deno.test("decodeUtf8() reads raw UTF-8, and leaves words and what is none alone", () => {
  assertEquals(["Ã¤", "\xe4", "=?UTF-8?Q?no?="].map(decodeUtf8), ["ä", "\xe4", "=?UTF-8?Q?no?="]);
});
