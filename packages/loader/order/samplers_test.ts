import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { blockShuffled } from "./block_shuffled.ts";
import { mixed } from "./mixed.ts";
import type { Sampler } from "./sampler.ts";
import { sequential } from "./sequential.ts";
import { shuffled } from "./shuffled.ts";
import { weighted } from "./weighted.ts";

const all = (order: Sampler) => Array.from({ length: order.length }, (_, position) => order.at(position));

Deno.test("every order of all samples brings each once", () => {
  fc.assert(
    fc.property(
      fc.record({
        length: fc.nat(500),
        seed: fc.maxSafeNat(),
        epoch: fc.nat(100),
        block: fc.integer({ min: 1, max: 60 }),
        window: fc.integer({ min: 1, max: 9 }),
        lanes: fc.integer({ min: 1, max: 20 }),
      }),
      ({ length, seed, epoch, ...shape }) => {
        const ascending = Array.from({ length }, (_, sample) => sample);
        for (
          const order of [
            sequential(length),
            shuffled(length, seed, epoch),
            blockShuffled(length, seed, epoch, shape),
          ]
        ) {
          assertEquals(all(order).sort((a, b) => a - b), ascending);
          assertEquals(order.description.length, length);
        }
      },
    ),
    { numRuns: 400, seed: 1 },
  );
});

Deno.test("an order is the same whoever asks, and in whatever sequence", () => {
  const shape = { block: 7, window: 3, lanes: 4 };
  const make = [
    (seed: number, epoch: number) => shuffled(1000, seed, epoch),
    (seed: number, epoch: number) => blockShuffled(1000, seed, epoch, shape),
    (seed: number, epoch: number) => weighted([1, 2, 3, 4], seed, epoch, 1000),
    (seed: number, epoch: number) =>
      mixed(PARTS, seed, epoch, 1000, (part) => shuffled(PARTS[part]?.length ?? 0, seed, epoch)),
  ];
  for (const order of make) {
    const forwards = all(order(3, 4));
    const backwards = order(3, 4);
    assertEquals(forwards.map((_, i) => backwards.at(999 - i)).reverse(), forwards);
    assertNotEquals(all(order(3, 5)), forwards);
    assertNotEquals(all(order(4, 4)), forwards);
  }
});

Deno.test("positions that an order has not are refused", () => {
  const orders = [
    sequential(5),
    shuffled(5, 1, 1),
    blockShuffled(5, 1, 1, { block: 2, window: 1, lanes: 1 }),
    weighted([1], 1, 1, 5),
    mixed([{ length: 3, weight: 1 }], 1, 1, 5, () => sequential(3)),
  ];
  for (const order of orders) {
    for (const position of [-1, 5, 0.5, NaN]) assertThrows(() => order.at(position), RangeError);
  }
});

Deno.test("orders of no whole number of samples, blocks, windows, lanes or draws are refused", () => {
  const shape = { block: 2, window: 2, lanes: 2 };
  const whole = () => sequential(1);
  for (const wrong of [-1, 0.5, NaN, 2 ** 53]) {
    assertThrows(() => sequential(wrong), RangeError, `length ${wrong}`);
    assertThrows(() => shuffled(wrong, 1, 1), RangeError, `length ${wrong}`);
    assertThrows(() => blockShuffled(wrong, 1, 1, shape), RangeError, `length ${wrong}`);
    assertThrows(() => weighted([1], 1, 1, wrong), RangeError, `count ${wrong}`);
    assertThrows(() => mixed([{ length: 1, weight: 1 }], 1, 1, wrong, whole), RangeError, `count ${wrong}`);
  }
  for (const name of ["block", "window", "lanes"]) {
    for (const wrong of [0, -1, 0.5, NaN]) {
      const wanted = { ...shape, [name]: wrong };
      assertThrows(() => blockShuffled(9, 1, 1, wanted), RangeError, `${name} ${wrong}`);
    }
  }
});

Deno.test("positions of a large order that it has not are refused too", () => {
  const order = shuffled(1e6, 1, 1);
  for (const position of [-1, 1e6, 0.5, NaN, 2 ** 53]) {
    assertThrows(() => order.at(position), RangeError, `position ${position}`);
  }
  const blocks = blockShuffled(10, 1, 1, { block: 2, window: 1, lanes: 2 });
  for (const position of [-1, 10, 0.5]) assertThrows(() => blocks.windowAt(position), RangeError);
});

