import { ForwardingStore, MemoryStore, type ObjectInfo, observe } from "@lade/core";
import { assertEquals, assertMatch } from "@std/assert";
import { DataSource } from "../data/data_source.ts";
import type { OpLogRow } from "../rows/op_log_row.ts";
import { each, logRow } from "../testing/log_row.ts";
import { MARKER } from "./claim_targets.ts";
import { planReplay } from "./plan_replay.ts";
import { prepareReplay } from "./prepare_replay.ts";
import { replay } from "./replay.ts";
import type { ReplayOptions } from "./replay_options.ts";

const OPTIONS: ReplayOptions = {
  map: [{ from: "s3://log/", to: ["memory://bench/"] }],
  writes: true,
  verify: true,
  seed: 5,
  speed: "asap",
};

/** Replays and verifies rows on what was prepared for them, and tells what was found wrong. */
async function verified(
  rows: readonly OpLogRow[],
  harm: (store: MemoryStore) => Promise<unknown> = () => Promise.resolve(),
): Promise<readonly string[]> {
  const store = new MemoryStore();
  const stores = () => Promise.resolve({ store, key: "b/" });
  await prepareReplay((await planReplay(each(rows), { ...OPTIONS, needed: true })).needed, stores, OPTIONS);
  await harm(store);
  const { ops, errors } = await replay(each(rows), stores, OPTIONS);
  assertEquals(ops.reduce((sum, { replayed }) => sum + replayed.count, 0), rows.length);
  return errors.map(({ op, kind, count, example }) => `${op} ${kind} ${count}: ${example}`);
}

const GETS = [
  logRow(0, "GET", "whole", { bytes: 300_000 }),
  logRow(1, "GET", "part", { offset: 5000, length: 1000, bytes: 900 }),
  logRow(2, "GET", "part", { offset: 4000, bytes: 900 }),
  logRow(3, "GET", "part", { length: 10, bytes: 10 }),
  logRow(4, "GET", "empty"),
];

Deno.test("what was prepared is right, whichever part of it is read", async () => {
  assertEquals(await verified(GETS), []);
});

Deno.test("a byte that is not the one that was written is found in every read of it, and only there", async () => {
  for (
    const [key, at, found] of [["whole", 299_999, 1], ["whole", 0, 1], ["part", 5100, 2], [
      "part",
      10,
      0,
    ]] as const
  ) {
    const errors = await verified(GETS, async (store) => {
      const bytes = new Uint8Array(await new Response((await store.get(`b/${key}`)).body).arrayBuffer());
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await store.put(`b/${key}`, bytes);
    });
    assertEquals(errors.length, Math.min(found, 1));
    if (found === 0) continue;
    assertMatch(
      errors[0] ?? "",
      new RegExp(`^GET checksum-mismatch ${found}: Cannot verify "memory://bench/${key}"`),
    );
    assertMatch(
      errors[0] ?? "",
      new RegExp(`: byte ${at} is not the one that was generated; .*another seed`),
    );
  }
});

Deno.test("an object that lost its end is found, though all that came is right", async () => {
  const errors = await verified(GETS.slice(0, 1), async (store) => {
    const bytes = new Uint8Array(299_999);
    new DataSource({ seed: 5 }).fill("b/whole", 0, bytes);
    await store.put("b/whole", bytes);
  });
  assertEquals(errors.length, 1);
  assertMatch(errors[0] ?? "", /299999 bytes came, where the log has 300000/);
});

Deno.test("copies are compared with what they were made from, until they are written anew", async () => {
  const bytes = 5000;
  const get = (at: number, key: string) => logRow(at, "GET", key, { bytes });
  assertEquals(
    await verified([
      logRow(0, "PUT", "a", { bytes }),
      logRow(1, "COPY", "a", { toFile: "b", call: "copy" }),
      get(2, "b"),
      logRow(3, "RENAME", "b", { toFile: "c" }),
      get(4, "c"),
      logRow(5, "PUT", "b", { bytes }),
      get(6, "b"),
      logRow(7, "COPY", "c", { toFile: "a", call: "copy" }),
      logRow(8, "DELETE", "c"),
      logRow(9, "PUT", "c", { bytes }),
      get(10, "c"),
      get(11, "a"),
      get(12, "prepared"),
      logRow(13, "COPY", "prepared", { toFile: "b", call: "copy" }),
      logRow(14, "PUT", "prepared", { bytes }),
      get(15, "b"),
    ]),
    [],
  );
});

Deno.test("reads that failed in the log, too, are compared as far as they come", async () => {
  const rows = [logRow(0, "GET", "k", { bytes: 50, error: "cancelled: it was given up" })];
  const store = new MemoryStore();
  await store.put("k", new Uint8Array(20));
  const stores = () => Promise.resolve({ store, key: "" });
  const [get] = (await replay(each(rows), stores, { verify: true, speed: "asap" })).ops;
  assertEquals(get?.outcomes.otherErrors, 1);
  const right = new Uint8Array(20);
  new DataSource().fill("k", 0, right);
  await store.put("k", right);
  const [again] = (await replay(each(rows), stores, { verify: true, speed: "asap" })).ops;
  assertEquals(again?.outcomes.recovered, 1);
});

Deno.test("what is there is never replaced: one that is too small ends it before anything is written", async () => {
  const memory = new MemoryStore();
  const written: string[] = [];
  const store = observe(memory, (event) => {
    if (event.type === "started" && ["put", "write"].includes(event.operation)) written.push(event.key);
  });
  await memory.put(MARKER, new Uint8Array(1));
  await memory.put("part", new Uint8Array(5899));
  const stores = () => Promise.resolve({ store, key: "" });
  const { needed } = await planReplay(each(GETS), { ...OPTIONS, needed: true });
  const failed = await prepareReplay(needed, stores, OPTIONS).catch((error) => error);
  assertEquals([failed.code, written], ["already-exists", []]);
  assertMatch(
    failed.message,
    /Cannot prepare "memory:\/\/bench\/part": it has 5899 bytes, where 5900 are read; it is/,
  );
});

Deno.test("one that appears meanwhile is not replaced either, where the store can tell", async () => {
  const memory = new MemoryStore();
  class RacingStore extends ForwardingStore {
    override async head(key: string): Promise<ObjectInfo> {
      try {
        return await super.head(key);
      } finally {
        if (key === "k") await memory.put("k", new Uint8Array(1));
      }
    }
  }
  const stores = () => Promise.resolve({ store: new RacingStore(memory), key: "" });
  const rows = [logRow(0, "GET", "k", { bytes: 9 })];
  const { needed } = await planReplay(each(rows), { ...OPTIONS, needed: true });
  const failed = await prepareReplay(needed, stores, OPTIONS).catch((error) => error);
  assertEquals([failed.code, (await memory.head("k")).size], ["already-exists", 1]);
});
