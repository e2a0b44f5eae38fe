import { assertEquals } from "@std/assert";
import type { Bar, Measured } from "./bench.ts";
import { readRatios } from "./read_ratios.ts";
import { printBars } from "./report.ts";

/** What printBars() prints. */
function printed(measured: Measured[], bars: Bar[]): string[] {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: string) => void lines.push(line);
  try {
    printBars(measured, { bars });
  } finally {
    console.log = log;
  }
  return lines;
}

Deno.test("readRatios() reads what printBars() prints", () => {
  const measured = (name: string, median: number) => ({
    name,
    median,
    least: median,
    most: median,
    cpuSeconds: median,
  });
  const lines = printed([measured("ours (now)", 3), measured("theirs", 2)], [
    { ours: "ours (now)", baseline: "theirs", atLeast: 1 },
    { ours: "ours (now)", baseline: "theirs", cpuAtMost: 1 },
    { ours: "ours (now)", baseline: "absent", atLeast: 1 },
  ]);
  assertEquals(readRatios(lines.join("\n")), [
    ["ours (now) x theirs", 1.5],
    ["ours (now) x CPU of theirs", 1.5],
  ]);
});

Deno.test("printBars() asks for a share of what the cores leave where that forbids the ratio", () => {
  const rate = (name: string, median: number) => ({
    name,
    median,
    least: median,
    most: median,
    cpuSeconds: 1,
    serverCpuSeconds: 3,
  });
  const bars = (amount: number): Bar[] => [
    { ours: "ours", baseline: "theirs", atLeast: 2, orOfCores: { share: 0.9, cores: 2, amount } },
  ];
  // Of 100, which the cores allow 50 a second of: 60 are forbidden, 46 are enough.
  assertEquals(printed([rate("ours", 46), rate("theirs", 30)], bars(100)), [
    "  ours = 1.53 x theirs (bar 2; the cores do not leave as much)",
    "    server 3.00 + ours 1.00 CPU s on 2 cores take 2.00 s at the least",
    "  ours = 0.92 x what the cores leave (bar 0.9)",
  ]);
  // Of 200, which they allow 100 a second of, 60 are not.
  assertEquals(printed([rate("ours", 46), rate("theirs", 30)], bars(200)), [
    "  ours = 1.53 x theirs (bar 2) MISSED",
    "    server 3.00 + ours 1.00 CPU s on 2 cores take 2.00 s at the least",
    "  ours = 0.46 x what the cores leave (bar 0.9) MISSED",
  ]);
});
