import { assertEquals } from "@std/assert";
import { escapeXml } from "./escape_xml.ts";
import { childText, parseXml } from "./mod.ts";

Deno.test("escapeXml() makes a text that parseXml() reads as it was", () => {
  for (const text of ["", "plain ä 鍵 😀", "a<b>&\"c\"'d'", "&amp;", "]]>"]) {
    const root = parseXml(`<a b="${escapeXml(text)}"><c>${escapeXml(text)}</c></a>`);
    assertEquals(childText(root, "c"), text);
  }
});
