import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { concatDatasets } from "../datasets/concat_datasets.ts";
import { mixDatasets } from "../datasets/mix_datasets.ts";
import { tableDataset } from "../datasets/table_dataset.ts";
import { openDataset } from "../open/open_dataset.ts";
import { samplerOf } from "../order/sampler_of.ts";
import { packDataset } from "../pack/pack_dataset.ts";
import { restOf } from "../state/loader_state.ts";
import { mergeStates } from "../state/merge_states.ts";
import { numbersDataset, numbersStore } from "../testing/numbers_dataset.ts";
import { createLoader } from "./create_loader.ts";

const cast = (value: unknown) => value as never;

Deno.test("createLoader(): options of another type are a TypeError that names them, and no default in their place", async () => {
  const dataset = numbersDataset(await numbersStore(40), 40);
  const wrong: readonly (readonly [unknown, string])[] = [
    [null, "make a loader with null"],
    [64, "make a loader with 64"],
    [{ pool: null }, "make a loader's pool with null"],
    [{ pool: 3 }, "make a loader's pool with 3"],
    [{ engine: null }, "make a loader's engine with null"],
    [{ world: null }, "make a loader's world with null"],
    [{ world: [0, 2] }, "make a loader's world with a list"],
    [{ shuffle: null }, "make a loader's shuffle with null"],
    [{ shuffle: [] }, "make a loader's shuffle with a list"],
    [{ shuffle: 1n }, "shuffle by 1"],
    [{ shuffle: { window: null } }, "shuffle.window null"],
    [{ batchSize: null }, "batchSize null"],
    [{ batchSize: Symbol("b") }, "batchSize Symbol(b)"],
    [{ seed: null }, "seed null"],
    [{ epochs: null }, "epochs null"],
    [{ maxSkipped: null }, "maxSkipped null"],
    [{ remainder: null }, "remainder null"],
    [{ pool: { maxBytes: null } }, "pool.maxBytes null"],
    [{ pool: { workers: null } }, "pool.workers null"],
    [{ engine: { coalesceGap: null } }, "engine.coalesceGap null"],
    [{ allowEmpty: "no" }, 'allowEmpty "no": true or false'],
    [{ signal: 3 }, "signal 3: an AbortSignal"],
    [{ onError: null }, "onError null"],
    [{ transform: null }, "transform null"],
  ];
  for (const [options, words] of wrong) {
    assertThrows(() => createLoader(dataset, cast(options)), TypeError, words, words);
  }
  for (const other of [null, 5, "s3://b/", {}, []]) {
    assertThrows(() => createLoader(cast(other)), TypeError, "a data set is needed");
  }
});

Deno.test("an epoch behind which there is none is neither gone on with nor sought", async () => {
  const dataset = numbersDataset(await numbersStore(40), 40);
  await using loader = createLoader(dataset, { batchSize: 16, shuffle: "full" });
  const state = { ...loader.state(), epoch: Number.MAX_SAFE_INTEGER };
  const going = { batchSize: 16, shuffle: "full", state } as const;
  assertThrows(() => createLoader(dataset, going), TypeError, "there is none behind it");
  assertThrows(() => loader.seek({ epoch: Number.MAX_SAFE_INTEGER }), RangeError, "seek epoch");
  assertThrows(() => loader.seek(cast(null)), TypeError, "seek with null");
  assertThrows(() => loader.seek(cast({ epochs: 1 })), TypeError, "it takes epoch, step");
  loader.seek({ epoch: Number.MAX_SAFE_INTEGER - 1 });
  let samples = 0;
  for await (const { size } of loader) samples += size;
  assertEquals(samples, 40);
});

Deno.test("data sets, states, orders and packs of another type are a TypeError that says what is needed", async () => {
  const store = await numbersStore(40);
  const dataset = numbersDataset(store, 40);
  assertThrows(() => concatDatasets(cast(null)), TypeError, "a list of data sets");
  assertThrows(() => concatDatasets([dataset, cast(3)]), TypeError, "join 3: a data set");
  assertThrows(() => mixDatasets(cast({ dataset })), TypeError, "a list of data sets");
  assertThrows(() => mixDatasets([{ dataset }], cast({ tel: true })), TypeError, "it takes uri, tell");
  assertThrows(() => mergeStates(cast({})), TypeError, "a list of states");
  assertThrows(() => restOf({ position: 0, total: 10, taken: "?" }), RangeError, "no base64");
  assertThrows(() => samplerOf(cast({ kind: "fully" }), { seed: 1, epoch: 0 }), TypeError, '"fully"');
  await assertRejects(() => tableDataset(store, [], cast("csv")), TypeError, "parquet or arrow");
  await assertRejects(() => openDataset(store, "n/", { index: cast("no") }), TypeError, 'index "no"');
  await assertRejects(() => openDataset(store, "n/", cast(null)), TypeError, "with null");

  await using target = new MemoryStore();
  const packs: readonly (readonly [unknown, string])[] = [
    [{ shardsize: 3 }, '"shardsize": it takes format, shardSize'],
    [{ records: "byte" }, 'records "byte"'],
    [{ onShard: 3 }, "onShard 3: a function"],
    [{ replacePack: 1 }, "replacePack 1: true or false"],
    [{ onError: null }, "onError null"],
    [null, "pack with null"],
  ];
  for (const [options, words] of packs) {
    await assertRejects(() => packDataset(dataset, target, "p/", cast(options)), TypeError, words);
  }
  assertEquals(await Array.fromAsync(target.list()), []);
});
