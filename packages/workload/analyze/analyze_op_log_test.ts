import { assertEquals, assertRejects } from "@std/assert";
import type { OpLogRow } from "../rows/op_log_row.ts";
import { type AnalyzeBy, analyzeOpLog } from "./analyze_op_log.ts";

function rowOf(changes: Partial<OpLogRow>): OpLogRow {
  return {
    ...{ thread: "0", op: "GET", clientId: "", objects: 1, bytes: 10, endpoint: "s3://b/", file: "d/k" },
    ...{ startSeconds: 100, startNanos: 0, durationNs: 1000 },
    ...changes,
  };
}

const ROWS: readonly OpLogRow[] = [
  rowOf({ startSeconds: 101, durationNs: 2_000_000_000, firstByteNs: 700 }),
  rowOf({ startNanos: 500_000_000, durationNs: 3000, bytes: 5000, clientId: "c", server: "h1" }),
  rowOf({
    op: "PUT",
    startSeconds: 99,
    error: "throttled: slow down",
    bytes: 0,
    file: "e/f/k",
    thread: "10",
  }),
  rowOf({ op: "PUT", error: "throttled: again", durationNs: 5, bytes: 0, file: "k", thread: "9" }),
  rowOf({ op: "PUT", error: "not-found", bytes: 0 }),
];

Deno.test("analyzeOpLog() sums up by operations: counts, bytes, spans, latencies of what did well, kinds of errors", async () => {
  const analysis = await analyzeOpLog(ROWS);
  assertEquals([analysis.begun, analysis.spanNs, analysis.ops, analysis.errors], [
    { seconds: 99, nanos: 0 },
    4_000_000_000,
    5,
    3,
  ]);
  const groups = analysis.groups.map((
    { op, name, ops, errors, objects, bytes, spanNs, latency, firstByte },
  ) => [op, name, ops, errors, objects, bytes, spanNs, latency.count, latency.max, firstByte.max]);
  assertEquals(groups, [
    ["GET", "", 2, 0, 2, 5010, 2_500_000_000, 2, 2_000_000_000, 700],
    ["PUT", "", 3, 3, 3, 0, 1_000_001_000, 0, undefined, undefined],
  ]);
  assertEquals(Object.fromEntries(analysis.groups[1]?.errorKinds ?? []), { throttled: 2, "not-found": 1 });
});

Deno.test("analyzeOpLog() groups by what it is asked to, in an order for people, and takes what the filter takes", async () => {
  const names = async (by: AnalyzeBy) =>
    (await analyzeOpLog(ROWS, { by })).groups.map(({ op, name, ops }) => `${op} ${name} ${ops}`);
  assertEquals(await names("client"), ["GET  1", "GET c 1", "PUT  3"]);
  assertEquals(await names("thread"), ["GET 0 2", "PUT 0 1", "PUT 9 1", "PUT 10 1"]);
  assertEquals(await names("server"), ["GET h1 1", "GET s3://b/ 1", "PUT s3://b/ 3"]);
  assertEquals(await names("size"), ["GET < 4 KiB 1", "GET < 64 KiB 1", "PUT 0 3"]);
  assertEquals(await names("prefix"), [
    "GET s3://b/d/ 2",
    "PUT s3://b/ 1",
    "PUT s3://b/d/ 1",
    "PUT s3://b/e/f/ 1",
  ]);
  assertEquals(await names("error"), ["GET  2", "PUT not-found 1", "PUT throttled 2"]);
  const sizes = [0, 1, 4095, 4096, 2 ** 20 - 1, 2 ** 20, 2 ** 32].map((bytes) => rowOf({ bytes }));
  const { groups } = await analyzeOpLog(sizes, { by: "size" });
  assertEquals(groups.map(({ name, ops }) => `${name}: ${ops}`), [
    "0: 1",
    "< 4 KiB: 2",
    "< 64 KiB: 1",
    "< 1 MiB: 1",
    "< 16 MiB: 1",
    "4 GiB and more: 1",
  ]);
  assertEquals((await analyzeOpLog(ROWS, { filter: ({ op }) => op === "GET" })).ops, 2);
  assertEquals(await analyzeOpLog([]), { spanNs: 0, ops: 0, errors: 0, groups: [] });
});

Deno.test("analyzeOpLog() bounds its memory", async () => {
  const many = Array.from({ length: 10_001 }, (_, index) => rowOf({ file: `${index}/k` }));
  await assertRejects(() => analyzeOpLog(many, { by: "prefix" }), RangeError, "more than 10000");
  assertEquals((await analyzeOpLog(many)).ops, 10_001);
});
