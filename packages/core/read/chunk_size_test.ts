import { assertEquals } from "@std/assert";
import { chunkSizes } from "./chunk_size.ts";

const HINTS = {
  firstChunkSize: 8,
  chunkSize: 8,
  largestChunkSize: 32,
  alignment: 1,
};

Deno.test("chunkSizes() grows when the number under way is found, and shrinks towards the end", () => {
  const limit = { current: 4, climbing: true };
  const sizeOf = chunkSizes(HINTS, limit, {});
  assertEquals(sizeOf(1000), 8);
  limit.climbing = false;
  assertEquals([1000, 256, 255, 128, 100, 10].map(sizeOf), [32, 32, 24, 16, 8, 8]);
  limit.current = 64;
  assertEquals(sizeOf(1000), 8);
});

Deno.test("chunkSizes() leaves alone what the caller says, and stores that ask for nothing larger", () => {
  const limit = { current: 1, climbing: false };
  assertEquals(chunkSizes(HINTS, limit, { chunkSize: 5 })(1000), 5);
  assertEquals(chunkSizes(HINTS, limit, { concurrency: 16 })(1000), 24);
  const { largestChunkSize: _, ...plain } = HINTS;
  assertEquals(chunkSizes(plain, limit, {})(1000), 8);
});
