import { assertEquals } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { createLoader } from "../loader/create_loader.ts";
import { openDataset } from "../open/open_dataset.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { ascending } from "../testing/range_dataset.ts";
import { STREAM_FILES, writeStreamFiles } from "../testing/stream_files.ts";

const module = new URL("../testing/worker_module.ts", import.meta.url);

/** What `told` of the module makes of a sample. */
interface Told {
  readonly sample: unknown;
}

for (const files of STREAM_FILES) {
  Deno.test(`${files.suffix}: a stream's batches, random numbers and states are the same with any number of workers`, async () => {
    await using store = new MemoryStore();
    await writeStreamFiles(store, files, [20, 3, 17, 12]);
    const seen: unknown[] = [];
    for (const workers of [0, 1, 2]) {
      await using dataset = await openDataset(store, "", { index: false });
      const options = { batchSize: 7, seed: 11, transform: { module }, pool: { workers } };
      const told: unknown[] = [];
      for (const shuffle of [false, { window: 6, lanes: 3 }] as const) {
        /** The steps of what is left of an epoch, up to so many. */
        const leg = async (steps: number, state?: LoaderState) => {
          await using loader = createLoader<unknown, Told>(dataset, {
            ...options,
            shuffle,
            ...(state && { state }),
          });
          const ids: number[] = [];
          let done = 0;
          for await (const { data, step } of loader) {
            ids.push(...data.map(({ sample }) => files.idOf(sample)));
            told.push({ step, data: structuredClone(data), state: loader.state() });
            if (++done === steps) break;
          }
          return { ids, state: loader.state() };
        };
        const first = await leg(3);
        const rest = await leg(Infinity, first.state);
        assertEquals([...first.ids, ...rest.ids].toSorted((a, b) => a - b), ascending(52));
      }
      assertEquals(store.context.budget.held, 0);
      seen.push(told);
    }
    for (const told of seen.slice(1)) assertEquals(told, seen[0]);
  });
}

Deno.test("what a transformation of a stream throws is skipped alone, with any number of workers", async () => {
  const url = new URL(
    `data:text/javascript,${
      encodeURIComponent(
        "export default ({ id }) => { if (id % 9n === 4n) throw new RangeError('odd'); return id; }",
      )
    }`,
  );
  const [files] = STREAM_FILES.filter(({ suffix }) => suffix === ".csv");
  await using store = new MemoryStore();
  if (files) await writeStreamFiles(store, files, [20, 20]);
  for (const workers of [0, 1, 2]) {
    await using dataset = await openDataset(store, "");
    await using loader = createLoader<unknown, bigint>(dataset, {
      batchSize: 6,
      transform: { module: url },
      pool: { workers },
      onError: "skip",
    });
    const ids: number[] = [];
    const lost: unknown[] = [];
    for await (const { data, skipped } of loader) {
      ids.push(...data.map(Number));
      lost.push(...skipped.map(({ uri, record, rest }) => [uri, record, rest]));
    }
    assertEquals(ids, ascending(40).filter((id) => id % 9 !== 4));
    assertEquals(lost, [
      ["memory://memory/0.csv", 4, undefined],
      ["memory://memory/0.csv", 13, undefined],
      ["memory://memory/1.csv", 2, undefined],
      ["memory://memory/1.csv", 11, undefined],
    ]);
  }
});
