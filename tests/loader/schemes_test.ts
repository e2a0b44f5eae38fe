import { assertEquals } from "@std/assert";
import { type ObjectStore, PrefixStore } from "@lade/core";
import { createLoader, type LoaderOptions } from "@lade/loader";
import { SAMPLE_FILES } from "../../packages/loader/testing/sample_files.ts";
import { ascending } from "../../packages/loader/testing/range_dataset.ts";
import { AllStores, KINDS } from "../transfer/all_stores.ts";

const module = new URL("../../packages/loader/testing/worker_module.ts", import.meta.url);
const SAMPLES = 70;
const SHUFFLES: readonly LoaderOptions<unknown>["shuffle"][] = [false, "full", {
  block: 8,
  window: 2,
  lanes: 8,
}];

Deno.test("every kind of samples comes in one order from every store, to any world, with any number of workers", async (t) => {
  await using stores = await AllStores.start();
  const orders = new Map<string, number[]>();
  let round = 0;
  for (const kind of KINDS) {
    for (const files of SAMPLE_FILES) {
      await t.step(`${files.name} on ${kind}://`, async () => {
        const uri = stores.prefix(kind, files.name.replace(" ", "-"));
        // A directory has to be there first.
        if (kind === "file" || kind === "direct") {
          await Deno.mkdir(uri.slice(`${kind}://`.length), { recursive: true });
        }
        const { store: root, key } = await stores.lade.locate(uri);
        const store: ObjectStore = key === "" ? root : new PrefixStore(root, key);
        await files.write(store, SAMPLES);
        await using dataset = await files.open(store);
        for (const shuffle of SHUFFLES) {
          for (const size of [1, 2, 3, 8]) {
            const ranks = await Promise.all(
              ascending(size).map(async (rank) => {
                const options = {
                  globalBatchSize: 24,
                  world: { rank, size },
                  seed: 11,
                  ...(shuffle !== undefined && { shuffle }),
                };
                const transform = (sample: unknown) => files.idOf(sample);
                await using loader = createLoader<unknown, number>(dataset, { ...options, transform });
                const steps: number[][] = [];
                for await (const { data } of loader) steps.push([...data]);
                return steps;
              }),
            );
            // Position p of a step is the rank's of p mod size.
            const steps = ascending(ranks[0]?.length ?? 0).map((step) =>
              ascending(24).flatMap((p) => {
                const at = (step * 24 + p) % size;
                return ranks[at]?.[step]?.shift() ?? [];
              })
            );
            const sequence = steps.flat();
            assertEquals(sequence.toSorted((a, b) => a - b), ascending(SAMPLES));
            const name = `${files.name} ${JSON.stringify(shuffle)}`;
            const known = orders.get(name);
            if (known) assertEquals(sequence, known, `${name} on ${kind} with ${size} ranks`);
            else orders.set(name, sequence);
          }
        }
        const workers = 1 + (round++ + KINDS.indexOf(kind)) % 4;
        const options = {
          batchSize: 24,
          shuffle: "full",
          seed: 11,
          transform: { module },
          pool: { workers },
        } as const;
        await using worked = createLoader<unknown, { readonly sample: unknown }>(dataset, options);
        const ids: number[] = [];
        for await (const { data } of worked) ids.push(...data.map(({ sample }) => files.idOf(sample)));
        assertEquals(
          ids,
          orders.get(`${files.name} "full"`),
          `${files.name} on ${kind} with ${workers} workers`,
        );
        assertEquals(store.context.budget.held, 0);
      });
    }
  }
});
