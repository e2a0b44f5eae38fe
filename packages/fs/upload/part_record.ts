import { crc32c } from "@lade/codec/checksum";
import type { ObjectPart } from "@lade/core";
import { partLength } from "@lade/core/backend";
import { segmentFault } from "../names/path_fault.ts";

/** What a record says of a write as a whole. */
export interface RecordHeader {
  /** The name of the file to be, beside the record: of a link the one that it leads to. */
  readonly name: string;
  /** Bytes of the object. */
  readonly size: number;
  /** Bytes of a part. */
  readonly partSize: number;
  /** When the write began, in milliseconds since 1970. */
  readonly begunMs: number;
}

/** What could be read of a record. */
export interface ReadRecord {
  readonly header: RecordHeader;
  /** The parts that are written, by their indices. */
  readonly written: ReadonlySet<number>;
  /** The CRC-32C of those of them that may not be on the disk: what the file has there is to be compared. */
  readonly doubtful: ReadonlyMap<number, number>;
  /** Bytes up to the first line that is torn. */
  readonly intactBytes: number;
}

const FORMAT = 1;
const NEWLINE = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * One line of a record: the number of bytes of some JSON, their CRC-32C as eight hexadecimal digits, and the JSON. A line
 * that a crash tore, or that a disk altered, fits neither.
 */
function lineOf(members: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(members);
  const bytes = encoder.encode(json);
  return `${bytes.length} ${crc32c(bytes).toString(16).padStart(8, "0")} ${json}\n`;
}

/** The first line of a record. */
export function headerLine(header: RecordHeader): string {
  return lineOf({ lade: FORMAT, ...header });
}

/** A part that is written: on the disk, or where it may not be there yet with its CRC-32C. */
export interface RecordedPart extends Pick<ObjectPart, "index" | "length"> {
  readonly crc32c?: number;
}

/** The lines of parts that are written. */
export function partLines(parts: readonly RecordedPart[]): string {
  return parts.map(({ index, length, crc32c }) => lineOf({ part: index, length, crc32c })).join("");
}

/**
 * Reads a record up to the first line that is not as it was written: nothing after that is believed. There is none where
 * already the first line is torn.
 */
export function readRecord(bytes: Uint8Array): ReadRecord | undefined {
  const lines = intactLines(bytes);
  const first = lines.next();
  const header = first.done ? undefined : headerOf(first.value.members);
  if (first.done || !header) return undefined;
  let intactBytes = first.value.end;
  const written = new Set<number>();
  const doubtful = new Map<number, number>();
  for (const { members: { part, length, crc32c }, end } of lines) {
    const due = typeof part === "number" ? partLength(part, header) : undefined;
    if (typeof part !== "number" || due === undefined || length !== due) break;
    if (crc32c !== undefined && !isCount(crc32c)) break;
    written.add(part);
    if (crc32c === undefined) doubtful.delete(part);
    else doubtful.set(part, Number(crc32c));
    intactBytes = end;
  }
  return { header, written, doubtful, intactBytes };
}

function* intactLines(
  bytes: Uint8Array,
): Generator<{ readonly members: Readonly<Record<string, unknown>>; readonly end: number }, void, void> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0) return;
    const members = readLine(bytes.subarray(start, end));
    if (!members) return;
    start = end + 1;
    yield { members, end: start };
  }
}

function readLine(line: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const [, length = "", sum = ""] = /^(\d+) ([0-9a-f]{8}) /.exec(decoder.decode(line.subarray(0, 32))) ?? [];
  const json = line.subarray(length.length + sum.length + 2);
  if (length === "" || json.length !== Number(length) || crc32c(json) !== parseInt(sum, 16)) return undefined;
  return membersOf(decoder.decode(json));
}

/** What was written by somebody else may be anything, under a right checksum too. */
function membersOf(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const members: unknown = JSON.parse(json);
    return isMembers(members) ? members : undefined;
  } catch {
    return undefined;
  }
}

function headerOf(members: Readonly<Record<string, unknown>>): RecordHeader | undefined {
  const { lade, name, size, partSize, begunMs } = members;
  if (lade !== FORMAT || typeof name !== "string" || name.includes("/") || segmentFault(name) !== undefined) {
    return undefined;
  }
  if (!isCount(size) || !isCount(partSize) || partSize === 0 || typeof begunMs !== "number") return undefined;
  return Number.isNaN(new Date(begunMs).getTime()) ? undefined : { name, size, partSize, begunMs };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
