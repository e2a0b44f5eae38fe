import { assertEquals, assertStringIncludes } from "@std/assert";
import { readRatios } from "../read_ratios.ts";
import { BARE, scalingBars, type ScalingRow, scalingTable } from "./scaling_report.ts";
import type { Work } from "./works.ts";

function row(
  work: Work,
  contender: string,
  lanes: ScalingRow["lanes"],
  rate: number,
  cpuPerGib: number,
): ScalingRow {
  return { work, contender, lanes, runs: 3, rate, least: rate, most: rate, cpuPerGib, serverCpuPerGib: 0.1 };
}

const ROWS = [
  row("read-file", BARE, 1, 2e9, 0.5),
  row("read-file", "lade", 1, 2e9, 0.54),
  row("read-file", "lade", 2, 3e9, 0.56),
  row("read-file", "lade", "auto", 6e9, 0.6),
  row("write-file", BARE, 1, 2e9, 0.5),
  row("write-file", "lade", 1, 1e9, 0.56),
  row("write-file", "lade", 2, 2e9, 0.5),
];

Deno.test("scalingBars() asks for what the cores allow, and says what it does not ask for", () => {
  assertEquals(scalingBars(ROWS, 12, 16), [
    "  read-file, 1 lane = 1.08 x CPU of bare loop (at most 1.1)",
    "  read-file, 2 lanes = 1.50 x 1 lane (bar 1.7) MISSED",
    "  read-file: 6.00 GB/s (bar 5)",
    "  write-file, no lane = 1.12 x CPU of bare loop (at most 1.1) MISSED",
    "  write-file: 2.00 GB/s (bar 2.5) MISSED",
  ]);
  assertEquals(scalingBars(ROWS.slice(0, 4), 1, 2), [
    "  read-file, 1 lane = 1.08 x CPU of bare loop (at most 1.1)",
    "  not asked: 2 lanes against 1, as the contender has one core",
    "  not asked: 5 GB/s read and 2.5 GB/s written, as there are 2 cores and not 16",
  ]);
  assertEquals(scalingBars(ROWS.slice(0, 4), undefined, 2), [
    "  read-file, 1 lane = 1.08 x CPU of bare loop (at most 1.1)",
    "  not asked: 2 lanes against 1, as the contender shares the cores with the server",
    "  not asked: 5 GB/s read and 2.5 GB/s written, as there are 2 cores and not 16",
  ]);
});

Deno.test("scalingTable() tells the machine, each row and what was skipped", () => {
  const table = scalingTable({
    machine: { cores: 2, processor: "a chip", kernel: "linux 6", deno: "2.9", date: "2026-01-02T03:04:05Z" },
    size: 2 ** 30,
    cores: { server: "0", client: "1" },
    clientCores: 1,
    rows: ROWS,
    skipped: ["4 lanes on 1 core"],
  });
  assertStringIncludes(table, "2 cores (server on core 0, contender on 1), a chip, linux 6, Deno 2.9");
  assertStringIncludes(table, "| read-file | lade | 2 | 3.00 | 3.00..3.00 | 0.56 | 0.10 | 3 |");
  assertStringIncludes(table, "skipped: 4 lanes on 1 core");
  assertEquals(readRatios(table)[0], ["read-file, 1 lane x CPU of bare loop", 1.08]);
});
