import { assert, assertEquals } from "@std/assert";
import type { SizeDistribution } from "../spec/workload_spec.ts";
import { RandomStream } from "../random/random_stream.ts";
import { sizesOf } from "./object_sizes.ts";
import { Zipf } from "./zipf.ts";
import { the } from "../testing/workload.ts";

const COUNT = 50_000;
const drawn = (size: SizeDistribution, seed = 1) => {
  const sizeOf = sizesOf({ name: "s", count: COUNT, shards: 1, size }, seed);
  return Float64Array.from({ length: COUNT }, (_, number) => sizeOf(number));
};
const near = (value: number, wanted: number, share: number) =>
  assert(Math.abs(value / wanted - 1) < share, `${value}, not ${wanted}`);

Deno.test("sizes have the distribution that the spec says, and follow from seed and number", () => {
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b) / values.length;
  assertEquals(new Set(drawn({ kind: "fixed", size: 5 })), new Set([5]));
  const uniform = drawn({ kind: "uniform", min: 10, max: 20 });
  assertEquals([Math.min(...uniform), Math.max(...uniform)], [10, 20]);
  near(mean(uniform), 15, 0.01);
  const large = drawn({ kind: "uniform", min: 0, max: 2 ** 40 });
  near(mean(large), 2 ** 39, 0.02);
  assert(new Set(large.map((size) => size % 1024)).size > 1000);
  const lognormal = drawn({ kind: "lognormal", median: 65_536, sigma: 1, min: 1, max: 2 ** 30 }).toSorted();
  near(the(lognormal[COUNT / 2]), 65_536, 0.03);
  // One standard deviation above it is a factor of e.
  near(the(lognormal[Math.round(COUNT * 0.8413)]), 65_536 * Math.E, 0.04);
  const cut = drawn({ kind: "lognormal", median: 1000, sigma: 2, min: 500, max: 3000 });
  assert(Math.min(...cut) >= 500 && Math.max(...cut) <= 3000);
  assert(cut.filter((size) => size === 3000).length < COUNT / 100);
  const buckets = drawn({ kind: "buckets", buckets: [{ size: 1, weight: 80 }, { size: 9, weight: 20 }] });
  near(buckets.filter((size) => size === 9).length, COUNT / 5, 0.05);
  assertEquals(drawn({ kind: "uniform", min: 0, max: 1e9 }), drawn({ kind: "uniform", min: 0, max: 1e9 }));
  const other = drawn({ kind: "uniform", min: 0, max: 1e9 }, 2);
  const first = drawn({ kind: "uniform", min: 0, max: 1e9 });
  assert(other.filter((size, at) => size === first[at]).length < 10);
});

Deno.test("ranks of Zipf come as often as their weights, of any number of items", () => {
  for (const exponent of [0.5, 0.99, 1, 1.5, 3]) {
    const random = new RandomStream(3, `zipf ${exponent}`);
    const zipf = new Zipf(exponent);
    for (const count of [1, 2, 10, 1000]) {
      const counts = new Array<number>(count).fill(0);
      for (let draws = 0; draws < COUNT; draws++) {
        const rank = zipf.draw(count, () => random.next());
        counts[rank] = the(counts[rank]) + 1;
      }
      const sum = counts.reduce((sum, _, rank) => sum + (rank + 1) ** -exponent, 0);
      for (const rank of [0, 1, 2, 9].filter((rank) => rank < count)) {
        const wanted = COUNT * (rank + 1) ** -exponent / sum;
        const away = Math.abs(the(counts[rank]) - wanted) / Math.sqrt(wanted + 1);
        assert(away < 5, `${exponent} of ${count}, rank ${rank}: ${counts[rank]}, not ${wanted}`);
      }
      assertEquals(counts.length, count);
    }
  }
});
