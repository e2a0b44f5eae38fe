import { assertEquals } from "@std/assert";
import { type CacheRow, makeRow } from "./cache_rows.ts";
import { RowWindow } from "./row_window.ts";

const ROWS = Array.from({ length: 2000 }, (_, i) => makeRow(String(i).padStart(4, "0"), "1", "s", 0));

Deno.test("RowWindow asks for more rows at a time as long as they are of use, and for none that it has", () => {
  const asked: number[] = [];
  const window = new RowWindow((uri, limit): CacheRow[] => {
    asked.push(limit);
    return ROWS.filter((row) => row.uri >= uri).slice(0, limit);
  });
  for (const { uri } of ROWS) assertEquals(window.find(uri)?.uri, uri);
  assertEquals(asked.slice(0, 6), [1, 4, 16, 64, 256, 512]);
  assertEquals(asked.length, 9);
  for (const uri of ["2", "3", "4"]) assertEquals(window.find(uri), undefined);
  assertEquals(asked.length, 9);
  // In another order each takes a query of its own, and soon a small one.
  for (let i = 1900; i > 0; i -= 100) assertEquals(window.find(String(i).padStart(4, "0"))?.identity, "1");
  assertEquals((asked.at(-1) ?? 99) <= 8, true, asked.join());
});
