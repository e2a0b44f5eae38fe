import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "@lade/core/backend";
import type { Dataset, MapDataset, StreamDataset } from "../datasets/dataset.ts";
import { ascending, range } from "../testing/range_dataset.ts";
import { streamNumbers } from "../testing/stream_numbers.ts";
import { createLoader } from "./create_loader.ts";

/** Numbers that come at once up to the tenth; from there on when they are let, whatever their signal says. */
function unheeding() {
  const begun = Promise.withResolvers<void>(), late = Promise.withResolvers<void>();
  let mayCome = false;
  const come = async <V>(index: number, value: V): Promise<V> => {
    if (index >= 10 && !mayCome) {
      begun.resolve();
      await late.promise;
    }
    return value;
  };
  const letCome = () => {
    mayCome = true;
    late.resolve();
  };
  return { begun: begun.promise, come, letCome };
}

type Come = ReturnType<typeof unheeding>["come"];

/** Whatever of a data set may not see its signal. */
const WAYS: Readonly<Record<string, (come: Come) => Dataset<number>>> = {
  get: (come) => range(40, (index) => come(index, index)),
  plan: (come): MapDataset<number> => ({
    ...range(40),
    plan: (indices) =>
      come(Math.max(...indices), { reads: [], decode: (place: number) => indices[place] ?? 0 }),
  }),
  decode: (come): MapDataset<number> => ({
    ...range(40),
    plan: (indices) => ({
      reads: [],
      decode: (place) => come(indices[place] ?? 0, indices[place] ?? 0),
    }),
  }),
  groups: (come): MapDataset<number> => ({
    ...range(40),
    groups: {
      count: 8,
      of: (index) => Math.floor(index / 5),
      startOf: (group) => group * 5,
      sizeOf: () => 40,
      open: (group) => come(group * 5, { bytes: 40, get: (index: number) => index }),
    },
  }),
  open: (come): StreamDataset<number> =>
    streamNumbers([40], { before: (_part, record) => come(record, undefined) }),
};

for (const [name, make] of Object.entries(WAYS)) {
  for (const way of ["break", "abort", "dispose"] as const) {
    Deno.test(`a data set whose ${name} sees no signal: ${way} goes on, and what comes later is dropped`, async () => {
      const { begun, come, letCome } = unheeding();
      const context = createStoreContext();
      const stop = new AbortController();
      const dataset = make(come);
      const loader = createLoader(dataset, { batchSize: 5, context, signal: stop.signal });
      const seen: number[] = [];
      const go = async () => {
        for await (const { data } of loader) {
          seen.push(...data);
          if (seen.length < 10) continue;
          await begun;
          if (way === "break") break;
          if (way === "abort") stop.abort(new RangeError("enough"));
          if (way === "dispose") await loader[Symbol.asyncDispose]();
        }
      };
      if (way === "break") await go();
      else if (way === "abort") await assertRejects(go, RangeError, "enough");
      else await assertRejects(go, DOMException, "disposed");
      assertEquals(seen, ascending(10));
      assertEquals([loader.state().position, context.budget.held], [10, 0]);
      letCome();
      await Promise.resolve();
      await using rest = createLoader(dataset, { batchSize: 5, context, state: loader.state() });
      for await (const { data } of rest) seen.push(...data);
      assertEquals(seen, ascending(40));
      assertEquals(context.budget.held, 0);
      await loader[Symbol.asyncDispose]();
    });
  }
}
