import { assertEquals } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { compareKeys } from "../uri/compare_keys.ts";
import { SortedKeys } from "./sorted_keys.ts";

function all(keys: SortedKeys): string[] {
  const list: string[] = [];
  for (let key = keys.from(""); key !== undefined; key = keys.after(key)) list.push(key);
  return list;
}

Deno.test("SortedKeys.from() and after() find the next key of any string", () => {
  const keys = new SortedKeys();
  assertEquals([keys.from(""), keys.after("x")], [undefined, undefined]);
  for (const key of ["b", "a", "a\0", "c"]) keys.add(key);
  assertEquals(all(keys), ["a", "a\0", "b", "c"]);
  assertEquals([keys.from("a"), keys.after("a"), keys.from("bb"), keys.from("d")], [
    "a",
    "a\0",
    "c",
    undefined,
  ]);
});

Deno.test("SortedKeys keeps thousands of keys in order while they come and go", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = seededRandom(seed);
  const keys = new SortedKeys();
  const model = new Set<string>();
  for (let i = 0; i < 20_000; i++) {
    const key = `${Math.floor(random() * 5000)}${random() < 0.1 ? "😀" : ""}`;
    if (model.has(key) && random() < 0.6) {
      model.delete(key);
      keys.delete(key);
    } else if (!model.has(key)) {
      model.add(key);
      keys.add(key);
    }
  }
  assertEquals(all(keys), [...model].sort(compareKeys), `seed ${seed}`);
  for (const key of model) keys.delete(key);
  assertEquals(all(keys), [], `seed ${seed}`);
});

Deno.test("SortedKeys adds ascending and descending keys", () => {
  const names = Array.from({ length: 3000 }, (_, i) => String(i).padStart(4, "0"));
  const [up, down] = [new SortedKeys(), new SortedKeys()];
  for (const name of names) up.add(name);
  for (const name of names.toReversed()) down.add(name);
  assertEquals(all(up), names);
  assertEquals(all(down), names);
});

Deno.test("SortedKeys.delete() of a key that is not there does nothing", () => {
  const keys = new SortedKeys();
  keys.delete("x");
  keys.add("b");
  keys.delete("a");
  keys.delete("c");
  assertEquals(all(keys), ["b"]);
});
