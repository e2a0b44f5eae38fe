import { assertEquals, assertThrows } from "@std/assert";
import { blockShuffled } from "./block_shuffled.ts";
import type { Sampler } from "./sampler.ts";
import { samplerOf } from "./sampler_of.ts";
import { sequential } from "./sequential.ts";
import { shuffled } from "./shuffled.ts";
import { weighted } from "./weighted.ts";

const all = (order: Sampler) => Array.from({ length: order.length }, (_, position) => order.at(position));

Deno.test("samplerOf() makes the order again that a description is of", () => {
  const made = [
    sequential(300),
    shuffled(300, 5, 2),
    blockShuffled(300, 5, 2, { block: 7, window: 3, lanes: 4 }),
  ];
  for (const order of made) {
    const again = samplerOf(JSON.parse(JSON.stringify(order.description)), { seed: 5, epoch: 2 });
    assertEquals(again.description, order.description);
    assertEquals(all(again), all(order));
  }
});

Deno.test("samplerOf() refuses a description that does not say all", () => {
  const { description } = weighted([1, 2], 0, 0, 10);
  assertThrows(() => samplerOf(description, { seed: 0, epoch: 0 }), TypeError, '"weighted"');
});
