import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Steps } from "../order/shares.ts";
import { type LoaderState, restOf } from "./loader_state.ts";
import { mergeStates } from "./merge_states.ts";

const ORDER = { version: 1, kind: "full", length: 0 } as const;

/** Goes through steps of what a state leaves as one rank, and gives the positions taken and the state after them. */
function goOn(state: LoaderState, rank: number, size: number, globalBatch: number, steps: number) {
  const rest = restOf(state);
  const plan = new Steps(rest.length, { globalBatch, world: { rank, size }, remainder: "short" });
  const done = Math.min(steps, plan.count);
  const positions: number[] = [];
  for (let step = 0; step < done; step++) {
    const { first, count, stride } = plan.shareOf(step);
    for (let i = 0; i < count; i++) positions.push(rest.at(first + i * stride));
  }
  const position = done === 0 ? state.position : rest.at(plan.endOf(done - 1));
  const taken = rest.takenFrom(position);
  const { taken: before, of: _of, ...kept } = state;
  const after: LoaderState = {
    ...kept,
    position,
    ...(taken.length > 0 && { taken: taken.toBase64() }),
    of: { rank, size, from: state.position, ...(before !== undefined && { taken: before }) },
  };
  return { positions, after };
}

const LEG = fc.record({
  size: fc.integer({ min: 1, max: 6 }),
  globalBatch: fc.integer({ min: 1, max: 30 }),
  steps: fc.array(fc.nat(12), { minLength: 6, maxLength: 6 }),
  lockStep: fc.boolean(),
});

Deno.test("a run that stops anywhere and goes on with other worlds and batches takes each position once", () => {
  fc.assert(
    fc.property(fc.nat(400), fc.array(LEG, { minLength: 1, maxLength: 5 }), (total, legs) => {
      let state: LoaderState = {
        version: 1,
        seed: 1,
        epoch: 0,
        position: 0,
        total,
        fingerprint: "f",
        order: ORDER,
      };
      const taken: number[] = [];
      for (const { size, globalBatch, steps, lockStep } of legs) {
        const ranks = Array.from(
          { length: size },
          (_, rank) => goOn(state, rank, size, globalBatch, steps[lockStep ? 0 : rank] ?? 0),
        );
        taken.push(...ranks.flatMap(({ positions }) => positions));
        const merged = mergeStates(ranks.map(({ after }) => after));
        // Where all are in lock step one state says the same as all.
        const { of: _of, ...alone } = ranks[0]?.after ?? state;
        if (lockStep) assertEquals(merged, alone);
        state = merged;
      }
      const last = goOn(state, 0, 1, 7, Infinity);
      taken.push(...last.positions);
      assertEquals(taken.toSorted((a, b) => a - b), Array.from({ length: total }, (_, i) => i));
      assertEquals(last.after.position, total);
    }),
    { numRuns: 500, seed: 1 },
  );
});

Deno.test("mergeStates() wants one state of each rank, all of one epoch, order and data set", () => {
  const base: LoaderState = {
    version: 1,
    seed: 1,
    epoch: 0,
    position: 4,
    total: 10,
    fingerprint: "f",
    order: ORDER,
  };
  const of = (rank: number, size = 2, from = 0) => ({ rank, size, from });
  const zero = { ...base, of: of(0) }, one = { ...base, of: of(1) };
  assertEquals(mergeStates([one, zero]), base);
  const wrong: [readonly LoaderState[], string][] = [
    [[], "one of each rank"],
    [[zero], "rank 1 are missing"],
    [[zero, zero], "rank 1 are missing"],
    [[zero, one, one], "twice"],
    [[zero, { ...one, epoch: 1 }], "different epoch: 0 and 1"],
    [[zero, { ...one, seed: 2 }], "different seed"],
    [[zero, { ...one, total: 11 }], "different total"],
    [[zero, { ...one, fingerprint: "g" }], "different fingerprint"],
    [[zero, { ...one, order: { ...ORDER, kind: "sequential" } }], "different order"],
    [[zero, { ...one, of: of(1, 3) }], "different world"],
    [[zero, { ...one, of: of(1, 2, 1) }], "different beginning"],
    [[zero, base], "of which rank"],
  ];
  for (const [states, words] of wrong) assertThrows(() => mergeStates(states), TypeError, words);
});

Deno.test("mergeStates() takes no state that does not say where its lanes are for one that is at its beginning", () => {
  const lane = { taken: 3, part: 0, record: 0 };
  const order = { version: 1, kind: "stream", length: 0, lanes: 2, window: 2 } as const;
  const of = (rank: number) => ({ rank, size: 2, from: 0 });
  const base: LoaderState = { version: 1, seed: 1, epoch: 0, position: 6, total: 0, fingerprint: "f", order };
  const merged = (lanes: unknown) =>
    mergeStates([
      { ...base, lanes: [lane, null], of: of(0) },
      { ...base, lanes: lanes as LoaderState["lanes"], of: of(1) } as LoaderState,
    ]);
  assertEquals(merged([null, lane]).lanes, [lane, lane]);
  const drawn = { draws: 3, streams: [null, { time: 0, lanes: [lane] }] };
  const mixed = (lanes: unknown) =>
    mergeStates([0, 1].map((rank) => ({
      ...base,
      order: { ...order, kind: "mixedStreams" as const, length: 10 },
      total: 10,
      mixture: { before: 0, lanes: rank === 0 ? [drawn, null] : lanes as (typeof drawn)[] },
      of: of(rank),
    })));
  assertEquals(mixed([null, drawn]).mixture?.lanes, [drawn, drawn]);
  for (
    const wrong of [undefined, null, 5, "x", [], [null, null], [lane], [null, {}], [null, 5], [null, {
      ...lane,
      part: -1,
    }]]
  ) {
    assertThrows(() => merged(wrong), TypeError, "where the lanes of rank 1 are");
    assertThrows(() => mixed(wrong), TypeError, "where the lanes of rank 1 are");
  }
  for (
    const streams of [undefined, [undefined], 5, "x", [{}], [5], [null, { time: 0, lanes: 5 }], [null, {
      time: -1,
      lanes: [],
    }]]
  ) {
    assertThrows(() => mixed([null, { draws: 3, streams }]), TypeError, "where the lanes of rank 1 are");
  }
  const huge = { ...base, order: { ...order, lanes: 2 ** 53 }, lanes: [lane, null] };
  assertThrows(
    () => mergeStates([{ ...huge, of: { rank: 0, size: 1, from: 0 } }]),
    TypeError,
    "its order has",
  );
});
