import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseUriRule, UriMap } from "./uri_map.ts";

Deno.test("rules are read from text, and each prefix ends in a slash", () => {
  assertEquals(parseUriRule("s3://a=gs://b/c"), { from: "s3://a/", to: ["gs://b/c/"] });
  assertEquals(parseUriRule("s3://a/dt=1,2/=file:///tmp/a,b/,memory://x/"), {
    from: "s3://a/dt=1,2/",
    to: ["file:///tmp/a,b/", "memory://x/"],
  });
  for (const text of ["", "s3://a", "s3://a=", "a=b", "=s3://b", "s3://a=s3://b,s3://b/", "s3://a=/tmp"]) {
    assertThrows(() => parseUriRule(text), RangeError, undefined, text);
  }
  assertThrows(() => new UriMap([{ from: "s3://a", to: [] }]), RangeError, "nowhere");
  const twice = [parseUriRule("s3://a=s3://b"), parseUriRule("s3://a/=s3://c")];
  assertThrows(() => new UriMap(twice), RangeError, "two rules");
});

Deno.test("the longest prefix decides, and a container is none of one whose name begins so", () => {
  const map = new UriMap(["s3://a=s3://x", "s3://a/b/=s3://y/z/", "s3://c=s3://x"].map(parseUriRule));
  const place = (endpoint: string, file: string) => {
    const found = map.map(endpoint, file);
    return found && found.base + found.rest;
  };
  assertEquals(place("s3://a/", "k"), "s3://x/k");
  assertEquals(place("s3://a/", "b/k"), "s3://y/z/k");
  assertEquals(place("s3://a/", "bk"), "s3://x/bk");
  assertEquals(place("s3://ab/", "k"), undefined);
  // Several lead to one place, where equal names are one object.
  assertEquals(map.map("s3://c/", "k")?.id, map.map("s3://a/", "k")?.id);
  assertEquals(new UriMap().map("s3://a/", "k")?.base, "s3://a/");
});

const TARGETS = ["s3://t1/", "s3://t2/", "s3://t3/"];

function spread(map: UriMap, names: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>(TARGETS.map((target) => [target, []]));
  for (const name of names) found.get(map.map("s3://log/", name)?.base ?? "")?.push(name);
  return found;
}

const NAMES = Array.from({ length: 3000 }, (_, index) => `data/part-${String(index).padStart(5, "0")}.bin`);

Deno.test("in turns, targets get equally many, one after the other", () => {
  const map = new UriMap([{ from: "s3://log/", to: TARGETS }], "round-robin");
  assertEquals(
    spread(map, ["a", "b", "c", "d", "e", "f"]),
    new Map([
      ["s3://t1/", ["a", "d"]],
      ["s3://t2/", ["b", "e"]],
      ["s3://t3/", ["c", "f"]],
    ]),
  );
  for (const names of spread(map, NAMES).values()) assertEquals(names.length, 1000);
});

Deno.test("by their hash, objects are spread evenly, and each stays where it is", () => {
  const map = new UriMap([{ from: "s3://log/", to: TARGETS }]);
  const first = spread(map, NAMES);
  for (const names of first.values()) assert(names.length > 900 && names.length < 1100, `${names.length}`);
  assertEquals(spread(map, NAMES), first);
});
