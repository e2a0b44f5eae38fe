import { assertEquals, assertStrictEquals } from "@std/assert";
import { ByteGatherer } from "./byte_gatherer.ts";

Deno.test("ByteGatherer gives from the front what was added at the end", () => {
  const gatherer = new ByteGatherer(2);
  const all = Uint8Array.from({ length: 60_000 }, (_, index) => index % 251);
  for (let offset = 0; offset < all.length; offset += 7000) {
    gatherer.append(all.subarray(offset, offset + 7000));
  }
  assertEquals(gatherer.length, all.length);
  const first = gatherer.take(10);
  gatherer.append(Uint8Array.of(1, 2));
  assertEquals(first, all.subarray(0, 10));
  assertEquals(gatherer.take(gatherer.length), Uint8Array.from([...all.subarray(10), 1, 2]));
  assertEquals(gatherer.take(0), new Uint8Array(0));
});

Deno.test("ByteGatherer.take() gives a buffer that can be transferred while it goes on", () => {
  const gatherer = new ByteGatherer(2);
  gatherer.append(Uint8Array.of(1, 2, 3));
  structuredClone(null, { transfer: [gatherer.take(2).buffer] });
  gatherer.append(Uint8Array.of(4));
  assertEquals(gatherer.take(2), Uint8Array.of(3, 4));
});

Deno.test("ByteGatherer uses buffers again, as many as it may keep", () => {
  const gatherer = new ByteGatherer(1);
  const large = new Uint8Array(2 ** 16);
  gatherer.giveBack(large.subarray(3, 9));
  gatherer.giveBack(new Uint8Array(2 ** 20));
  gatherer.reserve(2 ** 16);
  gatherer.append(Uint8Array.of(5));
  assertStrictEquals(gatherer.take(1).buffer, large.buffer);
  gatherer.append(Uint8Array.of(6));
  assertEquals(gatherer.take(1).buffer.byteLength, 2 ** 14);
});
