import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { JsonReader } from "./json_reader.ts";

function read(text: string): unknown {
  const reader = new JsonReader(text, (detail) => new SyntaxError(detail));
  const value = reader.value("it");
  reader.end();
  return value;
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return value instanceof Map
    ? Object.fromEntries([...value].map(([name, item]) => [name, plain(item)]))
    : value;
}

Deno.test("JsonReader: reads what JSON.parse reads", () => {
  fc.assert(fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(0, 2), (json, indent) => {
    const value = JSON.parse(json);
    assertEquals(plain(read(JSON.stringify(value, null, indent))), value);
  }));
});

Deno.test("JsonReader: refuses what JSON.parse refuses", () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom(...'{}[],:"\\0-.e \x01t'),
      (json, at, put) => {
        const text = json.slice(0, at % json.length) + put + json.slice(at % json.length + 1);
        let due: unknown;
        try {
          due = JSON.parse(text);
        } catch {
          assertThrows(() => read(text), SyntaxError);
          return;
        }
        try {
          assertEquals(plain(read(text)), due);
        } catch (error) {
          // JSON.parse takes these.
          if (!/stands twice|not valid Unicode/.test(String(error))) throw error;
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("JsonReader: depth is bounded, and a field that stands twice is found at any depth", () => {
  assertThrows(() => read("[".repeat(100_000)), SyntaxError, "nested too deeply");
  assertThrows(() => read('{"a":[{"b":1,"c":2,"b":3}]}'), SyntaxError, '"b" stands twice');
  assertEquals(read("[-0.5e+3,1E2,true,null]"), [-500, 100, true, null]);
});
