import { InvalidNameError } from "@lade/core/errors";
import { Lade } from "@lade/lade";
import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { locate } from "../places/place.ts";
import { linkFault, makeLink } from "./make_link.ts";

Deno.test("makeLink() makes no link of a text that is longer than a link's, whether its size is known before or not", async () => {
  const path = await Deno.makeTempDir();
  try {
    await using lade = new Lade();
    const root = await locate(lade, `${path}/`);
    const making = { root, createOnly: false, operation: "cp", signal: new AbortController().signal };
    for (const [size, fits] of [[4095, true], [4097, false]] as const) {
      await lade.put("memory://s/link", "x".repeat(size));
      const [from, to] = [await locate(lade, "memory://s/link"), await locate(lade, `${path}/link`)];
      for (const known of [size, undefined]) {
        const job = { from, to, ...(known !== undefined && { size: known }) };
        if (fits) await makeLink(job, making);
        else await assertRejects(() => makeLink(job, making), InvalidNameError, "4096 is the most");
      }
      assertEquals((await Deno.readLink(`${path}/link`)).length, 4095);
    }
    // What begins with U+FEFF has no byte order mark.
    await lade.put("memory://s/link", "\ufeffx");
    await makeLink(
      { from: await locate(lade, "memory://s/link"), to: await locate(lade, `${path}/l`) },
      making,
    );
    assertEquals(await Deno.readLink(`${path}/l`), "\ufeffx");
    // What is known to be too long is not read.
    const gone = {
      from: await locate(lade, "memory://s/gone"),
      to: await locate(lade, `${path}/l`),
      size: 4097,
    };
    await assertRejects(() => makeLink(gone, making), InvalidNameError, "4096 is the most");
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("linkFault() lets a link pass that stays below the root, and no other", () => {
  const cases: readonly (readonly [text: string, depth: number, fits: boolean])[] = [
    ["a", 0, true],
    ["./a//b/.", 0, true],
    ["..", 1, true],
    ["../../a/b", 2, true],
    ["..", 0, false],
    ["../..", 1, false],
    ["a/..", 3, false],
    ["../a/../b", 3, false],
    ["/a", 3, false],
    ["", 3, false],
    ["a\0", 3, false],
    ["...", 0, true],
    ["..a/b", 0, true],
  ];
  for (const [text, depth, fits] of cases) assertEquals(linkFault(text, depth) === undefined, fits, text);
});

Deno.test("linkFault() lets no link of Windows pass that holds a backslash or a drive", () => {
  for (const text of ["C:\\x", "C:x", "\\x", "..\\..\\x", "a\\..\\..\\x", "a:b"]) {
    assertEquals(linkFault(text, 1, "windows") === undefined, false, text);
    assertEquals(linkFault(text, 1, "posix"), undefined, text);
  }
  assertEquals(linkFault("../a", 1, "windows"), undefined);
});

Deno.test("linkFault() lets no text pass that climbs above the root anywhere on its way", () => {
  const part = fc.constantFrom("..", ".", "", "a", "b");
  fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), fc.nat(4), (parts, depth) => {
    let level = depth;
    const isOut = parts.some((part) => {
      level += part === ".." ? -1 : part === "." || part === "" ? 0 : 1;
      return level < 0;
    });
    if (isOut) assertEquals(linkFault(parts.join("/"), depth) !== undefined, true, parts.join("/"));
  }));
});
