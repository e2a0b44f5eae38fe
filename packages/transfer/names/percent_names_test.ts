import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { escapeFault, nameFault, type NamePlatform } from "./name_fault.ts";
import { decodeName, encodeName } from "./percent_names.ts";

const PLATFORMS: readonly NamePlatform[] = ["posix", "windows"];

Deno.test("encodeName() writes what has no place in a name with percent signs, and leaves the rest", () => {
  const cases: readonly (readonly [name: string, posix: string, windows: string])[] = [
    ["a/b.txt", "a/b.txt", "a/b.txt"],
    ["..", "%2E%2E", "%2E%2E"],
    ["a/./../b", "a/%2E/%2E%2E/b", "a/%2E/%2E%2E/b"],
    ["/x", "%2Fx", "%2Fx"],
    ["a//b", "a/%2Fb", "a/%2Fb"],
    ["a/", "a%2F", "a%2F"],
    ["//", "%2F%2F", "%2F%2F"],
    ["a\\b\0", "a%5Cb%00", "a%5Cb%00"],
    ["100%", "100%", "100%"],
    ["%41 %2f", "%2541 %2f", "%2541 %2f"],
    ["c:/x", "c:/x", "c%3A/x"],
    ["a. ", "a. ", "a.%20"],
    ["CON/nul.txt/com10", "CON/nul.txt/com10", "%43ON/%6Eul.txt/com10"],
    ["a\nb", "a\nb", "a%0Ab"],
    [".lade-0123456789abcdef-7~tmp", "%2Elade-0123456789abcdef-7~tmp", "%2Elade-0123456789abcdef-7~tmp"],
  ];
  for (const [name, posix, windows] of cases) {
    assertEquals([encodeName(name), encodeName(name, "windows")], [posix, windows], name);
  }
});

const anyName = fc.string({
  unit: fc.constantFrom(..."/.%25CcOoNnAaUuXxPpRrLlMmTt1 \\:*\0\n\u001fé🙀".split(/(?:)/u)),
  minLength: 1,
  maxLength: 16,
});

Deno.test("decodeName() gives back every name, and every encoded one is that of a file", () => {
  for (const platform of PLATFORMS) {
    fc.assert(
      fc.property(anyName, (name) => {
        const encoded = encodeName(name, platform);
        assertEquals(decodeName(encoded), name);
        assertEquals([escapeFault(encoded), nameFault(encoded, platform)], [undefined, undefined], encoded);
      }),
      { numRuns: 5_000 },
    );
  }
});

Deno.test("encodeName() makes different names of different names", () => {
  fc.assert(fc.property(anyName, anyName, (one, other) => {
    assertEquals(encodeName(one) === encodeName(other), one === other);
  }));
});
