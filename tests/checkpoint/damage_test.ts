import { assert, assertEquals, assertRejects } from "@std/assert";
import { copyCheckpoint, FencedError, InvalidCheckpointError, openCheckpoints } from "@lade/checkpoint";
import { createStoreContext, getBytes, type GetOptions, type GetResult, MemoryStore } from "@lade/core";
import { ChecksumMismatchError, StoreError } from "@lade/core/errors";
import { ForwardingStore } from "@lade/core/layers";
import { bytesAtHand } from "@lade/core/seams";
import { FormatError } from "@lade/formats/errors";
import {
  assertWhole,
  contentOf,
  EagerClock,
  firstOf,
  keysOf,
  openAll,
  saveTogether,
} from "./trained_world.ts";

/** A series of so many ranks in which steps 1 and 2 were saved. */
async function series(worldSize: number) {
  const store = new MemoryStore({ context: createStoreContext({ clock: new EagerClock() }) });
  const all = await openAll(store, worldSize, "run 1");
  for (const step of [1, 2]) {
    for (const end of await saveTogether(all, step, step)) assertEquals(end.status, "fulfilled");
  }
  const key = async (begin: string, end = "") => {
    const found = (await keysOf(store)).find((key) => key.startsWith(`c/${begin}`) && key.endsWith(end));
    assert(found, begin);
    return found;
  };
  const read = async (key: string) => (await getBytes(store, key)).bytes;
  const reader = await openCheckpoints(store, "c", { readOnly: true });
  return { store, all, reader, key, read };
}

/** One bit of each byte flipped in turn, and cut at each length. */
function* damaged(bytes: Uint8Array): Generator<Uint8Array<ArrayBuffer>, void, void> {
  for (let at = 0; at < bytes.length; at++) {
    const copy = new Uint8Array(bytes);
    copy[at] = (copy[at] ?? 0) ^ (1 << at % 8);
    yield copy;
  }
  for (let length = 0; length < bytes.length; length++) yield new Uint8Array(bytes.subarray(0, length));
}

Deno.test("a manifest with any byte changed, or cut anywhere, is an error and never another checkpoint", async () => {
  const { store, reader, key, read } = await series(1);
  const commit = await key("commits/");
  const sound = await read(commit);
  let tried = 0;
  for (const bytes of damaged(sound)) {
    await store.put(commit, bytes);
    tried++;
    await assertRejects(() => reader.latest(), FormatError);
    await assertRejects(() => reader.open("latest"), FormatError);
    const { damaged, removed, retired } = await reader.gc({ keep: { last: 1 } });
    assertEquals([damaged.map(({ step }) => step), removed, retired], [[2], [], []]);
  }
  assert(tried > 1000);
  await store.put(commit, sound);
  assertEquals((await reader.latest())?.step, 2);
});

Deno.test("a record with any byte changed, or cut anywhere, comes to no checkpoint, and holds up no later run", async () => {
  const { store, all, key, read } = await series(2);
  const record = await key("records/00000000-000000000002", "/rank-00001.json");
  await store.delete(await key("commits/"));
  const sound = await read(record);
  let tried = 0;
  for (const bytes of damaged(sound)) {
    if (tried++ % 17 !== 0) continue;
    await store.put(record, bytes);
    const { committed, invalid } = await firstOf(all).recover();
    assertEquals([committed, invalid.length], [[], 1]);
    assert(invalid[0]?.error instanceof FormatError);
  }
  const next = firstOf(await openAll(store, 1, "run 2"));
  assertEquals((await next.latest())?.step, 1);
  await store.put(record, sound);
  assertEquals((await next.recover()).committed.map(({ step }) => step), [2]);
  assertEquals((await next.latest())?.step, 2);
});

