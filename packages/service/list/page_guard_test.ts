import { assertEquals } from "@std/assert";
import { PageGuard } from "./page_guard.ts";

/** How many markers pass before one is refused, and why. */
function run(
  marker: (page: number) => string,
  news: (page: number) => number,
  pages = 100_000,
): [number, string] {
  const guard = new PageGuard();
  for (let page = 0; page < pages; page++) {
    const fault = guard.advance(marker(page), news(page));
    if (fault) return [page, fault];
  }
  return [pages, ""];
}

const AGAIN = "the same page comes again";

Deno.test("PageGuard lets a listing pass whose markers differ", () => {
  assertEquals(run(String, () => 1), [100_000, ""]);
});

Deno.test("PageGuard finds a marker that comes again, at once where it is not long ago", () => {
  assertEquals(run(() => "a", () => 1), [1, AGAIN]);
  assertEquals(run((page) => String(page % 2), () => 1), [2, AGAIN]);
  assertEquals(run((page) => String(page < 10 ? page : 10 + page % 4000), () => 1), [4010, AGAIN]);
});

Deno.test("PageGuard finds a circle of any length", () => {
  const [page, fault] = run((page) => String(page < 3000 ? page : 3000 + page % 20_000), () => 1);
  assertEquals(fault, AGAIN);
  assertEquals(page < 60_000, true);
});

Deno.test("PageGuard counts pages in a row that tell nothing", () => {
  assertEquals(run(String, () => 0), [999, "1000 pages in a row tell nothing new"]);
  assertEquals(run(String, (page) => page % 999 === 0 ? 1 : 0), [100_000, ""]);
});
