import { assertEquals } from "@std/assert";
import { parseShardReport, type ShardReport } from "./shard_report.ts";

const report: ShardReport = {
  lade: 1,
  transfer: "a".repeat(16),
  number: 2,
  count: 2,
  operation: "cp",
  sources: ["s3://b/x/"],
  destination: "s3://c/x/",
  run: "r",
  state: "running",
  objects: 1,
  bytes: 2,
  failed: 0,
  skipped: 0,
  begun: "2026-01-01T00:00:00.000Z",
  told: "2026-01-01T00:00:00.000Z",
  pid: 7,
};

Deno.test("a report is read as it was written, and what is none is nothing", () => {
  assertEquals(parseShardReport(JSON.stringify(report)), report);
  const others: Readonly<Record<string, unknown>>[] = [
    { lade: 2 },
    { state: "dreaming" },
    { number: 3 },
    { number: 0 },
    { count: 1.5 },
    { objects: -1 },
    { bytes: "2" },
    { told: "yesterday" },
    { run: 7 },
    { sources: "s3://b/x/" },
    { sources: [7] },
  ];
  for (const other of others) {
    assertEquals(parseShardReport(JSON.stringify({ ...report, ...other })), undefined, JSON.stringify(other));
  }
  for (const text of ["", "null", "[]", "7", "{"]) assertEquals(parseShardReport(text), undefined, text);
});
