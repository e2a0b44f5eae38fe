import { assert, assertEquals, assertThrows } from "@std/assert";
import { createFilter, type FilterOptions } from "./create_filter.ts";
import { everyFilter } from "./object_filter.ts";

function accepts(options: FilterOptions, name: string, size = 1, time = 0): boolean {
  const filter = createFilter(options);
  return filter === undefined || filter({ key: `p/${name}`, size, lastModified: new Date(time) }, name);
}

Deno.test("createFilter() lets exclusion win over inclusion, whatever their order", () => {
  const options = { include: ["*.gz", "/keep/"], exclude: ["tmp/", "b.gz"] };
  assert(accepts(options, "a.gz"));
  assert(accepts(options, "keep/x"));
  assert(!accepts(options, "x"));
  assert(!accepts(options, "b.gz"));
  assert(!accepts(options, "keep/tmp/x.gz"));
  assert(accepts({ exclude: ["*.gz"] }, "x"));
  assert(accepts({ include: ["*.gz"], includeRegex: ["^x\\d$"] }, "x1"));
  assert(!accepts({ includeRegex: ["^x"], excludeRegex: [/Y/gi] }, "xy"));
  // One that remembered where it last matched would let every second name pass.
  const filter = createFilter({ excludeRegex: [/y/g] });
  for (let count = 0; count < 4; count++) {
    assertEquals(filter?.({ key: "y", size: 0, lastModified: new Date(0) }, "y"), false);
  }
});

Deno.test("createFilter() takes sizes and times with their bounds", () => {
  const size = { minSize: 10, maxSize: 20 };
  assertEquals([9, 10, 20, 21].map((bytes) => accepts(size, "a", bytes)), [false, true, true, false]);
  const time = { changedSince: new Date(10), changedUntil: new Date(20) };
  assertEquals([9, 10, 20, 21].map((at) => accepts(time, "a", 1, at)), [false, true, true, false]);
  // What is not known leaves nothing out.
  assert(accepts({ ...size, ...time }, "a", NaN, NaN));
  assertEquals([accepts(size, "a", 9, NaN), accepts(time, "a", NaN, 9)], [false, false]);
});

Deno.test("createFilter() takes names as they stand", () => {
  const options = { names: ["a", "*", "b/"] };
  assertEquals(["a", "*", "b/", "x", "b/c"].map((name) => accepts(options, name)), [
    true,
    true,
    true,
    false,
    false,
  ]);
  assert(!accepts({ names: ["a"], exclude: ["a"] }, "a"));
  assert(!accepts({ names: [] }, "a"));
});

Deno.test("createFilter() refuses what nothing can match, and makes no filter of nothing", () => {
  assertThrows(() => createFilter({ minSize: 2, maxSize: 1 }), TypeError, "least size");
  assertThrows(
    () => createFilter({ changedSince: new Date(2), changedUntil: new Date(1) }),
    TypeError,
    "since",
  );
  assertThrows(() => createFilter({ exclude: ["a["] }), TypeError, 'glob "a["');
  const error = assertThrows(() => createFilter({ excludeRegex: ["a(b"] }), TypeError);
  assertEquals(error.message, 'Cannot use the regular expression "a(b": unterminated group');
  assertThrows(() => createFilter({ includeRegex: [""] }), TypeError, "empty");
  assertEquals(createFilter({}), undefined);
  assertEquals(createFilter({ include: [], exclude: [], minSize: 0 }), undefined);
});

Deno.test("createFilter() tells the least prefixes that hold everything it accepts", () => {
  const prefixesOf = (options: FilterOptions) => createFilter(options)?.prefixes;
  assertEquals(prefixesOf({ include: ["/b/x*", "/a/*", "/b/x-old/*", "/c"] }), ["a/", "b/x", "c"]);
  assertEquals(prefixesOf({ include: ["/b/x*", "*.gz"] }), undefined);
  assertEquals(prefixesOf({ include: ["/a/*"], includeRegex: ["b"] }), undefined);
  assertEquals(prefixesOf({ exclude: ["/a/*"] }), undefined);
});

Deno.test("everyFilter() accepts what all accept, and keeps what each knows of names", () => {
  assertEquals(everyFilter([undefined, undefined]), undefined);
  const names = createFilter({ names: ["a/1", "b"] });
  const sized = createFilter({ include: ["/a/*"], minSize: 2 });
  const meta = { key: "a/1", size: 2, lastModified: new Date(0) };
  for (const filters of [[names, undefined, sized], [sized, names]]) {
    const both = everyFilter(filters);
    assert(both);
    assert(both(meta, "a/1"));
    assert(!both({ ...meta, size: 1 }, "a/1"));
    assert(!both(meta, "b"));
    assertEquals(both.prefixes, ["a/"]);
    assertEquals([...both.names ?? []], ["a/1", "b"]);
    assertEquals([names?.byNameOnly, both.byNameOnly], [true, false]);
  }
});
