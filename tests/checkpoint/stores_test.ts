import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Checkpoints, openCheckpoints } from "@lade/checkpoint";
import { MemoryStore, type ObjectStore, PrefixStore } from "@lade/core";
import type { Capabilities, PutOptions, PutResult } from "@lade/core/backend";
import { UnsupportedError } from "@lade/core/errors";
import { ForwardingPartWriter, ForwardingStore } from "@lade/core/layers";
import { bytesAtHand } from "@lade/core/seams";
import type { PartWriter, PartWriterOptions } from "@lade/core/backend";
import { AllStores, KINDS } from "../transfer/all_stores.ts";
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
async function useSeries(store: ObjectStore, soleRun = false): Promise<void> {
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

Deno.test("a series is saved, gone on with by another world, and tidied on every store", async (t) => {
  await using stores = await AllStores.start();
  for (const kind of KINDS) {
    await t.step(`${kind}://`, async () => {
      const uri = stores.prefix(kind, `series-${kind}`);
      if (kind === "file" || kind === "direct") {
        await Deno.mkdir(uri.slice(`${kind}://`.length), { recursive: true });
      }
      const { store: root, key } = await stores.lade.locate(uri);
      const store: ObjectStore = key === "" ? root : new PrefixStore(root, key);
      await useSeries(store);
      assertEquals(store.context.budget.held, 0);
    });
  }
  assertEquals(await stores.leftovers(), []);
});

/** A store that replaces objects whatever is asked; it says so, or does not. */
class CarelessStore extends ForwardingStore {
  override readonly capabilities: Capabilities;

  constructor(store: ObjectStore, isHonest: boolean) {
    super(store, ["beneath", bytesAtHand]);
    const cannot = { createOnly: false, compareAndSwap: false, conditionalDelete: false };
    this.capabilities = isHonest ? { ...store.capabilities, ...cannot } : store.capabilities;
  }

  override put(key: string, data: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    const { ifNoneMatch: _, ifMatch: __, ...rest } = options;
    return this.below.put(key, data, rest);
  }

  override async createPartWriter(
    key: string,
    size: number,
    options: PartWriterOptions = {},
  ): Promise<PartWriter> {
    const { ifNoneMatch: _, ifMatch: __, ...rest } = options;
    return new ForwardingPartWriter(await this.below.createPartWriter(key, size, rest));
  }
}

Deno.test("a store without conditions is refused, and does for one run at a time where that is promised", async () => {
  const below = new MemoryStore();
  const store = new CarelessStore(below, true);
  const error = await assertRejects(
    () => openCheckpoints(store, "c", { run: "a" }),
    UnsupportedError,
    "soleRun",
  );
  assert(error.message.includes("could mix"));
  assertEquals(await keysOf(below), []);
  await useSeries(store, true);
  // It could go back.
  assertEquals((await keysOf(below)).includes("c/latest.json"), false);
});

Deno.test("a store that ignores conditions without a word has whole checkpoints only", async () => {
  await useSeries(new CarelessStore(new MemoryStore(), false));
});
