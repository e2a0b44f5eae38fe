import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { openFileStore } from "@lade/fs";
import { createLoader } from "../loader/create_loader.ts";
import type { LoaderOptions } from "../config/loader_options.ts";
import { SampleError } from "../loader/sample_error.ts";
import { SAMPLE_FILES } from "../testing/sample_files.ts";
import { ascending, epoch } from "../testing/range_dataset.ts";

const SAMPLES = 100;
const context = { epoch: 0, random: () => 0, signal: new AbortController().signal };

for (const { name, write, open, idOf } of SAMPLE_FILES) {
  Deno.test(`${name}: samples by number, by themselves and in batches of any order, are what was written`, async () => {
    await using store = new MemoryStore();
    await write(store, SAMPLES);
    await using dataset = await open(store);
    assertEquals(dataset.length, SAMPLES);
    for (const index of [0, 15, 16, 99]) {
      assertEquals(idOf(await dataset.get(index, { ...context, index })), index);
    }
    const shapes: LoaderOptions<unknown>["shuffle"][] = [
      false,
      "full",
      true,
      { block: 3, window: 2, lanes: 4 },
      { block: 20, window: 1, lanes: 1 },
    ];
    for (const shuffle of shapes) {
      const ids: number[] = [];
      // With a transformation samples are seen as they are decoded.
      const transform = (sample: unknown) => idOf(sample);
      const options = { batchSize: 7, seed: 2, transform, ...(shuffle !== undefined && { shuffle }) };
      await using loader = createLoader<unknown, number>(dataset, options);
      for (const batch of await epoch(loader)) ids.push(...batch);
      assertEquals(ids.toSorted((a, b) => a - b), ascending(SAMPLES), JSON.stringify(shuffle));
      if (shuffle === false) assertEquals(ids, ascending(SAMPLES));
    }
    assertEquals(store.context.budget.held, 0);
  });

  Deno.test(`${name}: other data has another fingerprint, and the same data the same`, async () => {
    await using store = new MemoryStore();
    await write(store, 40);
    await using before = await open(store);
    await using again = await open(store);
    assertEquals(again.fingerprint, before.fingerprint);
    await using other = new MemoryStore();
    await write(other, 41);
    await using more = await open(other);
    assert(more.fingerprint !== before.fingerprint);
  });

  Deno.test(`${name}: a sample says where it lies, and there is none outside`, async () => {
    await using store = new MemoryStore();
    await write(store, 40);
    await using dataset = await open(store);
    const place = dataset.locate?.(17);
    assert(place?.uri.startsWith("memory://"), place?.uri);
    for (const index of [-1, 40, 0.5]) {
      assertThrows(() => dataset.locate?.(index), RangeError);
      await assertRejects(() => dataset.get(index, { ...context, index }), RangeError);
    }
  });

  Deno.test(`${name}: an object that is replaced after it was opened is an error, never another sample`, async () => {
    await using store = new MemoryStore();
    await write(store, 40);
    await using dataset = await open(store);
    const { key } = await firstOf(store);
    const { size } = await store.head(key);
    await store.put(key, new Uint8Array(size));
    await using loader = createLoader(dataset, { batchSize: 8 });
    const error = await assertRejects(() => epoch(loader), SampleError);
    assertEquals(error.index < 16, true);
    assert(error.cause instanceof PreconditionFailedError, `${error.cause}`);
  });
}

async function firstOf(store: MemoryStore) {
  for await (const object of store.list("")) if (!/\.(idx|index|zarray)$/.test(object.key)) return object;
  throw new TypeError("there is no object");
}

for (const { name, write, open } of SAMPLE_FILES) {
  Deno.test(`${name}: a copy on another disk is the same data set`, async () => {
    const fingerprints: string[] = [];
    for (const _ of [1, 2]) {
      const root = await Deno.makeTempDir();
      try {
        await using store = await openFileStore(root);
        await write(store, 20);
        await using dataset = await open(store);
        fingerprints.push(dataset.fingerprint);
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    }
    assertEquals(fingerprints[1], fingerprints[0]);
  });
}