Deno.test("records of another attempt, another run or another rank make no checkpoint", async () => {
  const { store, all, reader, read } = await series(2);
  const records = (await keysOf(store)).filter((key) => key.startsWith("c/records/"));
  const [one, two] = [records.slice(0, 2), records.slice(2)];
  const attempt = (key: string) => key.split("/")[2] ?? "";
  // Those of step 1 as an attempt at step 7.
  for (const key of one) {
    await store.put(key.replace("-000000000001-", "-000000000007-"), await read(key));
  }
  // Those of step 2 with the second rank's place taken by the first one's record.
  const mixed = attempt(firstOf(two)).replace("-000000000002-", "-000000000008-");
  for (const rank of [0, 1]) {
    await store.put(`c/records/${mixed}/rank-0000${rank}.json`, await read(firstOf(two)));
  }
  const { committed, invalid } = await firstOf(all).recover();
  assertEquals(committed, []);
  assertEquals(invalid.map(({ attempt }) => attempt.slice(9, 21)), ["000000000007", "000000000008"]);
  for (const { error } of invalid) assert(error instanceof InvalidCheckpointError, String(error));
  assertEquals((await Array.fromAsync(reader.list())).map(({ step }) => step), [2, 1]);
});

Deno.test("shards of two steps that were swapped, are cut, longer or gone are told by tensor and object", async () => {
  const { store, reader, read } = await series(1);
  const shards = (await keysOf(store)).filter((key) => key.endsWith(".safetensors"));
  const contents = await Promise.all(shards.map(read));
  const [one, two] = shards;
  assert(one && two && contents[0] && contents[1]);
  await store.put(one, contents[1]);
  await store.put(two, contents[0]);
  for (const step of [1, 2]) {
    const checkpoint = await reader.open(step);
    const error = await assertRejects(() => checkpoint.loadAll(), InvalidCheckpointError, "do not match");
    assert(error.tensor === "bias" || error.tensor === "rows");
    assert(error.message.includes(".safetensors"));
  }
  await store.put(one, contents[0]);
  const checkpoint = await reader.open(2);
  for (const length of [0, 1, contents[1].length - 1]) {
    await store.put(two, contents[1].slice(0, length));
    await assertRejects(() => checkpoint.loadAll(), InvalidCheckpointError);
  }
  await store.put(two, new Uint8Array([...contents[1], 0]));
  await assertRejects(() => checkpoint.loadAll(), InvalidCheckpointError, "bytes, not");
  await store.delete(two);
  await assertRejects(() => checkpoint.loadAll(), InvalidCheckpointError, "is gone");
  await assertWhole(await reader.open(1));
});

Deno.test("any byte of an extra that is changed is told by its name", async () => {
  const { store, reader, key, read } = await series(1);
  const extra = await key("data/00000000-000000000002", ".extra");
  const checkpoint = await reader.open(2);
  for (const bytes of damaged(await read(extra))) {
    await store.put(extra, bytes);
    await assertRejects(() => checkpoint.extra("state"), InvalidCheckpointError, '"state"');
  }
  await store.delete(extra);
  await assertRejects(() => checkpoint.extra("state"), InvalidCheckpointError, "is gone");
});

Deno.test("a table of tensors that is gone, damaged or of another checkpoint is told", async () => {
  const store = new MemoryStore();
  const checkpoints = await openCheckpoints(store, "c", { run: "a", chunkBytes: 1 });
  for (const step of [1, 2]) {
    const data = new Uint8Array(210_000).fill(step);
    await checkpoints.save(step, { tensors: [{ name: "w", dtype: "uint8", shape: [data.length], data }] })
      .committed;
  }
  const [one, two] = (await keysOf(store)).filter((key) => key.startsWith("c/indexes/"));
  assert(one && two);
  const read = async (key: string) => (await getBytes(store, key)).bytes;
  const [first, second] = [await read(one), await read(two)];
  const fails = (bytes: Uint8Array) =>
    store.put(two, bytes).then(() => assertRejects(() => checkpoints.open(2), StoreError));
  await fails(first);
  for (let at = 0; at < second.length; at += 97) {
    const copy = new Uint8Array(second);
    copy[at] = (copy[at] ?? 0) ^ 4;
    await fails(copy);
    await fails(second.slice(0, at));
  }
  await store.delete(two);
  await assertRejects(() => checkpoints.open(2), InvalidCheckpointError, "its table of tensors is gone");
  assertEquals((await (await checkpoints.open(1)).loadAll()).size, 1);
});

