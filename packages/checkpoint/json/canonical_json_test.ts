import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { openCheckpoints } from "../open/open_checkpoints.ts";
import { canonicalJson, type JsonValue } from "./canonical_json.ts";

Deno.test("equal values have one text, whatever the order of their fields", () => {
  const value = { b: [1, "x", null, true], a: { d: 0.5, c: "é\n" } };
  const other = { a: { c: "é\n", d: 0.5 }, b: [1, "x", null, true] };
  assertEquals(canonicalJson(value), canonicalJson(other));
  assertEquals(JSON.parse(canonicalJson(value)), value);
  assertEquals(canonicalJson(value), '{"a":{"c":"é\\n","d":0.5},"b":[1,"x",null,true]}');
});

Deno.test("what JSON would change is refused: half a character, and numbers that are none", async () => {
  const half = "\ud83d";
  const wrong: JsonValue[] = [half, { [half]: 1 }, [half], NaN, { a: Infinity }, [, 1] as number[]];
  // TypeScript takes these for objects of JSON, and JSON has nothing, or numbers by name, of them.
  wrong.push(...[new Date(0), new Map(), { a: new Uint32Array(2) }] as unknown as JsonValue[]);
  for (const value of wrong) assertThrows(() => canonicalJson(value), TypeError);
  await using store = new MemoryStore();
  await using checkpoints = await openCheckpoints(store, "");
  for (const content of [{ extras: { a: half } }, { extras: { [half]: 1 } }, { metrics: { loss: NaN } }]) {
    await assertRejects(async () => await checkpoints.save(1, { tensors: [], ...content }).committed, Error);
  }
  assertEquals(await checkpoints.latest(), undefined);
});
