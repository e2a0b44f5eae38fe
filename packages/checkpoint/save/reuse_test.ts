import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { crc32c, getBytes, MemoryStore } from "@lade/core";
import { createStoreContext } from "@lade/core/backend";
import { FakeClock } from "@lade/testing";
import { FencedError } from "../errors/errors.ts";
import { openCheckpoints } from "../open/open_checkpoints.ts";
import type { Checkpoints } from "../open/checkpoints.ts";
import type { CheckpointsOptions } from "../open/checkpoints_options.ts";

const HOUR = 3_600_000;

function series(options: CheckpointsOptions = {}) {
  const clock = new FakeClock();
  const store = new MemoryStore({ context: createStoreContext({ clock }) });
  const open = (more: CheckpointsOptions = {}) =>
    openCheckpoints(store, "", { run: "a", ...options, ...more });
  return { clock, store, open };
}

const bytes = (value: number) => new Uint8Array(100).fill(value);

function tensor(name: string, value: number, more: { readonly frozen?: boolean } = {}) {
  return { name, dtype: "uint8", shape: [100], data: bytes(value), ...more } as const;
}

/** How many bytes of objects a save wrote. */
async function save(
  checkpoints: Checkpoints,
  step: number,
  ...tensors: Parameters<Checkpoints["save"]>[1]["tensors"][]
): Promise<number> {
  const saved = checkpoints.save(step, { tensors: tensors.flatMap((one) => [...one]) });
  await saved.committed;
  return (await saved.written).objects;
}

async function loaded(checkpoints: Checkpoints, step: number): Promise<Record<string, number | undefined>> {
  await using checkpoint = await checkpoints.open(step);
  const all = await checkpoint.loadAll();
  assertEquals((await checkpoint.verify("full")).faults, []);
  return Object.fromEntries(Array.from(all, ([name, { data }]) => [name, Number(data[0])]));
}

