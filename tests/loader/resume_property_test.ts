import { assert, assertEquals } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { createLoader, type LoaderOptions, type LoaderState, mergeStates } from "@lade/loader";
import fc from "fast-check";
import { numbersDataset, numbersStore } from "../../packages/loader/testing/numbers_dataset.ts";
import { ascending, epoch, range } from "../../packages/loader/testing/range_dataset.ts";

const SHUFFLE = fc.oneof(
  fc.constantFrom<LoaderOptions<unknown>["shuffle"]>(false, "full"),
  fc.record({
    block: fc.integer({ min: 1, max: 20 }),
    window: fc.integer({ min: 1, max: 4 }),
    lanes: fc.integer({ min: 1, max: 6 }),
  }),
);
/** Some ranks that go so many steps each, all as many or not, and are then given up. */
const LEG = fc.record({
  size: fc.integer({ min: 1, max: 5 }),
  perRank: fc.integer({ min: 1, max: 9 }),
  steps: fc.array(fc.nat(9), { minLength: 5, maxLength: 5 }),
  isLockStep: fc.boolean(),
  ahead: fc.constantFrom(0, 1, 5),
});
const RUN = fc.record({
  samples: fc.integer({ min: 1, max: 150 }),
  seed: fc.nat(1000),
  shuffle: SHUFFLE,
  isPlanned: fc.boolean(),
  legs: fc.array(LEG, { minLength: 1, maxLength: 4 }),
});

Deno.test("loaders that are given up anywhere and gone on with by other worlds take each sample of each epoch once", async () => {
  await fc.assert(
    fc.asyncProperty(RUN, async ({ samples, seed, shuffle, isPlanned, legs }) => {
      const store = new MemoryStore();
      if (isPlanned) await numbersStore(samples, store);
      const dataset = isPlanned ? numbersDataset(store, samples) : range(samples);
      const transform = (sample: unknown) => typeof sample === "number" ? sample : (sample as Int32Array)[0];
      const make = (options: LoaderOptions<unknown, number | undefined>) =>
        createLoader<unknown, number | undefined>(dataset, {
          seed,
          transform,
          ...(shuffle !== undefined && { shuffle }),
          ...options,
        });
      await using whole = make({ batchSize: 7 });
      const orders = [(await epoch(whole)).flat(), (await epoch(whole)).flat()];
      const taken: number[][] = [];
      let state: LoaderState | undefined;
      for (const { size, perRank, steps, isLockStep, ahead } of legs) {
        const states: LoaderState[] = [];
        for (const rank of ascending(size)) {
          await using loader = make({
            globalBatchSize: size * perRank,
            world: { rank, size },
            pool: { batchesAhead: ahead },
            ...(state && { state }),
          });
          // Leaves the epoch unfinished, as a loop that is broken off does, where all its steps are taken too.
          const batches = loader[Symbol.asyncIterator]();
          const from = loader.state();
          const left = Math.ceil(leftOf(from) / (size * perRank));
          const count = Math.min(steps[isLockStep ? 0 : rank] ?? 0, left);
          for (let step = 0; step < count; step++) {
            const { value } = await batches.next();
            assert(value);
            (taken[value.epoch] ??= []).push(...value.data.flatMap((id) => id ?? []));
          }
          await batches.return?.();
          states.push(JSON.parse(JSON.stringify(loader.state())));
        }
        state = mergeStates(states);
        // The one state of ranks in lock step is that of all, but for what names the rank.
        if (isLockStep) assertEquals({ ...states[0], of: undefined }, { ...state, of: undefined });
      }
      await using rest = make({ batchSize: 11, ...(state && { state }) });
      const at = rest.epoch;
      (taken[at] ??= []).push(...(await epoch(rest)).flat().flatMap((id) => id ?? []));
      for (const ids of taken) assertEquals(ids?.toSorted((a, b) => a - b), ascending(samples));
      // The epoch after a resumed one is whole, and in its own order.
      if (at === 0) assertEquals((await epoch(rest)).flat(), orders[1]);
      assertEquals(store.context.budget.held, 0);
    }),
    { numRuns: 120, seed: 1 },
  );
});

/** Positions that a state leaves. */
function leftOf({ position, total, taken }: LoaderState): number {
  const bits = taken === undefined ? [] : [...Uint8Array.fromBase64(taken)];
  return total - position - bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
}
