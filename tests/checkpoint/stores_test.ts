import { assert, assertEquals, assertRejects } from "@std/assert";
import { openCheckpoints } from "@lade/checkpoint";
import { MemoryStore, type ObjectStore, PrefixStore } from "@lade/core";
import type { Capabilities, PutOptions, PutResult } from "@lade/core/backend";
import { UnsupportedError } from "@lade/core/errors";
import { ForwardingPartWriter, ForwardingStore } from "@lade/core/layers";
import { bytesAtHand } from "@lade/core/seams";
import type { PartWriter, PartWriterOptions } from "@lade/core/backend";
import { AllStores, KINDS } from "../transfer/all_stores.ts";
import { keysOf } from "./trained_world.ts";
import { useSeries } from "./use_series.ts";

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