Deno.test("runs, marks and the name of the newest that are damaged do no harm", async () => {
  const { store, all, reader } = await series(1);
  await store.put("c/latest.json", new Uint8Array(3));
  const content = contentOf(0, 1, 3);
  assertEquals((await firstOf(all).save(3, content).committed).step, 3);
  assertEquals((await getBytes(store, "c/latest.json")).bytes.length > 3, true);
  await store.put("c/lade.json", new Uint8Array(5));
  await assertRejects(
    () => openCheckpoints(store, "c", { readOnly: true }),
    FormatError,
    "put back the line",
  );
  assertEquals((await reader.latest())?.step, 3);
});

Deno.test("a run whose object is damaged is joined no more, and holds up neither the next run nor a collection", async () => {
  const { store, all, reader, key, read } = await series(2);
  const first = await read(await key("runs/"));
  for (
    const bytes of [
      new Uint8Array(0),
      new Uint8Array(5),
      first.map((byte, at) => at === 40 ? byte ^ 1 : byte),
    ]
  ) {
    await store.put(await key("runs/"), bytes);
    // Its name is told by what it saved; its ranks could each go on from another checkpoint.
    await assertRejects(() => openAll(store, 1, "run 1"), FormatError, "begin another run");
    assertEquals((await reader.gc({ keep: { last: 2 } })).retired, []);
    const [from, to] = [{ store, prefix: "c" }, { store: new MemoryStore(), prefix: "c" }];
    await assertRejects(() => copyCheckpoint(from, 2, to), FormatError, "exported");
  }
  // Those that had joined it go on.
  for (const end of await saveTogether(all, 3, 3)) assertEquals(end.status, "fulfilled");
  const next = firstOf(await openAll(store, 1, "run 2"));
  const resumed = await next.open("resume");
  assertEquals(resumed.info.step, 3);
  await resumed[Symbol.asyncDispose]();
  await assertRejects(() => openAll(store, 1, "run 1"), FencedError, "run 2");
  for (const end of await saveTogether(all, 4, 4)) assertEquals(end.status, "rejected");
  assertEquals((await next.save(5, contentOf(0, 1, 5)).committed).generation, 1);
  assertEquals((await reader.gc({ keep: { last: 1 } })).retired.map(({ step }) => step), [3, 2, 1]);
});

Deno.test("runs of which several are damaged, with nothing saved, still keep the earlier ones out", async () => {
  const { store } = await series(1);
  await openAll(store, 1, "run 2");
  await openAll(store, 1, "run 3");
  const runs = (await keysOf(store)).filter((key) => key.startsWith("c/runs/"));
  for (const key of runs.slice(0, 2)) await store.put(key, new Uint8Array(5));
  await assertRejects(() => openAll(store, 1, "run 1"), FencedError, "one whose object is damaged");
  assertEquals((await firstOf(await openAll(store, 1, "run 4")).open("resume")).info.step, 2);
});

Deno.test("a manifest that was put where another one belongs is no checkpoint", async () => {
  const { store, reader, key, read, all } = await series(1);
  const commit = await key("commits/");
  const moved = commit.replace(/-\d+\.json$/, "-999999999990.json");
  await store.put(moved, await read(commit));
  await assertRejects(() => reader.latest(), FormatError, "another checkpoint");
  await store.put("c/commits/99999999-999999999996.json", new TextEncoder().encode("{}\n"));
  await assertRejects(() => firstOf(all).save(3, contentOf(0, 1, 3)).committed, FormatError);
  await store.delete(moved);
  await assertRejects(() => reader.latest(), FormatError);
});

