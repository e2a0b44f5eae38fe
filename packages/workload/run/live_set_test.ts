import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { LiveSet } from "./live_set.ts";

const setOf = (count: number, shards: number) =>
  new LiveSet({ name: "s", count, shards, size: { kind: "fixed", size: 1 } }, 0);

Deno.test("a key tells its number, and no other text does", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300_000 }), fc.integer({ min: 1, max: 2000 }), (count, shards) => {
      const set = setOf(count, shards);
      for (const number of [0, 1, Math.floor(count / 2), count - 1].filter((number) => number < count)) {
        const key = set.keyOf(number);
        assertEquals(set.numberOf(key), number);
        assertEquals(set.prefixOf(number % shards), key.slice(0, key.lastIndexOf("/") + 1));
        for (
          const other of [
            `${key}0`,
            `0${key}`,
            `${key}/`,
            key.slice(1),
            key.slice(0, -1),
            ` ${key}`,
            `${key}\n`,
          ]
        ) {
          assertEquals(set.numberOf(other), undefined, JSON.stringify(other));
        }
      }
      assertEquals(set.numberOf(set.keyOf(count)), undefined);
    }),
    { numRuns: 50 },
  );
  const sharded = setOf(100, 10);
  assertEquals([sharded.keyOf(42), setOf(100, 1).keyOf(42), setOf(100, 1000).keyOf(42)], [
    "s/02/0000042",
    "s/0000042",
    "s/042/0000042",
  ]);
  for (
    const key of ["s/03/0000042", "s/2/0000042", "s/02/42", "t/02/0000042", "s/02/00000042", "s/0000042"]
  ) {
    assertEquals(sharded.numberOf(key), undefined, key);
  }
});

Deno.test("each number is live, in work or free, whatever happens to it", () => {
  const steps = fc.array(fc.tuple(fc.nat(19), fc.nat(4)), { maxLength: 200 });
  fc.assert(fc.property(steps, (steps) => {
    const set = setOf(20, 1);
    const states = new Array<"free" | "work" | "live">(20).fill("free");
    for (const [number, step] of steps) {
      const state = states[number];
      if (state === "free" && step === 0) {
        set.take(number);
        states[number] = "work";
      } else if (state === "live" && step === 1) {
        set.takeLive(number);
        states[number] = "work";
      } else if (state === "work" && step === 2) {
        set.makeLive(number);
        states[number] = "live";
      } else if (state === "work" && step === 3) {
        set.makeFree(number);
        states[number] = "free";
      } else if (step === 4) set.shuffle((count) => number % count);
      const live = states.flatMap((state, number) => state === "live" ? [number] : []);
      assertEquals([...set.numbers()].toSorted((a, b) => a - b), live);
      assertEquals([set.live, set.free], [live.length, states.filter((state) => state === "free").length]);
      assertEquals(states.map((_, number) => set.isLive(number)), states.map((state) => state === "live"));
      if (set.free > 0) assertEquals(states[set.firstFree], "free");
    }
  }));
});
