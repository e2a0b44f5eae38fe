import type { Group } from "./data_set.ts";
import type { Rate } from "./rate.ts";

/** The rates of one group. */
export interface Row {
  readonly group: Group;
  putFile?: Rate;
  putDirect?: Rate;
  getFile?: Rate;
  getDirect?: Rate;
  dd?: Rate;
  ddDirect?: Rate;
}

const HEADINGS = [
  "objects",
  "put file://",
  "put direct://",
  "get file://",
  "dd",
  "get direct://",
  "dd iflag=direct",
];

/** Prints one line per group. */
export function printTable(rows: readonly Row[]): void {
  const lines = rows.map((row) => [
    `${row.group.files.length} x ${binary(row.group.size)}`,
    ...[row.putFile, row.putDirect, row.getFile, row.dd, row.getDirect, row.ddDirect].map(gigabytes),
  ]);
  const widths = HEADINGS.map((heading, i) =>
    Math.max(heading.length, ...lines.map((line) => line[i]?.length ?? 0))
  );
  console.log(
    `\nGB/s (10^9 bytes). file:// and dd go through the page cache; dd by its own clock, without its start.\n`,
  );
  for (const line of [HEADINGS, widths.map((width) => "-".repeat(width)), ...lines]) {
    console.log(line.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("  "));
  }
}

function gigabytes(rate: Rate | undefined): string {
  return typeof rate === "number" ? (rate / 1e9).toFixed(rate < 1e8 ? 3 : 2) : rate ?? "";
}

function binary(size: number): string {
  return size >= 2 ** 20 ? `${size / 2 ** 20} MiB` : `${size / 2 ** 10} KiB`;
}
