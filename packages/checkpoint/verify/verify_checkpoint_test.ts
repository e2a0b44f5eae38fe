import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { openCheckpoints } from "../open/open_checkpoints.ts";
import type { VerifyLevel } from "./verify_report.ts";

/** A series of two checkpoints of two ranks, of some tensors and an extra of each. */
async function saved(store: MemoryStore) {
  const open = (rank: number) =>
    openCheckpoints(store, "c", { run: "a", rank, worldSize: 2, chunkBytes: 64, patienceMs: 5_000 });
  const ranks = await Promise.all([open(0), open(1)]);
  for (const step of [10, 20]) {
    await Promise.all(ranks.map((checkpoints, rank) =>
      checkpoints.save(step, {
        tensors: [
          {
            name: "rows",
            dtype: "uint8",
            shape: [256],
            offsets: [rank * 256],
            globalShape: [512],
            data: new Uint8Array(256).fill(step + rank),
          },
          { name: `bias.${rank}`, dtype: "float32", shape: [3], data: Float32Array.of(1, 2, step) },
          { name: `none.${rank}`, dtype: "float32", shape: [0], data: new Float32Array(0) },
        ],
        extras: { rng: new Uint8Array(100).fill(rank) },
      }).committed
    ));
  }
  return await openCheckpoints(store, "c", { readOnly: true });
}

async function change(store: MemoryStore, key: string, by: (bytes: Uint8Array) => Uint8Array) {
  const bytes = new Uint8Array(await new Response((await store.get(key)).body).arrayBuffer());
  await store.put(key, by(bytes));
}

async function keysOf(store: MemoryStore, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(`c/${prefix}`))).map(({ key }) => key);
}

const flip = (at: number) => (bytes: Uint8Array) => bytes.with(at, (bytes.at(at) ?? 0) ^ 1);
const LEVELS: readonly VerifyLevel[] = ["size", "chunks", "full"];

Deno.test("a sound checkpoint has no fault by any level, and every byte of it was read by the last two", async () => {
  await using store = new MemoryStore();
  await using reader = await saved(store);
  await using checkpoint = await reader.open("latest");
  const reports = [];
  for (const level of LEVELS) reports.push(await checkpoint.verify(level));
  assertEquals(reports.map(({ level, faults }) => [level, faults]), LEVELS.map((level) => [level, []]));
  const [size, chunks, full] = reports.map(({ bytes }) => bytes);
  assertEquals([size, chunks], [0, 2 * (256 + 12 + 100)]);
  assertEquals((full ?? 0) > (chunks ?? 0), true);
  assertEquals(reports.map(({ objects }) => objects), [6, 6, 6]);
});

