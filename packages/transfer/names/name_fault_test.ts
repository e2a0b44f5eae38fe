import { assertEquals, assertNotEquals } from "@std/assert";
import { escapeFault, nameFault } from "./name_fault.ts";

Deno.test("escapeFault() refuses every name that could lead out of a directory", () => {
  const bad = ["..", "../x", "a/../b", "a/..", ".", "./x", "a/./b", "/etc/passwd", "//x", "a//b", "a/", ""];
  for (const name of [...bad, "a\\b", "..\\x", "C:\\x", "a\0b", "\0"]) {
    assertNotEquals(escapeFault(name), undefined, name);
  }
});

Deno.test("escapeFault() says what leads out", () => {
  assertEquals(escapeFault("/etc/passwd"), "its name is an absolute path");
  assertEquals(escapeFault("a//b"), "its name holds an empty part");
  assertEquals(escapeFault("a/../b"), 'its name holds a ".." or "."');
});

Deno.test("escapeFault() lets every other name pass", () => {
  for (
    const name of ["a", "a/b", "..a", "a..", "a/..b/c...", ".hidden", "~", "-r", "a b", "ü/🙀", "%2e%2e/x"]
  ) {
    assertEquals(escapeFault(name), undefined, name);
  }
});

Deno.test("nameFault() tells what a file system does not keep", () => {
  const cases: readonly (readonly [name: string, posix: RegExp | undefined, windows: RegExp | undefined])[] =
    [
      ["a/b", undefined, undefined],
      ["lone\ud800", /not valid Unicode/, /not valid Unicode/],
      [`a/${"k".repeat(256)}`, /a part of 256 bytes/, /a part of 256 bytes/],
      [`${"é".repeat(128)}/a`, /a part of 256 bytes/, /a part of 256 bytes/],
      ["é".repeat(127), undefined, undefined],
      ["ctrl\x01", undefined, /control character/],
      ["line\nfeed", undefined, /control character/],
      ["C:/x", undefined, /holds ":"/],
      ["what?", undefined, /holds "\?"/],
      ["dot.", undefined, /ends in a dot or space/],
      ["space /x", undefined, /ends in a dot or space/],
      ["x/CON", undefined, /name of a device/],
      ["nul.tar.gz", undefined, /name of a device/],
      ["com¹", undefined, /name of a device/],
      ["console/com10/nulx", undefined, undefined],
    ];
  for (const [name, posix, windows] of cases) {
    for (const [platform, due] of [["posix", posix], ["windows", windows]] as const) {
      const fault = nameFault(name, platform);
      assertEquals(
        due ? due.test(fault ?? "") : fault,
        due ? true : undefined,
        `${platform} ${name}: ${fault}`,
      );
    }
  }
});
