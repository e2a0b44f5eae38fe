import { decompressZstd, withZstd } from "@lade/core/zstd";
import { MemoryStore } from "@lade/core";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ReplayContent } from "./content.ts";

function bytesOf(seed: number, name: string, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  new ReplayContent(seed).fill(name, offset, bytes);
  return bytes;
}

Deno.test("any part of an object has the bytes that the whole has", () => {
  const whole = bytesOf(7, "a/b", 0, 20_000);
  fc.assert(fc.property(fc.nat(20_000), fc.nat(9000), (offset, length) => {
    const part = bytesOf(7, "a/b", offset, Math.min(length, 20_000 - offset));
    assertEquals(part, whole.subarray(offset, offset + part.length));
    assertEquals(new ReplayContent(7).firstWrong("a/b", offset, part), undefined);
  }));
});

Deno.test("the first wrong byte is found, wherever the part begins", () => {
  for (const wrong of [0, 4095, 4096, 9999]) {
    const part = bytesOf(0, "k", 5000, 10_000);
    part[wrong] = (part[wrong] ?? 0) ^ 1;
    assertEquals(new ReplayContent().firstWrong("k", 5000, part), 5000 + wrong);
  }
});

Deno.test("names, seeds and units have other content, which does not compress", async () => {
  const all = [
    bytesOf(0, "a", 0, 8192),
    bytesOf(0, "b", 0, 8192),
    bytesOf(1, "a", 0, 8192),
    bytesOf(0, "a", 2 ** 44, 8192),
  ];
  const units = all.flatMap((bytes) => [bytes.subarray(0, 4096), bytes.subarray(4096)]);
  assertEquals(new Set(units.map((unit) => unit.join())).size, units.length);
  const store = new MemoryStore();
  const writer = withZstd(await store.createWriter("z"), { level: 19 });
  for (const bytes of all) await writer.write(bytes);
  assert((await writer.close()).size > 4 * 8192);
  const read = decompressZstd((await store.get("z")).body);
  let size = 0;
  for await (const chunk of read) size += chunk.length;
  assertEquals(size, 4 * 8192);
});