Deno.test("damage is found by the level that looks for it, and names object, tensor and bytes", async () => {
  const found = async (
    prefix: string,
    pick: (key: string) => boolean,
    by: (bytes: Uint8Array) => Uint8Array,
  ) => {
    await using store = new MemoryStore();
    await using reader = await saved(store);
    const key = (await keysOf(store, prefix)).filter((key) => key.includes("000000000020")).find(pick) ?? "";
    await change(store, key, by);
    await using checkpoint = await reader.open("latest");
    const faults = [];
    for (const level of LEVELS) faults.push((await checkpoint.verify(level)).faults);
    return { key: key.slice(2), faults };
  };
  const shard = (key: string) => key.endsWith("rank-00000-of-00002-00001.safetensors");

  const cut = await found("data/", shard, (bytes) => bytes.subarray(1));
  assertEquals(cut.faults.map((faults) => faults.map(({ key }) => key)), [[cut.key], [cut.key], [cut.key]]);
  assertEquals(/^it has \d+ bytes, not \d+$/.test(cut.faults[0]?.[0]?.detail ?? ""), true);

  // Chunks that lie side by side are one fault.
  const tail = await found("data/", shard, (bytes) => bytes.with(-1, 0).with(-70, 0));
  const [none, chunks] = tail.faults;
  assertEquals(none, []);
  assertEquals(chunks?.map(({ key, tensor, length }) => [key, tensor, length]), [[tail.key, "rows", 128]]);

  const extra = await found("data/", (key) => key.endsWith("rank-00001-of-00002-00001.extra"), flip(50));
  assertEquals(extra.faults.map((faults) => faults.length), [0, 1, 1]);
  assertEquals(extra.faults[1]?.[0]?.detail.includes('the extra "rng" of rank 1'), true);

  // A header that says another dtype of the same size: the bytes of the tensors are as they were.
  const header = await found("data/", shard, (bytes) => {
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return bytes.with(text.indexOf('"F32"') + 1, "I".charCodeAt(0));
  });
  assertEquals(header.faults.map((faults) => faults.length > 0), [false, false, true]);

  const nameless = await found("data/", shard, (bytes) => {
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return bytes.with(text.indexOf('"bias.0"') + 1, "B".charCodeAt(0));
  });
  assertEquals(nameless.faults[2]?.map(({ tensor, detail }) => [tensor, detail]), [
    ["bias.0", "its header does not have the tensor"],
  ]);

  const record = await found("records/", () => true, flip(30));
  assertEquals(record.faults.map((faults) => faults.map(({ key }) => key)), [[], [], [record.key]]);
});

Deno.test("an object that is gone is a fault of every level", async () => {
  await using store = new MemoryStore();
  await using reader = await saved(store);
  await using checkpoint = await reader.open("latest");
  const [key = ""] = (await keysOf(store, "data/")).filter((key) => key.includes("000000000020"));
  await store.delete(key);
  for (const level of LEVELS) {
    const { faults } = await checkpoint.verify(level);
    assertEquals(faults, [{ key: key.slice(2), detail: "it is gone" }]);
  }
});

Deno.test("openLatestValid() goes back past what is damaged, and says what and why", async () => {
  await using store = new MemoryStore();
  await using reader = await saved(store);
  const [key = ""] = (await keysOf(store, "data/")).filter((key) => key.includes("000000000020"));
  await change(store, key, (bytes) => bytes.with(-1, 99));
  {
    const { checkpoint, skipped } = await reader.openLatestValid();
    await using _ = checkpoint;
    assertEquals(checkpoint.info.step, 10);
    assertEquals(skipped.map(({ step, faults }) => [step, faults.map(({ key }) => key)]), [[20, [
      key.slice(2),
    ]]]);
  }
  // The one that is passed over is let go of.
  {
    const { checkpoint } = await reader.openLatestValid({ hold: true });
    assertEquals((await keysOf(store, "holds/")).length, 1);
    await checkpoint[Symbol.asyncDispose]();
  }
  // Sizes alone do not show it.
  const sized = await reader.openLatestValid({ level: "size", hold: true });
  assertEquals([sized.checkpoint.info.step, sized.skipped], [20, []]);
  await sized.checkpoint[Symbol.asyncDispose]();
  // A manifest that is damaged is passed over too.
  const [newest = "", older = ""] = await keysOf(store, "commits/");
  await change(store, newest, flip(40));
  const second = await reader.openLatestValid();
  assertEquals(second.skipped.map(({ step, faults }) => [step, faults[0]?.key]), [[20, newest.slice(2)]]);
  await change(store, older, flip(40));
  await assertRejects(() => reader.openLatestValid(), InvalidCheckpointError, "all 2 are damaged");
  assertEquals(await keysOf(store, "holds/"), []);
});

Deno.test("openLatestValid() is for readers, and of nothing it is a NotFoundError", async () => {
  await using store = new MemoryStore();
  await using rank = await openCheckpoints(store, "c", { run: "a", rank: 0, worldSize: 2 });
  await assertRejects(() => rank.openLatestValid(), TypeError, "as one of several ranks");
  await using alone = await openCheckpoints(store, "d");
  await assertRejects(() => alone.openLatestValid(), NotFoundError, "there is none");
});