Deno.test("blockShuffled() reads whole blocks, few at a time, and each lane its own", () => {
  const [length, block, window, lanes] = [10_000, 10, 8, 5];
  const order = blockShuffled(length, 9, 2, { block, window, lanes });
  for (let lane = 0; lane < lanes; lane++) {
    const blocks: number[] = [];
    for (let position = lane; position < length; position += lanes) {
      blocks.push(Math.floor(order.at(position) / block));
      assertEquals(order.windowAt(position).lane, lane);
    }
    // Within any window no more blocks than it has, and one that it shares with its neighbour on either side.
    for (let from = 0; from < blocks.length; from += block * window) {
      assert(new Set(blocks.slice(from, from + block * window)).size <= window + 1);
    }
    // Blocks of a lane come from everywhere.
    const distinct = [...new Set(blocks)];
    assertEquals(distinct.length, length / block / lanes);
    assert(Math.min(...distinct) < 100 && Math.max(...distinct) > 900);
  }
});

Deno.test("blockShuffled() shuffles within a window, and the windows are told", () => {
  const order = blockShuffled(1000, 1, 0, { block: 100, window: 10, lanes: 1 });
  assertEquals(order.windowAt(999), { lane: 0, index: 0, start: 0, length: 1000 });
  const numbers = all(order);
  const steps = numbers.filter((number, i) => number === (numbers[i - 1] ?? -2) + 1).length;
  assert(steps < 10, `${steps} neighbours came one after the other`);
});

Deno.test("weighted() draws each sample as often as its weight says, and never one of weight 0", () => {
  const weights = [1, 0, 5, 2, 0, 12];
  const counts = new Array<number>(weights.length).fill(0);
  for (const sample of all(weighted(weights, 1, 1, 100_000))) counts[sample] = (counts[sample] ?? 0) + 1;
  weights.forEach((weight, sample) => {
    const share = (counts[sample] ?? 0) / 100_000;
    assert(Math.abs(share - weight / 20) < 0.01, `${sample}: ${share}`);
    if (weight === 0) assertEquals(share, 0);
  });
});

Deno.test("weighted() refuses weights that mean nothing", () => {
  for (const weights of [[], [0, 0], [-1, 2], [NaN], [Infinity], [1e308, 1e308]]) {
    assertThrows(() => weighted(weights, 1, 1, 10), RangeError);
  }
  assertNotEquals(weighted([1, 2], 1, 1, 1).description, weighted([2, 1], 1, 1, 1).description);
});

const PARTS = [{ length: 700, weight: 3 }, { length: 50, weight: 1 }, { length: 5000, weight: 0.1 }];

Deno.test("mixed() draws from each part in proportion, and goes through each in its own order", () => {
  const count = 4096 * 5;
  const order = mixed(PARTS, 1, 1, count, (part, time) => shuffled(PARTS[part]?.length ?? 0, part, time));
  const draws = PARTS.map((): number[] => []);
  for (let position = 0; position < count; position++) {
    const { part, draw } = order.drawAt(position);
    assertEquals(draw, draws[part]?.length, "draws of a part are counted");
    draws[part]?.push(order.at(position));
  }
  const shares = draws.map((samples) => samples.length / count);
  [3 / 4.1, 1 / 4.1, 0.1 / 4.1].forEach((share, part) =>
    assert(Math.abs((shares[part] ?? 0) - share) < 1e-3)
  );
  const [first = [], second = []] = draws;
  assertEquals(new Set(first.slice(0, 700)), new Set(Array.from({ length: 700 }, (_, i) => i)));
  assertEquals(new Set(second.slice(50, 100)), new Set(Array.from({ length: 50 }, (_, i) => 700 + i)));
  assertNotEquals(second.slice(0, 50), second.slice(50, 100));
});

Deno.test("mixed() refuses parts without samples and weights that are too small to be drawn", () => {
  const none = () => sequential(1);
  assertThrows(() => mixed([{ length: 0, weight: 1 }], 1, 1, 1, none), RangeError);
  for (const weight of [0, -1, NaN, 1 / 5000, Infinity]) {
    assertThrows(() => mixed([{ length: 1, weight: 1 }, { length: 1, weight }], 1, 1, 1, none), RangeError);
  }
});

Deno.test("orders are those that they always were", () => {
  const head = (order: Sampler) => [0, 1, 2, 3, 4, 5].map((position) => order.at(position));
  assertEquals(head(shuffled(1000, 42, 0)), GOLDEN.full);
  assertEquals(head(shuffled(1e9, 42, 0)), GOLDEN.large);
  assertEquals(head(blockShuffled(1e6, 42, 0, { block: 64, window: 8, lanes: 16 })), GOLDEN.block);
  assertEquals(head(weighted([1, 2, 3, 4, 5, 6], 42, 0, 100)), GOLDEN.weighted);
  assertEquals(head(mixed(PARTS, 42, 0, 100, (part) => sequential(PARTS[part]?.length ?? 0))), GOLDEN.mixed);
});

const GOLDEN = {
  full: [634, 229, 78, 572, 74, 931],
  large: [488714198, 707203093, 699551721, 470132618, 346672775, 783091323],
  block: [420349, 838705, 827931, 378480, 555182, 812186],
  weighted: [4, 3, 4, 5, 5, 1],
  mixed: [700, 750, 701, 0, 702, 1],
};
