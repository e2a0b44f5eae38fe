import type { Bar, Measured } from "./bench.ts";

/** Prints one line per contender. */
export function printRates(measured: readonly Measured[], unit: "bytes" | "calls"): void {
  const scale = unit === "bytes" ? 1e9 : 1;
  const digits = unit === "bytes" ? 2 : 0;
  const width = Math.max(...measured.map(({ name }) => name.length));
  for (const { name, median, least, most } of measured) {
    const figures = [median, least, most].map((rate) => (rate / scale).toFixed(digits).padStart(9));
    console.log(
      `${name.padEnd(width)} ${figures[0]} ${unit === "bytes" ? "GB/s" : "/s"}  [${figures[1]} ..${
        figures[2]
      } ]`,
    );
  }
}

/** Prints each ratio beside what it has to be. */
export function printBars(measured: readonly Measured[], bars: readonly Bar[]): void {
  const medianOf = (name: string) => measured.find((one) => one.name === name)?.median;
  for (const { ours, baseline, atLeast } of bars) {
    const a = medianOf(ours);
    const b = medianOf(baseline);
    if (a === undefined || b === undefined) {
      console.log(`  skipped: ${ours} against ${baseline}, which is not here`);
      continue;
    }
    const ratio = a / b;
    console.log(
      `  ${ours} = ${ratio.toFixed(2)} x ${baseline} (bar ${atLeast}) ${ratio >= atLeast ? "" : "MISSED"}`,
    );
  }
}
