import { assert, assertEquals, assertThrows } from "@std/assert";
import { InvalidNameError } from "@lade/core/errors";
import { splitGlob } from "./split_glob.ts";

Deno.test("splitGlob() lists what comes before the segment of the first wildcard", () => {
  const cases: readonly (readonly [source: string, base: string, matching: string, other: string])[] = [
    ["s3://b/logs/*.gz", "s3://b/logs/", "a.gz", "x/a.gz"],
    ["s3://b/*", "s3://b/", "a", "a/b"],
    ["s3://b/2026-0?/**", "s3://b/", "2026-01/a/b", "2026-01"],
    ["s3://b/x/a{b,c}/d", "s3://b/x/", "ac/d", "d"],
    ["file:///*/x", "file:///", "tmp/x", "x"],
    ["data/*/x", "data/", "a/x", "a/b/x"],
    ["*.txt", "./", "a.txt", "x/a.txt"],
    ["/*.txt", "/", "a.txt", "x/a.txt"],
    ["s3://b/p/\\*", "s3://b/p/", "*", "a"],
  ];
  for (const [source, base, matching, other] of cases) {
    const split = splitGlob(source);
    assertEquals(split?.base, base, source);
    const accepts = (name: string) => split?.filter({ key: name, size: 0, lastModified: new Date(0) }, name);
    assert(accepts(matching), `${source} ${matching}`);
    assert(!accepts(other), `${source} ${other}`);
  }
  assertEquals(splitGlob("s3://b/x/ab*c/d")?.filter.prefixes, ["ab"]);
});

Deno.test("splitGlob() leaves alone what holds no wildcard, and refuses one where none can be", () => {
  assertEquals(splitGlob("s3://b/a b]/}!#"), undefined);
  for (const source of ["s3://b*/x", "az://b?", "https://h/b/k?sig=a*"]) {
    assertThrows(() => splitGlob(source), InvalidNameError, "wildcards", source);
  }
  assertThrows(() => splitGlob("s3://b/[a"), TypeError, "not closed");
});
