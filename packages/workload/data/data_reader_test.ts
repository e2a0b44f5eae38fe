import { MemoryStore } from "@lade/core";
import { createGetResult } from "@lade/core/backend";
import { assertEquals } from "@std/assert";
import { DataSource } from "./data_source.ts";

const source = new DataSource({ seed: 3, compress: 2 });

function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  source.fill("k", 0, bytes);
  return bytes;
}

Deno.test("a reader gives an object from its first byte to its last, then nothing", () => {
  const reader = source.reader("k", 10_000);
  const target = new Uint8Array(4000);
  const found: number[] = [];
  const counts = [1, 2, 3, 4].map(() => {
    const count = reader.read(target);
    found.push(...target.subarray(0, count));
    return count;
  });
  assertEquals([counts, reader.left], [[4000, 4000, 2000, 0], 0]);
  assertEquals(Uint8Array.from(found), bytesOf(10_000));
  const closed = source.reader("k", 10);
  closed.close();
  assertEquals(closed.read(target), 0);
});

Deno.test("streams of any size have the bytes, whoever reads them", async () => {
  for (const size of [0, 1, 4097, 2 ** 18, 2 ** 18 + 1, 2 ** 20]) {
    assertEquals(
      new Uint8Array(await new Response(source.reader("k", size).stream()).arrayBuffer()),
      bytesOf(size),
    );
  }
  const byob = source.reader("k", 5000).stream().getReader({ mode: "byob" });
  const { value } = await byob.read(new Uint8Array(6000));
  assertEquals(value, bytesOf(5000));
  assertEquals((await byob.read(new Uint8Array(10))).done, true);
  const reader = source.reader("k", 2 ** 20);
  await reader.stream().cancel();
  assertEquals(reader.left, 0);
});

Deno.test("a reader is the source of a body, and its pieces are those of a writer", async () => {
  const size = 300_000;
  const store = new MemoryStore();
  const { info, body } = await written(store, size);
  assertEquals(new Uint8Array(await new Response(body).arrayBuffer()), bytesOf(size));
  const range = { offset: 0, length: size };
  const result = createGetResult({ uri: "memory://m/k", info, range, source: source.reader("k", size) });
  assertEquals(new Uint8Array(await new Response(result.body).arrayBuffer()), bytesOf(size));
});

async function written(store: MemoryStore, size: number) {
  const writer = await store.createWriter("k");
  const reader = source.reader("k", size);
  const piece = new Uint8Array(70_000);
  while (reader.left > 0) await writer.write(piece.subarray(0, reader.read(piece)));
  await writer.close();
  return await store.get("k");
}
