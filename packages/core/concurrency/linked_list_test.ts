import { assertEquals } from "@std/assert";
import { LinkedList } from "./linked_list.ts";

Deno.test("a linked list has what came and has not left, in its order", () => {
  const list = new LinkedList<string>();
  const [a, b, c, d] = [list.add("a"), list.add("b"), list.add("c"), list.add("d")];
  list.remove(b);
  assertEquals([[...list], list.size, list.first?.item], [["a", "c", "d"], 3, "a"]);
  list.remove(a);
  list.remove(d);
  list.remove(d);
  assertEquals([[...list], list.size, list.first?.item], [["c"], 1, "c"]);
  list.add("e");
  list.remove(c);
  assertEquals([[...list], list.size, list.first?.item], [["e"], 1, "e"]);
});

Deno.test("who leaves before his turn is left out, and who comes meanwhile too", () => {
  const list = new LinkedList<string>();
  const [a, b, c] = [list.add("a"), list.add("b"), list.add("c")];
  list.add("d");
  const seen: string[] = [];
  for (const item of list) {
    seen.push(item);
    if (item !== "a") continue;
    for (const link of [a, b, c]) list.remove(link);
    list.add("e");
  }
  assertEquals([seen, [...list]], [["a", "d"], ["d", "e"]]);
});

Deno.test("a place that was left leads to no other", () => {
  const list = new LinkedList<string>();
  const links = ["a", "b", "c"].map((item) => list.add(item));
  for (const link of links) list.remove(link);
  assertEquals(links.map(({ previous, next }) => previous ?? next), [undefined, undefined, undefined]);
});
