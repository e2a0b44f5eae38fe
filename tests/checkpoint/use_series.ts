import { assertEquals } from "@std/assert";
import { type Checkpoints, openCheckpoints } from "@lade/checkpoint";
import type { ObjectStore } from "@lade/core";
import { assertAllWhole, assertWhole, firstOf, keysOf, saveTogether } from "./trained_world.ts";

const OPTIONS = { graceMs: 0, patienceMs: 60_000 } as const;

function open(store: ObjectStore, worldSize: number, run: string, soleRun = false): Promise<Checkpoints[]> {
  const ranks = Array.from({ length: worldSize }, (_, rank) => rank);
  return Promise.all(
    ranks.map((rank) => openCheckpoints(store, "c", { ...OPTIONS, run, rank, worldSize, soleRun })),
  );
}

async function save(all: readonly Checkpoints[], step: number, seed: number): Promise<void> {
  for (const end of await saveTogether(all, step, seed)) if (end.status === "rejected") throw end.reason;
}

/** Two ranks save, three go on from there by boxes of their own, save, and what is older is removed. */
export async function useSeries(store: ObjectStore, soleRun = false): Promise<void> {
  const two = await open(store, 2, "a", soleRun);
  for (const step of [1, 2]) await save(two, step, step);
  const three = await open(store, 3, "b", soleRun);
  const parts = await Promise.all(three.map(async (checkpoints, rank) => {
    await using checkpoint = await checkpoints.open("resume");
    assertEquals(checkpoint.info.step, 2);
    // Four rows of two ranks for three: one, one and two.
    const rows = rank === 2 ? 2 : 1;
    const data = new Float32Array(rows * 5);
    await checkpoint.load([{ name: "rows", offsets: [rank, 0], shape: [rows, 5], data }]);
    return [...data];
  }));
  assertEquals(parts.flat(), Array.from({ length: 20 }, (_, place) => 2000 + place));
  await save(three, 3, 3);
  const first = firstOf(three);
  assertEquals((await assertAllWhole(first)).map(({ step, worldSize }) => [step, worldSize]), [
    [3, 3],
    [2, 2],
    [1, 2],
  ]);
  const { retired, removed, unknown } = await first.gc({ keep: { last: 1 } });
  assertEquals([retired.length, removed.length, unknown], [2, 2, []]);
  assertEquals((await assertAllWhole(first)).map(({ step }) => step), [3]);
  const kept = (await keysOf(store)).filter((key) => /^c\/(?:data|records|commits|holds)\//.test(key));
  assertEquals(kept.length, 1 + 3 + 3 * 2);
  await using reader = await openCheckpoints(store, "c", { readOnly: true });
  await using checkpoint = await reader.open("latest");
  await assertWhole(checkpoint);
}
