import type { Bar, Bound, Measured, Prepared, ShareOfCores } from "./bench.ts";

/** Prints one line per contender. */
export function printRates(measured: readonly Measured[], unit: "bytes" | "calls"): void {
  const scale = unit === "bytes" ? 1e9 : 1;
  const digits = unit === "bytes" ? 2 : 0;
  const width = Math.max(...measured.map(({ name }) => name.length));
  for (const { name, median, least, most, cpuSeconds, serverCpuSeconds, peakBytes } of measured) {
    const figures = [median, least, most].map((rate) => (rate / scale).toFixed(digits).padStart(9));
    const cpu = cpuSeconds === undefined ? "" : `  cpu ${cpuSeconds.toFixed(2).padStart(6)} s`;
    const server = serverCpuSeconds === undefined
      ? ""
      : `  server ${serverCpuSeconds.toFixed(2).padStart(6)} s`;
    const peak = peakBytes === undefined ? "" : `  peak ${mebibytes(peakBytes).padStart(5)} MiB`;
    console.log(
      `${name.padEnd(width)} ${figures[0]} ${unit === "bytes" ? "GB/s" : "/s"}  [${figures[1]} ..${
        figures[2]
      } ]${cpu}${server}${peak}`,
    );
  }
}

/** Prints each ratio, and each figure that has a bound, beside what it has to be. */
export function printBars(
  measured: readonly Measured[],
  { bars, bounds = [] }: Pick<Prepared, "bars" | "bounds">,
): void {
  const find = (name: string) => measured.find((one) => one.name === name);
  for (const bar of bars) printBar(bar, find(bar.ours), find(bar.baseline));
  const shares = new Map(
    bars.flatMap(({ ours, orOfCores }) => orOfCores ? [[ours, orOfCores] as const] : []),
  );
  for (const [name, share] of shares) printLeft(share, find(name));
  for (const bound of bounds) printBound(bound, find(bound.ours));
}

function printBar({ ours, baseline, atLeast, cpuAtMost, orOfCores }: Bar, a?: Measured, b?: Measured): void {
  if (!a || !b) return console.log(`  skipped: ${ours} against ${baseline}, which is not here`);
  if (atLeast !== undefined) {
    const ratio = a.median / b.median;
    const forbidden = orOfCores !== undefined && leftByCores(a, orOfCores) < atLeast * b.median;
    const instead = forbidden ? "; the cores do not leave as much" : "";
    printLine(
      `${ours} = ${ratio.toFixed(2)} x ${baseline} (bar ${atLeast}${instead})`,
      ratio >= atLeast || forbidden,
    );
  }
  if (cpuAtMost !== undefined) {
    const ratio = (a.cpuSeconds ?? NaN) / (b.cpuSeconds ?? NaN);
    printLine(
      `${ours} = ${ratio.toFixed(2)} x CPU of ${baseline} (at most ${cpuAtMost})`,
      ratio <= cpuAtMost,
    );
  }
}

/** The rate at which the CPU time of server and contender fills the cores. */
function leftByCores(
  { cpuSeconds = NaN, serverCpuSeconds = NaN }: Measured,
  { cores, amount }: ShareOfCores,
): number {
  return amount * cores / (cpuSeconds + serverCpuSeconds);
}

/** Shows what the cores leave, and how much of it is reached. */
function printLeft(share: ShareOfCores, a?: Measured): void {
  if (!a) return;
  const { name, cpuSeconds = NaN, serverCpuSeconds = NaN, median } = a;
  const left = leftByCores(a, share);
  const ratio = median / left;
  console.log(
    `    server ${serverCpuSeconds.toFixed(2)} + ${name} ${
      cpuSeconds.toFixed(2)
    } CPU s on ${share.cores} cores take ` +
      `${(share.amount / left).toFixed(2)} s at the least`,
  );
  printLine(
    `${name} = ${ratio.toFixed(2)} x what the cores leave (bar ${share.share})`,
    ratio >= share.share,
  );
}

function printBound({ ours, cpuSecondsAtMost, peakBytesAtMost }: Bound, a?: Measured): void {
  if (!a) return console.log(`  skipped: ${ours}, which is not here`);
  const { cpuSeconds = NaN, peakBytes = NaN } = a;
  if (cpuSecondsAtMost !== undefined) {
    printLine(
      `${ours}: ${cpuSeconds.toFixed(2)} CPU s (at most ${cpuSecondsAtMost})`,
      cpuSeconds <= cpuSecondsAtMost,
    );
  }
  if (peakBytesAtMost !== undefined) {
    const line = `${ours}: peak ${mebibytes(peakBytes)} MiB (at most ${mebibytes(peakBytesAtMost)})`;
    printLine(line, peakBytes <= peakBytesAtMost);
  }
}

function printLine(line: string, holds: boolean): void {
  console.log(`  ${line}${holds ? "" : " MISSED"}`);
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
