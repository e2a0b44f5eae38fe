import { assertEquals } from "@std/assert";
import { compareKeys } from "@lade/core";
import { NameClashes } from "./name_clashes.ts";

Deno.test("NameClashes finds a and a.zst, whatever is listed between them", () => {
  const keys = ["a", "a b", "a-c", "a-c.zst", "a.txt", "a.zst", "a.zst.zst", "b.zst", "c"].sort(compareKeys);
  const clashes = new NameClashes();
  const found = keys.flatMap((key) => {
    const clash = clashes.find(key);
    return clash === undefined ? [] : [[clash, key]];
  });
  assertEquals(found, [["a-c", "a-c.zst"], ["a", "a.zst"]]);
});
