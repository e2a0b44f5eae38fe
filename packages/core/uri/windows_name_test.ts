import { assertEquals, assertNotEquals } from "@std/assert";
import { windowsNameFault } from "./windows_name.ts";

Deno.test("windowsNameFault() tells what leads to a device, a stream or another file", () => {
  const bad = ["con", "CON", "Nul.txt", "nul .txt", "aux.tar.gz", "COM1", "lpt9.x", "com¹", "conin$", "PRN"];
  const marks = [...'<>:"|?*\\\x01\n'].map((mark) => `a${mark}b`);
  for (const name of [...bad, ...marks, "a.", "a ", "...", " ", "file:stream", "file::$DATA"]) {
    assertNotEquals(windowsNameFault(name), undefined, JSON.stringify(name));
  }
});

Deno.test("windowsNameFault() lets every other name pass", () => {
  for (
    const name of [
      "a",
      ".a",
      "a.b",
      "a b",
      "console",
      "com10",
      "com",
      "nulx",
      "x.con",
      "con x",
      "é",
      "~1",
      "%20",
    ]
  ) {
    assertEquals(windowsNameFault(name), undefined, name);
  }
});
