import type { Machine } from "./machine.ts";
import type { Work } from "./works.ts";

/** Medians of one contender that did one work. */
export interface ScalingRow {
  readonly work: Work;
  /** `lade`, or one of the bare loops. */
  readonly contender: string;
  /** How many lanes; `auto` is what Lade does unless it is told. */
  readonly lanes: number | "auto";
  /** Runs that were measured. */
  readonly runs: number;
  /** Bytes a second: the median, the least and the most. */
  readonly rate: number;
  readonly least: number;
  readonly most: number;
  /** CPU seconds for each GiB: the contender's and the server's. */
  readonly cpuPerGib: number;
  readonly serverCpuPerGib: number;
}

/** What a run of the scaling benchmark came to. */
export interface ScalingResult {
  readonly machine: Machine;
  /** Bytes that each run moved. */
  readonly size: number;
  /** Cores that either side had for itself, as `taskset` names them; they shared all where this is not there. */
  readonly cores?: { readonly server: string; readonly client: string };
  /** How many cores the contenders had. */
  readonly clientCores: number;
  readonly rows: readonly ScalingRow[];
  /** What was left out, and why. */
  readonly skipped: readonly string[];
}

/** The contender whose CPU time Lade is compared with. */
export const BARE = "bare loop";

/** The same with the checksum that Lade takes. */
export const CHECKED = "bare loop, checked";

const GIB = 2 ** 30;

/** The result as a table in Markdown, with the bars below it. */
export function scalingTable(result: ScalingResult): string {
  const { machine, cores, clientCores, rows, size } = result;
  const shared = cores
    ? `server on core ${cores.server}, contender on ${cores.client}`
    : `server and contender share them`;
  return [
    `${machine.cores} cores (${shared}), ${machine.processor}, ${machine.kernel}, Deno ${machine.deno}, ${machine.date}`,
    `${(size / GIB).toFixed(2)} GiB a run; medians; the second run of a process, its start left out`,
    "",
    "| work | contender | lanes | GB/s | least..most | CPU s/GiB | server's | runs |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows.map((row) =>
      `| ${row.work} | ${row.contender} | ${row.lanes} | ${gb(row.rate)} | ${gb(row.least)}..${
        gb(row.most)
      } | ${row.cpuPerGib.toFixed(2)} | ${row.serverCpuPerGib.toFixed(2)} | ${row.runs} |`
    ),
    "",
    ...result.skipped.map((what) => `skipped: ${what}`),
    ...scalingBars(rows, cores ? clientCores : undefined, machine.cores),
    "",
  ].join("\n");
}

/**
 * Each bar in a line, in the form of the other benchmarks', or why it is not asked. The contender has `ownCores` that the
 * server leaves alone, if any.
 */
export function scalingBars(
  rows: readonly ScalingRow[],
  ownCores: number | undefined,
  cores: number,
): string[] {
  const find = (work: Work, contender: string, lanes: ScalingRow["lanes"]) =>
    rows.find((row) => row.work === work && row.contender === contender && row.lanes === lanes);
  const hasCores = ownCores !== undefined && ownCores >= 2;
  const lines: string[] = [];
  for (const work of new Set(rows.map((row) => row.work))) {
    const [one, two] = [find(work, "lade", 1), find(work, "lade", 2)];
    for (const baseline of [BARE, CHECKED]) {
      const bare = find(work, baseline, 1);
      if (!one || !bare) continue;
      const ratio = one.cpuPerGib / bare.cpuPerGib;
      lines.push(
        line(
          `${work}, ${isSent(work) ? "no lane" : "1 lane"} = ${
            ratio.toFixed(2)
          } x CPU of ${baseline} (at most 1.1)`,
          ratio <= 1.1,
        ),
      );
    }
    if (one && two && hasCores && !isSent(work)) {
      const ratio = two.rate / one.rate;
      lines.push(line(`${work}, 2 lanes = ${ratio.toFixed(2)} x 1 lane (bar 1.7)`, ratio >= 1.7));
    }
    const best = Math.max(
      ...rows.filter((row) => row.work === work && row.contender === "lade").map(({ rate }) => rate),
    );
    const least = isSent(work) ? 2.5 : 5;
    if (cores >= 16) lines.push(line(`${work}: ${gb(best)} GB/s (bar ${least})`, best >= least * 1e9));
  }
  if (!hasCores) {
    const why = ownCores === undefined ? "shares the cores with the server" : "has one core";
    lines.push(`  not asked: 2 lanes against 1, as the contender ${why}`);
  }
  if (cores < 16) {
    lines.push(`  not asked: 5 GB/s read and 2.5 GB/s written, as there are ${cores} cores and not 16`);
  }
  return lines;
}

/** Whether lanes would send, which they do only where there may be four or more. */
function isSent(work: Work): boolean {
  return work === "write-file";
}

function line(text: string, holds: boolean): string {
  return `  ${text}${holds ? "" : " MISSED"}`;
}

function gb(rate: number): string {
  return (rate / 1e9).toFixed(2);
}
