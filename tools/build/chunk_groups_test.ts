import { assertEquals } from "@std/assert";
import { type Chunk, chunkGroups } from "./chunk_groups.ts";

const chunks = (all: Readonly<Record<string, readonly [size: number, ...imports: string[]]>>) =>
  new Map(
    Object.entries(all).map(([name, [size, ...imports]]): [string, Chunk] => [name, { size, imports }]),
  );

const grouped = (...args: Parameters<typeof chunkGroups>) =>
  chunkGroups(...args).map((files) => files.toSorted().join(" ")).sort();

const HUGE = 1_000_000;

Deno.test("files that the same programs load are one, and what no program loads stays as it is", () => {
  const all = chunks({ a: [HUGE, "c"], b: [HUGE], c: [HUGE], d: [HUGE], e: [HUGE] });
  assertEquals(grouped(all, [new Set(["a", "b", "c"]), new Set(["c", "d"])]), ["a b"]);
});

Deno.test("files are one where what is loaded in vain costs less than the files that are saved", () => {
  const loads = [new Set(["a", "b"]), new Set(["a", "b"]), new Set(["a"])];
  assertEquals(grouped(chunks({ a: [10], b: [10] }), loads), ["a b"]);
  assertEquals(grouped(chunks({ a: [HUGE], b: [10] }), loads), ["a b"]);
  assertEquals(grouped(chunks({ a: [10], b: [HUGE] }), loads), []);
  assertEquals(grouped(chunks({ a: [10], b: [10] }), [new Set(["a"]), new Set(["b"])]), []);
});

Deno.test("no group imports another that imports it", () => {
  const loads = [new Set(["a", "c"]), new Set(["a", "c"]), new Set(["a"])];
  assertEquals(grouped(chunks({ a: [10], b: [10, "c"], c: [10] }), loads), ["a c"]);
  assertEquals(grouped(chunks({ a: [10, "b"], b: [10], c: [10] }), loads), ["a c"]);
  assertEquals(grouped(chunks({ a: [10, "b"], b: [10, "c"], c: [10] }), loads), []);
  assertEquals(grouped(chunks({ a: [10], b: [10, "d"], c: [10, "b"], d: [10, "a"] }), loads), []);
});