/** A series in which each step but the first names parts of the one before, and nobody waits for a grace. */
async function chained(steps: readonly number[]) {
  const store = new MemoryStore({ context: createStoreContext({ clock: new EagerClock() }) });
  const checkpoints = await openCheckpoints(store, "c", { run: "a", graceMs: 0 });
  for (const step of steps) {
    const frozen = {
      name: "frozen",
      dtype: "uint8",
      shape: [4],
      data: Uint8Array.of(1, 2, 3, 4),
      frozen: true,
    } as const;
    const own = { name: "own", dtype: "uint8", shape: [1], data: Uint8Array.of(step) } as const;
    await checkpoints.save(step, { tensors: [frozen, own] }).committed;
  }
  const commits = (await keysOf(store)).filter((key) => key.startsWith("c/commits/")).reverse();
  const damage = async (step: number) => {
    const key = commits[steps.indexOf(step)] ?? "";
    const { bytes } = await getBytes(store, key);
    await store.put(key, bytes.subarray(0, -4));
    return async () => void await store.put(key, bytes);
  };
  return { store, checkpoints, damage };
}

Deno.test("one damaged manifest is named, and the others are listed, pinned, retired and opened", async () => {
  const { checkpoints, damage } = await chained([1, 2, 3, 4]);
  await damage(2);
  const damaged: number[] = [];
  const onDamaged = ({ step }: { readonly step: number }) => void damaged.push(step);
  assertEquals((await Array.fromAsync(checkpoints.list({ onDamaged }))).map(({ step }) => step), [4, 3, 1]);
  assertEquals(damaged, [2]);
  const seen: number[] = [];
  await assertRejects(
    async () => {
      for await (const { step } of checkpoints.list()) seen.push(step);
    },
    InvalidCheckpointError,
    "00000000-000000000002 cannot be read: commits/99999999-999999999997.json: it does not end with its checksum",
  );
  assertEquals(seen, [4, 3, 1]);
  await checkpoints.pin({ generation: 0, step: 1 });
  await checkpoints.retire({ generation: 0, step: 3 });
  assertEquals((await (await checkpoints.open(1)).loadAll()).size, 2);
});

Deno.test("a collection keeps all that a damaged manifest may name, and no more once that is retired", async () => {
  const { store, checkpoints, damage } = await chained([1, 2, 3, 4, 5]);
  const mend = await damage(3);
  const data = async () => (await keysOf(store)).filter((key) => key.startsWith("c/data/")).length;
  const { damaged, retired, removed } = await checkpoints.gc({ keep: { last: 1 } });
  assertEquals(damaged.map(({ step, key }) => [step, key]), [[3, "commits/99999999-999999999996.json"]]);
  assertEquals(retired.map(({ step }) => step), [4, 2, 1]);
  // Of step 4 alone, which is newer, it can name nothing.
  assertEquals(removed.filter(({ objects }) => objects > 0).map(({ name }) => name.slice(-1)), ["4"]);
  assertEquals(await data(), 4);
  // Mended it is whole, though what it names was saved by one that is gone.
  await mend();
  const mended = await checkpoints.open(3, { hold: false });
  assertEquals((await mended.loadAll()).get("frozen")?.data, Uint8Array.of(1, 2, 3, 4));
  await damage(3);
  await checkpoints.retire({ generation: 0, step: 3 });
  await checkpoints.gc();
  assertEquals((await checkpoints.gc()).damaged, []);
  // What steps 1 and 5 name: the part that never changed, and that of step 5.
  assertEquals(await data(), 2);
  assertEquals((await (await checkpoints.open(5)).loadAll()).size, 2);
});

Deno.test("the newest that can be read is not retired for one that cannot, which is", async () => {
  const { checkpoints, damage } = await chained([1, 2]);
  await damage(2);
  await assertRejects(
    () => checkpoints.retire({ generation: 0, step: 1 }),
    StoreError,
    "once there is a newer one",
  );
  assertEquals((await checkpoints.gc({ keep: { last: 1 } })).retired, []);
  await checkpoints.retire({ generation: 0, step: 2 });
  assertEquals((await checkpoints.latest())?.step, 1);
});

