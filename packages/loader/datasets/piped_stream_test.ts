import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "@lade/core/backend";
import { FormatError } from "@lade/formats/errors";
import { createLoader } from "../loader/create_loader.ts";
import { SampleError } from "../loader/sample_error.ts";
import { packDataset } from "../pack/pack_dataset.ts";
import { datasetColumns } from "../arrow/dataset_columns.ts";
import { ascending, epoch } from "../testing/range_dataset.ts";
import { STREAM_FILES } from "../testing/stream_files.ts";
import { MemoryStore } from "@lade/core";
import { NotEmptyError } from "@lade/core/errors";
import { pipedStream } from "./piped_stream.ts";

const kindOf = (suffix: string) =>
  suffix.includes("tfrecord") ? "records" : suffix.includes("tar") ? "samples" : "rows";

/** Bytes in pieces of so many, in one memory that is used again. */
const reading = (bytes: Uint8Array, size: number) =>
  async function* () {
    const memory = new Uint8Array(size);
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size);
      memory.set(piece);
      yield await Promise.resolve(memory.subarray(0, piece.length));
    }
  };

const open = (suffix: string, bytes: Uint8Array, size = 1000) =>
  pipedStream({
    read: reading(bytes, size),
    uri: "standard input",
    kind: kindOf(suffix),
    context: createStoreContext(),
  });

for (const { suffix, make, idOf } of STREAM_FILES) {
  Deno.test(`${suffix} that comes by a pipe is gone through once, however its bytes come, and shuffled by windows`, async () => {
    const bytes = await make(ascending(100));
    for (const size of [7, 1000]) {
      for (const shuffle of [false, { window: 50 }] as const) {
        await using dataset = await open(suffix, bytes, size);
        // The first sample may be looked at before.
        await datasetColumns(dataset);
        await using loader = createLoader<unknown>(dataset, { batchSize: 16, shuffle });
        const ids = (await epoch(loader)).flat().map(idOf);
        assertEquals(shuffle ? ids.toSorted((a, b) => a - b) : ids, ascending(100));
        assertEquals(ids.every((id, place) => id === place), shuffle === false);
        if (size === 7) assertEquals(loader.stats().bytesRead, bytes.length);
        assertEquals(dataset.context?.budget.held, 0);
        await assertRejects(() => epoch(loader), SampleError, "again: its bytes came once");
      }
    }
  });

  Deno.test(`${suffix} that is cut in a pipe is an error behind what came before, and never an end`, async () => {
    const bytes = await make(ascending(100));
    // Text that is cut behind a line is whole.
    const isText = /csv$|jsonl$/.test(suffix);
    const from = isText ? bytes.length - 3 : Math.floor(bytes.length / 3);
    for (
      const length of [from, from + 1, from + 2].map((length) => length % 512 === 0 ? length - 1 : length)
    ) {
      const going = async () => {
        await using dataset = await open(suffix, bytes.subarray(0, length));
        await using loader = createLoader<unknown>(dataset, { batchSize: 1 });
        const ids: number[] = [];
        for await (const { data } of loader) ids.push(...data.map(idOf));
        return ids;
      };
      if (isText) assertEquals((await going().catch(() => [])).length <= 100, true);
      else await assertRejects(going, Error);
    }
  });
}

Deno.test("a pipe without bytes has no records and no rows, and is no archive", async () => {
  for (const suffix of [".tfrecord", ".jsonl"]) {
    const opening = open(suffix, new Uint8Array(0));
    if (suffix === ".jsonl") await assertRejects(() => opening, FormatError);
    else {
      await using dataset = await opening;
      await using loader = createLoader(dataset, { allowEmpty: true });
      assertEquals(await epoch(loader), []);
    }
  }
  await using archive = await open(".tar", new Uint8Array(0));
  await using loader = createLoader(archive);
  await assertRejects(() => epoch(loader), SampleError, "it is empty");
});

Deno.test("nothing that a pipe gave is gone on with: neither a state nor a pack", async () => {
  const [records] = STREAM_FILES;
  const bytes = await (records as (typeof STREAM_FILES)[number]).make(ascending(50));
  await using first = await open(".tfrecord", bytes);
  await using loader = createLoader(first, { batchSize: 8 });
  for await (const _ of loader) break;
  const state = loader.state();
  await using second = await open(".tfrecord", bytes);
  const error = await assertRejects(
    () => Promise.try(() => createLoader(second, { batchSize: 8, state })),
    TypeError,
  );
  assertEquals(error.message.includes("the data set changed"), true);
  const store = new MemoryStore();
  assertEquals((await packDataset(second, store, "")).samples, 50);
  await using third = await open(".tfrecord", bytes);
  await assertRejects(() => packDataset(third, store, ""), NotEmptyError, "another pack lies there");
});

Deno.test("a pipe that waits for ever ends with its loop, and its reading with its data set", async () => {
  const ended = Promise.withResolvers<void>();
  const dataset = await pipedStream({
    async *read(signal) {
      try {
        const [records] = STREAM_FILES;
        yield await (records as (typeof STREAM_FILES)[number]).make([1, 2, 3]);
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      } finally {
        ended.resolve();
      }
    },
    uri: "standard input",
    kind: "records",
    context: createStoreContext(),
  });
  const loader = createLoader(dataset, { batchSize: 2 });
  for await (const { size } of loader) {
    assertEquals(size, 2);
    break;
  }
  await loader[Symbol.asyncDispose]();
  await dataset[Symbol.asyncDispose]();
  await ended.promise;
});
