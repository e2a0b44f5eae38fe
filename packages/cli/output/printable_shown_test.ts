import { assertEquals } from "@std/assert";
import { printableShown } from "./printable_shown.ts";
import { createStyle } from "./style.ts";

Deno.test("printableShown() keeps lines and colours of the program, and nothing else that steers", () => {
  const { alarm, dim } = createStyle({ colors: true });
  const own = `${alarm("lade:")} one\n  ${dim("two")}\tthree`;
  assertEquals(printableShown(own), own);
  assertEquals(
    printableShown("a\x1b[2Jb\x1b[8mc\x1b]0;t\x07\r\u202e"),
    "a\\u001b[2Jb\\u001b[8mc\\u001b]0;t\\u0007\\u000d\\u202e",
  );
});