Deno.test("a damaged table keeps what it may name, and is passed over by who wants what is sound", async () => {
  const store = new MemoryStore();
  const checkpoints = await openCheckpoints(store, "c", { run: "a", chunkBytes: 1, graceMs: 0 });
  for (const step of [1, 2, 3]) {
    const data = new Uint8Array(210_000).fill(step);
    await checkpoints.save(step, { tensors: [{ name: "w", dtype: "uint8", shape: [data.length], data }] })
      .committed;
  }
  const newest = (await keysOf(store)).findLast((key) => key.startsWith("c/indexes/")) ?? "";
  const { bytes } = await getBytes(store, newest);
  for (const damaged of [bytes.subarray(0, 99), bytes.with(99, 7 ^ (bytes[99] ?? 0)), new Uint8Array(9)]) {
    await store.put(newest, damaged);
    const before = (await keysOf(store)).filter((key) => key.startsWith("c/data/"));
    const report = await checkpoints.gc();
    assertEquals([report.damaged.map(({ step }) => step), report.removed], [[3], []]);
    assertEquals((await keysOf(store)).filter((key) => key.startsWith("c/data/")), before);
    const { checkpoint, skipped } = await checkpoints.openLatestValid();
    await using _ = checkpoint;
    assertEquals([checkpoint.info.step, skipped.map(({ step }) => step)], [2, [3]]);
  }
});

/** A store that finds by checksums of its own that objects of a key are damaged. */
class RottenStore extends ForwardingStore {
  rotten = "";

  constructor(store: MemoryStore) {
    super(store, [bytesAtHand, "beneath"]);
  }

  override get(key: string, options?: GetOptions): Promise<GetResult> {
    if (key !== this.rotten) return super.get(key, options);
    const uri = `${this.uri}/${key}`;
    const detail = "its bytes do not match the checksum that the service has";
    return Promise.reject(new ChecksumMismatchError({ operation: "get", uri, detail }));
  }
}

Deno.test("what the store itself finds damaged stops no more than what is found damaged here", async () => {
  const { store: below, key, all } = await series(1);
  await all[0]?.settled();
  const store = new RottenStore(below);
  const [runs, commit, data] = [
    await key("runs/"),
    await key("commits/"),
    await key("data/", ".safetensors"),
  ];
  for (const rotten of [runs, commit, `c/latest.json`]) {
    store.rotten = rotten;
    await using one = await openCheckpoints(store, "c");
    const listed = await Array.fromAsync(one.list({ onDamaged() {} }));
    assertEquals(listed.map(({ step }) => step), rotten === commit ? [1] : [2, 1]);
    const { damaged, retired } = await one.gc({ keep: { last: 1 }, dryRun: true });
    assertEquals([damaged.length, retired.length], rotten === commit ? [1, 0] : [0, 1], rotten);
    assertEquals((await one.recover()).invalid, []);
    const { skipped, checkpoint } = await one.openLatestValid();
    await checkpoint[Symbol.asyncDispose]();
    assertEquals(skipped.map(({ step }) => step), rotten === commit ? [2] : []);
  }
  store.rotten = runs;
  const rest = await openCheckpoints(store, "c", { run: "run 2" });
  await rest.save(3, { tensors: [] }).committed;
  store.rotten = data;
  await using reader = await openCheckpoints(store, "c", { readOnly: true });
  await using checkpoint = await reader.open(1);
  const { faults } = await checkpoint.verify("full");
  assertEquals([...new Set(faults.map(({ key }) => `c/${key}`))], [data]);
  const error = await assertRejects(() => checkpoint.loadAll(), InvalidCheckpointError);
  assert(error.message.includes(data.slice(2)) && error.message.includes("checksum that the service has"));
});
