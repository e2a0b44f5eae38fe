import { assert, assertEquals } from "@std/assert";
import { writeNpy } from "@lade/formats/npy";
import { dataset } from "@lade/lade";
import { createLoader, type LoaderOptions, type LoaderState, mergeStates } from "@lade/loader";
import { ascending } from "../../packages/loader/testing/range_dataset.ts";
import { S3Here } from "../cli/s3_here.ts";

const ROWS = [400, 100];

/** Rows of two buckets that each tell their number, through both. */
async function filled(): Promise<S3Here> {
  const s3 = await S3Here.start();
  for (const [part, uri] of ["s3://bucket/web/0.npy", "s3://other/books/0.npy"].entries()) {
    const rows = ROWS[part] ?? 0;
    const { store, key } = await s3.lade.locate(uri);
    const first = part === 0 ? 0 : ROWS[0] ?? 0;
    const data = Int32Array.from({ length: rows * 4 }, (_, i) => first + Math.floor(i / 4));
    await writeNpy(store, key, { dtype: "int32", shape: [rows, 4], order: "C", data });
  }
  return s3;
}

Deno.test("a mixture of two buckets is read by blocks, and gone on with by another world", async () => {
  await using s3 = await filled();
  const { lade, fake } = s3;
  const parts = [{ uri: "s3://bucket/web/", weight: 4 }, { uri: "s3://other/books/", weight: 1 }];
  await using mixture = await dataset(parts, { lade });
  const options = { seed: 3, shuffle: { block: 10, window: 2, lanes: 2 }, samplesPerEpoch: 500 } as const;
  const drawn = async (more: LoaderOptions<unknown>, steps = Infinity) => {
    await using loader = createLoader(mixture, { ...options, ...more, epochs: 1 });
    const ids: number[] = [];
    let state = loader.state();
    for await (const { data, step } of loader) {
      const { data: rows } = data as unknown as { readonly data: Int32Array };
      for (let row = 0; row < rows.length; row += 4) ids.push(rows[row] ?? -1);
      // Behind the last step a loader is in the next epoch.
      state = loader.state();
      if (step + 1 === steps) break;
    }
    return { ids, state };
  };
  fake.requests.splice(0);
  const { ids: whole } = await drawn({ batchSize: 25 });
  const reads = fake.requests.filter(({ operation }) => operation === "GetObject").length;
  // 40 and 10 blocks; besides, those that lanes share, and those of turns beyond one time.
  assert(reads >= 45 && reads <= 50 + 12, `${reads} reads`);
  assertEquals(whole.length, 500);
  assert(Math.abs(whole.filter((id) => id < 400).length - 400) < 40);
  const seen: number[] = [];
  let state: LoaderState | undefined;
  for (const [size, stops] of [[2, [2, 4]], [3, [1, 0, 3]]] as const) {
    const ranks = await Promise.all(
      ascending(size).map((rank) =>
        (stops[rank] ?? 0) === 0
          ? undefined
          : drawn({ batchSize: 10, world: { rank, size }, ...(state && { state }) }, stops[rank])
      ),
    );
    const states = ranks.map((drawn, rank) =>
      drawn?.state ?? idle(mixture, { ...options, ...(state && { state }) }, { rank, size })
    );
    seen.push(...ranks.flatMap((drawn) => drawn?.ids ?? []));
    state = JSON.parse(JSON.stringify(mergeStates(states)));
  }
  const { ids: rest } = await drawn({ batchSize: 50, ...(state && { state }) });
  assertEquals([...seen, ...rest].toSorted((a, b) => a - b), whole.toSorted((a, b) => a - b));
  assertEquals(lade.context.budget.held, 0);
});

/** The state of a rank that took no step. */
function idle(
  mixture: Awaited<ReturnType<typeof dataset>>,
  options: LoaderOptions<unknown>,
  world: { readonly rank: number; readonly size: number },
): LoaderState {
  return createLoader(mixture, { ...options, batchSize: 10, world }).state();
}
