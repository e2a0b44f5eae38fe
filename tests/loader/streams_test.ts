import { assertEquals } from "@std/assert";
import { type ObjectStore, PrefixStore } from "@lade/core";
import { createLoader, isMapDataset, type LoaderState, mergeStates, openDataset } from "@lade/loader";
import { ascending } from "../../packages/loader/testing/range_dataset.ts";
import { STREAM_FILES, writeStreamFiles } from "../../packages/loader/testing/stream_files.ts";
import { AllStores } from "../transfer/all_stores.ts";

const COUNTS = [30, 7, 50, 13, 40];
const SAMPLES = 140;

Deno.test("every kind of stream comes in one order from every store, and goes on anywhere, in any world", async (t) => {
  await using stores = await AllStores.start();
  const orders = new Map<string, number[]>();
  for (const kind of ["memory", "file", "s3"] as const) {
    for (const files of STREAM_FILES) {
      await t.step(`${files.suffix} on ${kind}://`, async () => {
        const uri = stores.prefix(kind, `streams${files.suffix.replaceAll(".", "-")}`);
        // A directory has to be there first.
        if (kind === "file") await Deno.mkdir(uri.slice("file://".length), { recursive: true });
        const { store: root, key } = await stores.lade.locate(uri);
        const store: ObjectStore = key === "" ? root : new PrefixStore(root, key);
        await writeStreamFiles(store, files, COUNTS);
        await using dataset = await openDataset(store, "", { index: false });
        assertEquals(isMapDataset(dataset), false);
        const shuffle = { window: 8, lanes: 3 };
        const options = { shuffle, seed: 5, transform: files.idOf };
        /** What a rank is handed in so many batches, and its state behind them. */
        const leg = async (batches: number, more: object) => {
          await using loader = createLoader<unknown, number>(dataset, { ...options, ...more });
          const ids: number[] = [];
          let done = 0;
          for await (const { data } of loader) {
            ids.push(...data);
            if (++done >= batches) break;
          }
          return { ids, state: JSON.parse(JSON.stringify(loader.state())) as LoaderState };
        };
        const { ids: whole } = await leg(Infinity, { batchSize: 16 });
        assertEquals(whole.toSorted((a, b) => a - b), ascending(SAMPLES));
        const known = orders.get(files.suffix);
        if (known) assertEquals(whole, known);
        else orders.set(files.suffix, whole);
        // Twice left and gone on with, with other batches.
        const first = await leg(3, { batchSize: 9 });
        const second = await leg(2, { batchSize: 14, state: first.state });
        const last = await leg(Infinity, { batchSize: 5, state: second.state });
        assertEquals([...first.ids, ...second.ids, ...last.ids], whole);
        // By three ranks, and then by two.
        const steps = 100;
        const ranks = await Promise.all(
          ascending(3).map((rank) => leg(2, { batchSize: 8, world: { rank, size: 3 }, steps })),
        );
        const state = mergeStates(ranks.map(({ state }) => state));
        const rest = await Promise.all(
          ascending(2).map((rank) => leg(Infinity, { batchSize: 6, world: { rank, size: 2 }, steps, state })),
        );
        const all = [...ranks, ...rest].flatMap(({ ids }) => ids);
        assertEquals(all.toSorted((a, b) => a - b), ascending(SAMPLES));
        assertEquals(store.context.budget.held, 0);
      });
    }
  }
});
