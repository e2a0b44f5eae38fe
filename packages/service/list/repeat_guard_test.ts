import { assertEquals, assertStrictEquals } from "@std/assert";
import { RepeatGuard } from "./repeat_guard.ts";

const fresh = (guard: RepeatGuard, page: readonly string[]) => guard.fresh(page, (name) => name);

Deno.test("RepeatGuard drops what comes again within a page, wherever it stands", () => {
  assertEquals(fresh(new RepeatGuard(), ["a", "b", "a", "c", "c", "b"]), ["a", "b", "c"]);
  assertEquals(fresh(new RepeatGuard(), ["c", "a", "b", "a", "c"]), ["c", "a", "b"]);
});

Deno.test("RepeatGuard drops what the page before had, and forgets what came before it", () => {
  const guard = new RepeatGuard();
  assertEquals(fresh(guard, ["a", "d"]), ["a", "d"]);
  assertEquals(fresh(guard, ["d", "b", "a", "b"]), ["b"]);
  assertEquals(fresh(guard, ["b", "e"]), ["e"]);
  assertEquals(fresh(guard, ["a", "e"]), ["a"]);
});

Deno.test("RepeatGuard gives a page without repeats as it is", () => {
  const guard = new RepeatGuard();
  for (const page of [["a", "b"], ["c"], ["a"], []]) assertStrictEquals(fresh(guard, page), page);
});
