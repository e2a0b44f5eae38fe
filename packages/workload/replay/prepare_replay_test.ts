import { MemoryStore } from "@lade/core";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DataSource } from "../data/data_source.ts";
import { each, logRow } from "../testing/log_row.ts";
import { MARKER } from "./claim_targets.ts";
import { planReplay } from "./plan_replay.ts";
import { prepareReplay } from "./prepare_replay.ts";
import { replay } from "./replay.ts";
import type { ReplayOptions } from "./replay_options.ts";

const ROWS = [
  logRow(0, "GET", "read", { bytes: 100 }),
  logRow(1, "GET", "parts", { offset: 5000, length: 1000, bytes: 900 }),
  logRow(2, "GET", "parts", { offset: 10, length: 20, bytes: 20 }),
  logRow(3, "STAT", "looked at"),
  logRow(4, "PUT", "written", { bytes: 50 }),
  logRow(5, "GET", "written", { bytes: 50 }),
  logRow(6, "GET", "missing", { error: "not-found: no such object" }),
  logRow(7, "COPY", "source", { toFile: "copy" }),
  logRow(8, "GET", "copy", { bytes: 70 }),
  logRow(9, "PUT", "read", { bytes: 900 }),
  logRow(10, "GET", "read", { bytes: 900 }),
  logRow(11, "LIST", ""),
];
const MAP = [{ from: "s3://log/", to: ["memory://bench/"] }];

Deno.test("what reads need, and the log does not write before them, is found with its size", async () => {
  const { needed, ...plan } = await planReplay(each(ROWS), { map: MAP, needed: true });
  assertEquals(needed.map(({ rest, size }) => `${rest} ${size}`), [
    "read 100",
    "parts 5900",
    "looked at 0",
    "source 70",
  ]);
  assertEquals(plan, {
    count: 12,
    writing: 3,
    isRefused: true,
    recordedMs: 12,
    routes: [{
      from: "s3://log/",
      to: "memory://bench/",
      ops: { GET: 7, STAT: 1, PUT: 2, COPY: 1, LIST: 1 },
    }],
    passedOver: [],
  });
  const readOnly = await planReplay(each(ROWS), { readOnly: true });
  assertEquals([readOnly.isRefused, readOnly.writing, readOnly.count], [false, 0, 9]);
  assertEquals(readOnly.routes.map(({ from, to }) => [from, to]), [["s3://log/", "s3://log/"]]);
});

Deno.test("an object that is copied is as large as the reads of its copies need", async () => {
  const rows = [
    logRow(0, "STAT", "a"),
    logRow(1, "COPY", "a", { toFile: "b" }),
    logRow(2, "GET", "b", { offset: 100, bytes: 50 }),
    logRow(3, "RENAME", "b", { toFile: "c" }),
    logRow(4, "GET", "c", { bytes: 200 }),
    logRow(5, "PUT", "a", { bytes: 999 }),
    logRow(6, "COPY", "a", { toFile: "d" }),
    logRow(7, "GET", "d", { bytes: 999 }),
    logRow(8, "PUT", "c", { bytes: 888 }),
    logRow(9, "GET", "c", { bytes: 888 }),
  ];
  const { needed } = await planReplay(each(rows), { map: MAP, needed: true });
  assertEquals(needed.map(({ rest, size }) => `${rest} ${size}`), ["a 200"]);
});

Deno.test("what is needed is written with content that can be checked, and what is there stays", async () => {
  const store = new MemoryStore();
  const stores = () => Promise.resolve({ store, key: "b/" });
  await store.put(`b/${MARKER}`, new Uint8Array(1));
  await store.put("b/read", new Uint8Array(101));
  const options: ReplayOptions = { map: MAP, writes: true, seed: 9, speed: "asap" };
  const { needed } = await planReplay(each(ROWS), { ...options, needed: true });
  assertEquals(await prepareReplay(needed, stores, options), { written: 3, bytes: 5970, kept: 1 });
  const parts = new Uint8Array(await new Response((await store.get("b/parts")).body).arrayBuffer());
  assertEquals([parts.length, new DataSource({ seed: 9 }).verify("b/parts", 0, parts)], [5900, undefined]);
  assert(parts.some((byte) => byte !== 0));
  assertEquals(await prepareReplay(needed, stores, options), { written: 0, bytes: 0, kept: 4 });
  const result = await replay(each(ROWS), stores, options);
  assertEquals(result.ops.map(({ outcomes }) => outcomes.newErrors), [0, 0, 0, 0, 0]);
  await assertRejects(() => prepareReplay(needed, stores, { map: MAP }), RangeError, "writes");
});

Deno.test("targets that take turns each get what is needed, so that no turn misses", async () => {
  const found = new Map(["memory://a/", "memory://b/"].map((uri) => [uri, new MemoryStore()]));
  const stores = (uri: string) => Promise.resolve({ store: found.get(uri) as MemoryStore, key: "" });
  const options: ReplayOptions = {
    map: [{ from: "s3://log/", to: [...found.keys()] }],
    balance: "round-robin",
    writes: true,
    speed: "asap",
  };
  const rows = [0, 1, 2, 3].map((at) => logRow(at, "GET", "k", { bytes: 5000 }));
  const { needed } = await planReplay(each(rows), { ...options, needed: true });
  assertEquals(await prepareReplay(needed, stores, options), { written: 2, bytes: 10_000, kept: 0 });
  const [get] = (await replay(each(rows), stores, options)).ops;
  assertEquals([get?.replayed.bytes, get?.outcomes.same], [20_000, 4]);
});
