import { MemoryStore } from "@lade/core";
import { assertEquals } from "@std/assert";
import { groupReads, type PlacedRead } from "./read_samples.ts";

Deno.test("reads of one version of an object of one store are together, in the order of the first of each", () => {
  const [here, there] = [new MemoryStore(), new MemoryStore()];
  const asked = [
    [here, "a", "1"],
    [here, "b", "1"],
    [there, "a", "1"],
    [here, "a", "2"],
    [here, "a", undefined],
    [there, "a", "1"],
    [here, "a", "1"],
    [here, "a", "2"],
    [here, "b", "1"],
    [here, "a", undefined],
  ] as const;
  const reads = asked.map(([store, key, etag], place): PlacedRead => ({
    ...{ store, key, place, offset: 0, length: 0, within: 0, target: new Uint8Array(0) },
    ...(etag !== undefined && { etag }),
  }));
  const places = groupReads(reads).map((group) => group.map(({ place }) => place));
  assertEquals(places, [[0, 6], [1, 8], [2, 5], [3, 7], [4, 9]]);
});
