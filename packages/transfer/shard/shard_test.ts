import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { inShard, shardOf } from "./shard.ts";

function* names(count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield `train/part-${String(i % 313).padStart(5, "0")}/image_${i}.jpeg`;
}

Deno.test("the shard of a name is the one that any program computes with SHA-256", () => {
  const samples = ["", "a", "data/größe.bin", "🙀/😀.parquet", "a/../b", "x".repeat(4000), ...names(500)];
  for (const count of [1, 2, 3, 7, 64, 100_000]) {
    for (const name of samples) {
      const digest = createHash("sha256").update(name, "utf8").digest("hex");
      assertEquals(shardOf(name, count), parseInt(digest.slice(0, 8), 16) % count + 1, name);
    }
  }
  // By sha256sum: printf %s 'train/0001.tar' | sha256sum | head -c 8.
  assertEquals([shardOf("train/0001.tar", 4), shardOf("b", 4)], [4, 3]);
});

Deno.test("100,000 names fall evenly into shards", () => {
  const sizes = [0, 0, 0, 0];
  for (const name of names(100_000)) {
    const at = shardOf(name, 4) - 1;
    sizes[at] = (sizes[at] ?? 0) + 1;
  }
  for (const size of sizes) assert(Math.abs(size - 25_000) < 500, `${sizes}`);
});

Deno.test("each name is in exactly one shard", () => {
  for (const count of [2, 3, 10]) {
    const tests = Array.from({ length: count }, (_, i) => inShard({ number: i + 1, count }));
    for (const name of names(1_000)) assertEquals(tests.filter((isIn) => isIn(name)).length, 1, name);
  }
});

Deno.test("the shares of many shards differ by no more than chance", () => {
  const count = 256;
  const sizes = new Array<number>(count).fill(0);
  for (const name of names(100_000)) {
    const at = shardOf(name, count) - 1;
    sizes[at] = (sizes[at] ?? 0) + 1;
  }
  const even = 100_000 / count;
  const square = sizes.reduce((sum, size) => sum + (size - even) ** 2 / even, 0);
  // 255 degrees of freedom: beyond six standard deviations of chance.
  assert(square < 255 + 6 * Math.sqrt(2 * 255), `${square}`);
});

Deno.test("without a shard, and in the only one, is everything", () => {
  for (const test of [inShard(undefined), inShard({ number: 1, count: 1 })]) assertEquals(test("a"), true);
});
