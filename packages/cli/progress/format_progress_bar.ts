import { formatTimeLeft } from "../output/format_duration.ts";
import { formatSize, printable } from "@lade/core/text";
import type { ProgressSnapshot } from "./transfer_progress.ts";

const LONGEST_BAR = 30;
const SHORTEST_BAR = 8;
const SHORTEST_NAME = 12;

/**
 * Writes progress as one line of at most `columns` characters: share, bar, bytes, rate, time left, objects and the
 * object in progress. What does not fit is left out, the least important first.
 */
export function formatProgressBar(snapshot: ProgressSnapshot, columns: number): string {
  const { bytes, totalBytes, objects, totalObjects, bytesPerSecond, remainingMs, current } = snapshot;
  const { leastBytes, leastObjects, limit } = snapshot;
  const share = totalBytes === undefined ? undefined : totalBytes === 0 ? 1 : bytes / totalBytes;
  const total = totalBytes !== undefined
    ? ` of ${formatSize(totalBytes)}`
    : leastBytes !== undefined
    ? ` of at least ${formatSize(leastBytes)}`
    : "";
  const parts = [
    formatSize(bytes).padStart(totalBytes === undefined ? 0 : formatSize(totalBytes).length) + total,
    `${formatSize(bytesPerSecond)}/s`.padStart(10),
    ...(remainingMs === undefined ? [] : [formatTimeLeft(remainingMs)]),
    ...(totalObjects === undefined
      ? leastObjects !== undefined && leastObjects > 1
        ? [`${objects} of at least ${leastObjects}`]
        : objects > 0
        ? [`${objects} done`]
        : []
      : totalObjects > 1
      ? [`${objects}/${totalObjects}`]
      : []),
    ...(limit && limit.by !== "none" ? [`limited by ${limit.name}`] : []),
  ];
  let line = share === undefined ? "" : `${Math.floor(share * 100)}%`.padStart(4);
  const barSpace = columns - line.length - parts.join("  ").length - " [] ".length;
  if (share !== undefined && barSpace >= SHORTEST_BAR) {
    line += ` [${drawBar(share, Math.min(barSpace, LONGEST_BAR))}]`;
  }
  for (const part of parts) {
    const next = line === "" ? part : `${line}${part === parts[0] ? " " : "  "}${part}`;
    if (next.length > columns) return line;
    line = next;
  }
  const nameSpace = columns - line.length - 2;
  return current === undefined || nameSpace < SHORTEST_NAME
    ? line
    : `${line}  ${cutName(current, nameSpace)}`;
}

function drawBar(share: number, length: number): string {
  const filled = Math.floor(share * length);
  return filled >= length ? "=".repeat(length) : ("=".repeat(filled) + ">").padEnd(length);
}

/** Keeps the end of a name, which says more than its start. */
function cutName(name: string, columns: number): string {
  const characters = [...printable(name)];
  let width = 0;
  let start = characters.length;
  while (start > 0) {
    const next = width + widthOf(characters[start - 1] ?? "");
    if (next > columns || (start > 1 && next > columns - 1)) break;
    width = next;
    start--;
  }
  return (start > 0 ? "…" : "") + characters.slice(start).join("");
}

/** Characters beyond Latin may take two columns; counting all of them so never makes a line too long. */
function widthOf(character: string): number {
  return character.charCodeAt(0) < 0x300 ? 1 : 2;
}
