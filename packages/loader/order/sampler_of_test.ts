import { assertEquals, assertThrows } from "@std/assert";
import { blockShuffled } from "./block_shuffled.ts";
import { mixtureEpoch } from "./mixture_epoch.ts";
import type { OrderDescription, Sampler } from "./sampler.ts";
import { samplerOf } from "./sampler_of.ts";
import { sequential } from "./sequential.ts";
import { shuffled } from "./shuffled.ts";
import { weighted, weightTable } from "./weighted.ts";

const all = (order: Sampler) => Array.from({ length: order.length }, (_, position) => order.at(position));

const MIXTURE: OrderDescription = {
  version: 1,
  kind: "mixed",
  length: 300,
  lanes: 4,
  parts: [
    { length: 90, weight: 2, kind: "block", block: 7, window: 3 },
    { length: 20, weight: 1, kind: "full" },
    { length: 5, weight: 1, kind: "sequential" },
  ],
};

Deno.test("samplerOf() makes the order again that a description is of", () => {
  const table = weightTable([1, 2, 3]);
  const made = [
    sequential(300),
    shuffled(300, 5, 2),
    blockShuffled(300, 5, 2, { block: 7, window: 3, lanes: 4 }),
    weighted(table, 5, 2, 300),
    mixtureEpoch(MIXTURE, { seed: 5, epoch: 2 }),
  ];
  for (const order of made) {
    const description = JSON.parse(JSON.stringify(order.description));
    const again = samplerOf(description, { seed: 5, epoch: 2, weights: table });
    assertEquals(again.description, order.description);
    assertEquals(all(again), all(order));
  }
});

Deno.test("samplerOf() refuses other weights than those of the description", () => {
  const { description } = weighted([1, 2], 0, 0, 10);
  const words = "by other weights";
  assertThrows(() => samplerOf(description, { seed: 0, epoch: 0 }), TypeError, words);
  const weights = weightTable([2, 1]);
  assertThrows(() => samplerOf(description, { seed: 0, epoch: 0, weights }), TypeError, words);
});
