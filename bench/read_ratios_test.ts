import { assertEquals } from "@std/assert";
import { printBars } from "./report.ts";
import { readRatios } from "./read_ratios.ts";

Deno.test("readRatios() reads what printBars() prints", () => {
  const measured = (name: string, median: number) => ({
    name,
    median,
    least: median,
    most: median,
    cpuSeconds: median,
  });
  const printed: string[] = [];
  const { log } = console;
  console.log = (line: string) => void printed.push(line);
  try {
    printBars([measured("ours (now)", 3), measured("theirs", 2)], {
      bars: [
        { ours: "ours (now)", baseline: "theirs", atLeast: 1 },
        { ours: "ours (now)", baseline: "theirs", cpuAtMost: 1 },
        { ours: "ours (now)", baseline: "absent", atLeast: 1 },
      ],
    });
  } finally {
    console.log = log;
  }
  assertEquals(readRatios(printed.join("\n")), [
    ["ours (now) x theirs", 1.5],
    ["ours (now) x CPU of theirs", 1.5],
  ]);
});
