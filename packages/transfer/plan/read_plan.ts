import { Crc32c } from "@lade/codec/checksum";
import { ChecksumMismatchError, InvalidNameError, UnsupportedError } from "@lade/core/errors";
import { readChunks } from "@lade/core/operations";
import { needContent } from "../places/need_content.ts";
import type { Place } from "../places/place.ts";
import { PLAN_VERSION, type PlanHeader, type PlanLine, type PlanTrailer } from "./plan_file.ts";

/** A plan file that is whole. */
export interface SavedPlan {
  /** Where it is. */
  readonly place: Place;
  /** Its first line. */
  readonly header: PlanHeader;
  /** Its last line. */
  readonly trailer: PlanTrailer;
  /** Its etag: its entries are read from this file alone. */
  readonly etag: string | undefined;
}

/** A longer line is none of a plan. */
const MOST_IN_LINE = 2 ** 20;

/**
 * Reads a plan file to its end and checks it: its version, the number of its entries, its checksum. Nothing of it is kept
 * but the header, so that a plan may be as long as it likes.
 */
export async function openPlan(place: Place, signal: AbortSignal): Promise<SavedPlan> {
  const operation = "run";
  await needContent(place, { operation, advice: "name a plan that --save-plan wrote", signal });
  const file = await readChunks(place.store, place.key, { signal });
  await using _closed = file;
  const crc = new Crc32c();
  let header: PlanHeader | undefined;
  let trailer: PlanTrailer | undefined;
  let entries = 0;
  for await (const line of linesOf(file, place)) {
    if (trailer) throw damaged(place, "something follows its last line");
    if (!header) header = readHeader(line, place);
    else {
      const value = parse(line, place);
      if (isTrailer(value)) trailer = value.end;
      else if (isEntry(value)) entries++;
      else throw damaged(place, `its line ${entries + 2} is no entry`);
    }
    if (!trailer) crc.update(new TextEncoder().encode(`${line}\n`));
  }
  if (!header) throw noPlan(place, "it is empty");
  if (!trailer) throw damaged(place, "it is cut off: its last line is missing");
  if (trailer.entries !== entries || trailer.crc32c !== crc.toHex()) {
    throw damaged(place, "it is not as it was written: number or checksum of its entries do not fit");
  }
  return { place, header, trailer, etag: file.info.etag };
}

/** The entries of a plan file that was opened. One that was replaced since is an error. */
export async function* readPlan(
  { place, etag }: SavedPlan,
  signal: AbortSignal,
): AsyncGenerator<PlanLine> {
  const pinned = { signal, ...(etag !== undefined && { ifMatch: etag }) };
  await using file = await readChunks(place.store, place.key, pinned);
  let isFirst = true;
  for await (const line of linesOf(file, place)) {
    const value = isFirst ? undefined : parse(line, place);
    isFirst = false;
    if (isEntry(value)) yield value;
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>, place: Place): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const chunk of chunks) {
    try {
      rest += decoder.decode(chunk, { stream: true });
    } catch {
      throw noPlan(place, "it is not text");
    }
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MOST_IN_LINE) throw noPlan(place, "it has lines that no plan has");
    yield* lines;
  }
  if (rest !== "") throw damaged(place, "it is cut off within a line");
}

function readHeader(line: string, place: Place): PlanHeader {
  let header: Partial<Record<keyof PlanHeader, unknown>> | null = null;
  try {
    header = JSON.parse(line);
  } catch {
    // It is no plan.
  }
  if (typeof header !== "object" || header?.lade !== "plan") {
    throw noPlan(place, "its first line is not that of one");
  }
  if (header.version !== PLAN_VERSION) {
    const detail = `it is a plan of version ${header.version}, this program reads version ${PLAN_VERSION}`;
    throw new UnsupportedError({ operation: "run", uri: place.uri, detail, advice: "plan it again" });
  }
  return header as PlanHeader;
}

function parse(line: string, place: Place): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw damaged(place, "a line of it is damaged");
  }
}

function isTrailer(value: unknown): value is { readonly end: PlanTrailer } {
  return typeof value === "object" && value !== null && "end" in value;
}

function isEntry(value: unknown): value is PlanLine {
  if (typeof value !== "object" || value === null) return false;
  const { from, to, source, replaces, marker, remove, name, listed } = value as Readonly<
    Record<string, unknown>
  >;
  if (typeof remove === "string") {
    return typeof name === "string" && typeof listed === "object" && listed !== null;
  }
  if (typeof marker === "string") return to === undefined || typeof to === "string";
  return typeof from === "string" && typeof to === "string" && typeof source === "object" &&
    source !== null &&
    typeof replaces === "object";
}

function noPlan({ uri }: Place, detail: string): InvalidNameError {
  const advice = "name a plan that --save-plan wrote";
  return new InvalidNameError({ operation: "run", uri, detail: `it is no plan: ${detail}`, advice });
}

function damaged({ uri }: Place, detail: string): ChecksumMismatchError {
  return new ChecksumMismatchError({ operation: "run", uri, detail, advice: "plan it again" });
}
