import { assert, assertEquals } from "@std/assert";
import { compareKeys } from "@lade/core/backend";
import fc from "fast-check";
import { type Folding, foldName } from "./fold_name.ts";
import { NameHashes } from "./name_hashes.ts";
import { createClashes, FoldedClashes, OrderedClashes } from "./path_clashes.ts";

/** Those of some names that are not there beside the ones before them, by looking at all pairs. */
function clashing(names: readonly string[], fold: (name: string) => string): Set<string> {
  const taken: string[] = [];
  const clashes = new Set<string>();
  for (const name of names) {
    const folded = fold(name);
    const clash = taken.some((other) =>
      other === folded && !folded.endsWith("/") || folded.startsWith(`${other}/`) && !other.endsWith("/") ||
      other.startsWith(folded.endsWith("/") ? "\0" : `${folded}/`)
    );
    if (clash) clashes.add(name);
    else taken.push(folded);
  }
  return clashes;
}

const part = fc.string({
  unit: fc.constantFrom("a", "A", "b", ".", "!", "-", "é", "e\u0301", "É"),
  minLength: 1,
  maxLength: 2,
});
const path = fc.tuple(fc.array(part, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([parts, isDirectory]) => parts.join("/") + (isDirectory ? "/" : ""));

Deno.test("OrderedClashes finds every file that is needed as a directory, in the order of keys", () => {
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 30 }), (paths) => {
      const names = paths.sort(compareKeys);
      const clashes = new OrderedClashes();
      const found = names.filter((name) => clashes.take(name) !== undefined);
      assertEquals(new Set(found), clashing(names, (name) => name));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("OrderedClashes says which object is in the way", () => {
  const clashes = new OrderedClashes();
  for (const name of ["a", "a-b", "a.txt"]) assertEquals(clashes.take(name), undefined);
  assertEquals(clashes.take("a/b"), 'there is an object "a", which cannot be a directory too');
  assertEquals(clashes.take("a/c"), 'there is an object "a", which cannot be a directory too');
  assertEquals(clashes.take("b/c"), undefined);
});

Deno.test("FoldedClashes finds every clash of two names, in any order", () => {
  for (
    const folding of [{ case: true, form: false }, { case: false, form: true }, { case: true, form: true }]
  ) {
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 30 }), (names) => {
        const clashes = new FoldedClashes(folding);
        const found = names.filter((name) => clashes.take(name) !== undefined);
        assertEquals(new Set(found), clashing(names, (name) => foldName(name, folding)));
      }),
      { numRuns: 1_000 },
    );
  }
});

Deno.test("createClashes() folds where the file system folds anything", () => {
  for (
    const [folding, one, other] of [
      [{ case: true, form: false }, "a", "A"],
      [{ case: false, form: true }, "\u00e9", "e\u0301"],
    ] as const
  ) {
    const clashes = createClashes(folding);
    assertEquals(clashes.take(one), undefined);
    assertEquals(typeof clashes.take(other), "string", JSON.stringify(folding));
    const apart = createClashes({ case: false, form: false });
    assertEquals([apart.take(one), apart.take(other)], [undefined, undefined]);
  }
});

Deno.test("foldName() makes one of what a file system takes for one", () => {
  const all: Folding = { case: true, form: true };
  const alike: readonly (readonly [one: string, other: string, folding: Folding, same: boolean])[] = [
    ["A", "a", all, true],
    ["ÜBER/x", "u\u0308ber/X", all, true],
    ["Ü", "ü", { case: true, form: false }, true],
    ["\u00fc", "u\u0308", { case: true, form: false }, false],
    ["\u00fc", "u\u0308", { case: false, form: true }, true],
    ["A", "a", { case: false, form: true }, false],
    ["ΟΔΟΣ", "οδος", all, true],
    ["ς", "σ", all, true],
    ["\u212a", "k", all, true],
    ["\u017f", "s", all, true],
    ["straße", "STRASSE", all, true],
    ["a", "b", all, false],
    ["한글", "한글".normalize("NFD"), all, true],
  ];
  for (const [one, other, folding, same] of alike) {
    assertEquals(foldName(one, folding) === foldName(other, folding), same, `${one} ${other}`);
  }
});

Deno.test("NameHashes holds many names and no other", () => {
  const hashes = new NameHashes();
  const count = 100_000;
  for (let at = 0; at < count; at++) assert(hashes.add(`logs/2026/part-${at}.gz`));
  assertEquals(hashes.size, count);
  for (let at = 0; at < count; at += 7) {
    assert(hashes.has(`logs/2026/part-${at}.gz`));
    assert(!hashes.add(`logs/2026/part-${at}.gz`));
    assert(!hashes.has(`logs/2026/part-${at}.gy`));
  }
});