async function keysOf(store: MemoryStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

Deno.test("what is frozen is named where it lies, its data not asked for, over many steps and runs", async () => {
  const { store, open } = series();
  const checkpoints = await open();
  assertEquals(await save(checkpoints, 1, [tensor("base", 1, { frozen: true }), tensor("head", 1)]), 1);
  const frozen = {
    ...tensor("base", 0),
    frozen: true,
    data: () => {
      throw new Error("asked for");
    },
  };
  assertEquals(await save(checkpoints, 2, [frozen, tensor("head", 2)]), 1);
  assertEquals(await save(checkpoints, 3, [frozen]), 0);
  const next = await open({ run: "b" });
  assertEquals(await save(next, 4, [frozen, tensor("head", 4)]), 1);
  assertEquals(await loaded(next, 4), { base: 1, head: 4 });
  assertEquals(await loaded(next, 3), { base: 1 });
  // References name the shard itself, never another checkpoint.
  const [newest = ""] = await keysOf(store, "commits/");
  const manifest = new TextDecoder().decode((await getBytes(store, newest)).bytes);
  assertEquals(manifest.match(/data\/0000000\d-\d{12}/g), [
    "data/00000000-000000000001",
    "data/00000001-000000000004",
  ]);
});

Deno.test("by digest only what has changed is written, and what functions give always is", async () => {
  const { open } = series({ reuse: "digest" });
  const checkpoints = await open();
  const given = { ...tensor("given", 9), data: () => bytes(9) };
  await save(checkpoints, 1, [tensor("a", 1), tensor("b", 2), given]);
  const second = checkpoints.save(2, { tensors: [tensor("a", 1), tensor("b", 3), given] });
  await second.committed;
  const { bytes: written } = await second.written;
  const all = checkpoints.save(3, { tensors: [tensor("a", 4), tensor("b", 5), given] });
  await all.committed;
  assertEquals((await all.written).bytes - written >= 100, true);
  assertEquals(await save(checkpoints, 4, [tensor("a", 4), tensor("b", 5)]), 0);
  assertEquals(await loaded(checkpoints, 2), { a: 1, b: 3, given: 9 });
  assertEquals(await loaded(checkpoints, 4), { a: 4, b: 5 });
  await assertRejects(() => open({ reuse: "crc" as "digest" }), TypeError, 'it is "digest"');
});

Deno.test("parts of equal checksum and other bytes are written", async () => {
  const { open } = series({ reuse: "digest" });
  const checkpoints = await open();
  const one = bytes(1);
  // The polynomial of CRC-32C, bit by bit in the order of the stream: adding it changes no checksum.
  const other = one.slice();
  for (let bit = 0; bit <= 32; bit++) {
    const isSet = (0x11edc6f41n >> BigInt(32 - bit)) & 1n;
    if (isSet) other.set([(other[bit >> 3] ?? 0) ^ (1 << (bit & 7))], bit >> 3);
  }
  assertEquals(crc32c(other), crc32c(one));
  assert(other.some((value, at) => value !== one[at]));
  await save(checkpoints, 1, [{ ...tensor("a", 0), data: one }]);
  assertEquals(await save(checkpoints, 2, [{ ...tensor("a", 0), data: other }]), 1);
  await using checkpoint = await checkpoints.open(2);
  assertEquals((await checkpoint.loadAll()).get("a")?.data, other);
});

Deno.test("nothing is taken of a part elsewhere, of other chunks, or of a later checkpoint", async () => {
  const { open } = series();
  const checkpoints = await open();
  await save(checkpoints, 5, [tensor("a", 1)]);
  assertEquals(await save(checkpoints, 4, [tensor("a", 2, { frozen: true })]), 1);
  assertEquals(await save(checkpoints, 6, [tensor("b", 3, { frozen: true })]), 1);
  const half = { ...tensor("b", 0), shape: [50], globalShape: [100], data: bytes(4).subarray(50) };
  assertEquals(
    await save(checkpoints, 7, [{ ...half, frozen: true }, { ...half, offsets: [50], frozen: true }]) > 0,
    true,
  );
  const other = await open({ run: "b", chunkBytes: 64 });
  assertEquals(await save(other, 8, [tensor("b", 5, { frozen: true })]), 1);
  assertEquals(await loaded(other, 8), { b: 5 });
  assertThrows(
    () => other.save(9, { tensors: [{ ...tensor("b", 5), data: undefined as never }] }),
    TypeError,
  );
});

Deno.test("gc keeps what others name, and removes it once none does", async () => {
  const { clock, store, open } = series();
  const checkpoints = await open();
  await save(checkpoints, 1, [tensor("base", 1), tensor("head", 1)]);
  for (const step of [2, 3]) {
    await save(checkpoints, step, [tensor("base", 0, { frozen: true }), tensor("head", step)]);
  }
  const collect = async (last: number) => {
    await checkpoints.gc({ keep: { last } });
    await clock.advance(2 * HOUR);
    return await checkpoints.gc();
  };
  await collect(1);
  assertEquals((await keysOf(store, "commits/")).length, 1);
  assertEquals((await keysOf(store, "data/")).length, 2);
  assertEquals(await loaded(checkpoints, 3), { base: 1, head: 3 });
  await save(checkpoints, 4, [tensor("base", 9), tensor("head", 4)]);
  await collect(1);
  await clock.advance(2 * HOUR);
  await checkpoints.gc();
  assertEquals((await keysOf(store, "data/")).length, 1);
  assertEquals(await loaded(checkpoints, 4), { base: 9, head: 4 });
});

Deno.test("what a checkpoint names that is only marked is needed still", async () => {
  const { clock, store, open } = series();
  const checkpoints = await open();
  await save(checkpoints, 1, [tensor("base", 1)]);
  await save(checkpoints, 2, [tensor("base", 0, { frozen: true })]);
  await save(checkpoints, 3, [tensor("base", 3)]);
  await checkpoints.retire({ generation: 0, step: 1 });
  await clock.advance(2 * HOUR);
  await checkpoints.retire({ generation: 0, step: 2 });
  await checkpoints.gc();
  // As one does who takes the mark back.
  await store.delete("retired/00000000-000000000002.json");
  assertEquals(await loaded(checkpoints, 2), { base: 1 });
});

Deno.test("the base is held while a save may name it, and given back", async () => {
  const { store, open } = series();
  const checkpoints = await open();
  await save(checkpoints, 1, [tensor("base", 1)]);
  await save(checkpoints, 2, [tensor("other", 1)]);
  let held: string[] = [];
  const data = async () => {
    held = await keysOf(store, "holds/");
    return bytes(3);
  };
  await save(checkpoints, 3, [tensor("base", 0, { frozen: true }), { ...tensor("head", 0), data }]);
  assertEquals(held.map((key) => key.slice(0, 27)), ["holds/00000000-000000000002"]);
  assertEquals(await keysOf(store, "holds/"), []);
});

Deno.test("an attempt whose base was removed meanwhile is not committed", async () => {
  const { clock, open } = series({ worldSize: 2, patienceMs: 0 });
  const half = (rank: number, frozen: boolean) => ({
    ...tensor("a", rank),
    offsets: [100 * rank],
    globalShape: [200],
    frozen,
  });
  const ranks = await Promise.all([0, 1].map((rank) => open({ rank, patienceMs: HOUR })));
  const both = (step: number) =>
    Promise.all(ranks.map((one, rank) => one.save(step, { tensors: [half(rank, false)] }).committed));
  await both(1);
  const slow = await open({ rank: 0 });
  await assertRejects(() => slow.save(2, { tensors: [half(0, true)] }).committed, Error, "rank 1 of 2");
  await both(3);
  await slow.retire({ generation: 0, step: 1 });
  const late = await open({ rank: 1 });
  await assertRejects(
    () => late.save(2, { tensors: [half(1, true)] }).committed,
    FencedError,
    "whose parts it names, is being removed",
  );
  await clock.advance(2 * HOUR);
  await slow.gc();
  await assertRejects(() => late.save(2, { tensors: [half(1, true)] }).committed, FencedError);
  const { committed, invalid } = await slow.recover();
  assertEquals([committed, invalid.length], [[], 1]);
});
