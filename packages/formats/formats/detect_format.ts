import type { CallOptions, ObjectStore } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { exists } from "@lade/core/operations";
import { FormatError, UnknownFormatError } from "../errors/format_error.ts";
import type { FormatName } from "../registry/format.ts";
import { ObjectSource } from "../source/object_source.ts";
import { glimpseInside } from "./glimpse_inside.ts";
import type { Compression } from "../source/decompress.ts";
import { formatOfName } from "./format_names.ts";
import { compressionOfBytes, formatOfBytes, type Glimpse, isToldByEnd } from "./format_signs.ts";
import { FORMAT_NAMES } from "./load_format.ts";

/** Options of {@linkcode detectFormat}. */
export interface DetectFormatOptions extends CallOptions {
  /** The format, where it is known: neither the name nor the bytes are then asked for one. */
  readonly format?: FormatName;
}

/** What {@linkcode detectFormat} found out. */
export interface DetectedFormat {
  /** The format. */
  readonly format: FormatName;
  /** How the object as a whole is compressed. */
  readonly compression?: Compression;
  /** The object as it is stored, its first or last bytes read; absent of what is made of several objects, such as Zarr. */
  readonly source?: ObjectSource;
  /** Which bytes these are. */
  readonly at: "start" | "end";
}

/** The objects of which one lies under the prefix of every Zarr array or group. */
const ZARR_OBJECTS = ["zarr.json", ".zarray", ".zgroup"];

/** Formats that text may be, of which no bytes tell which. */
const TEXT = "csv, tsv or jsonl";

/**
 * Finds out the format of an object by its name and by its first or last bytes, or of a prefix whether Zarr lies there. A
 * name that says one format and bytes that say another are a `FormatError` that names both; neither is an
 * `UnknownFormatError`. Arrow's two formats share their suffixes, and the bytes tell which it is.
 */
export async function detectFormat(
  store: ObjectStore,
  key: string,
  options: DetectFormatOptions = {},
): Promise<DetectedFormat> {
  const { format: given, signal } = options;
  const call = { ...(signal && { signal }) };
  const named = formatOfName(key);
  const expected = given ?? named.format;
  if (key === "" || key.endsWith("/") || expected === "zarr") return await zarrAt(store, key, call, given);
  const at: "start" | "end" = expected && isToldByEnd(expected) && !named.compression ? "end" : "start";
  let source: ObjectSource;
  try {
    source = await ObjectSource.open(store, key, { ...call, at });
  } catch (error) {
    if (error instanceof NotFoundError && await hasZarr(store, key, call)) return { format: "zarr", at };
    throw error;
  }
  const { size, uri } = source;
  if (at === "end") {
    const end = await source.read(Math.max(0, size - END), Math.min(size, END), call);
    const told = formatOfBytes({ end, size });
    if (expected && (given || told === expected)) return { format: expected, source, at };
  }
  const start = await source.read(0, Math.min(size, START), call);
  const compression = compressionOfBytes(start);
  if (named.compression && compression !== named.compression) {
    const detail = `its name says ${named.compression}, and its bytes are not`;
    throw new FormatError({ operation: "read", uri, detail });
  }
  const found = { source, at, ...(compression && { compression }) };
  if (given) return { format: given, ...found };
  const glimpse: Glimpse = compression ? { start: await glimpseInside(start, compression) } : { start, size };
  const told = formatOfBytes(glimpse);
  if (!expected) {
    if (told) return { format: told, ...found };
    const detail = size === 0
      ? "it is empty"
      : `neither its name nor its bytes say that it is one of ${FORMAT_NAMES.join(", ")}`;
    const advice = size === 0 ? undefined : `give its format where it is ${TEXT}`;
    throw new UnknownFormatError({ operation: "read", uri, detail, advice });
  }
  if (!told || told === expected) return { format: expected, ...found };
  if (isArrow(told) && isArrow(expected)) return { format: told, ...found };
  const detail = `its name says ${expected}, its bytes say ${told}`;
  throw new FormatError({ operation: "read", uri, detail, advice: "give the format that it has" });
}

/** What is looked at of an object's end, and of its start. */
const END = 22;
const START = 64 * 2 ** 10;

function isArrow(format: FormatName): boolean {
  return format === "arrow" || format === "arrow-stream";
}

async function zarrAt(
  store: ObjectStore,
  key: string,
  call: CallOptions,
  given: FormatName | undefined,
): Promise<DetectedFormat> {
  if (given !== undefined && given !== "zarr") {
    const uri = uriOf(store, key);
    throw new FormatError({
      operation: "read",
      uri,
      detail: `a prefix is no ${given}`,
      advice: "name an object",
    });
  }
  if (await hasZarr(store, key, call)) return { format: "zarr", at: "start" };
  const detail = `no Zarr array or group lies there: none of ${ZARR_OBJECTS.join(", ")} is found`;
  throw new NotFoundError({ operation: "read", uri: uriOf(store, key), detail });
}

/** Whether a Zarr array or group lies under a prefix, whose slash may be left out. */
export async function hasZarr(store: ObjectStore, key: string, call: CallOptions = {}): Promise<boolean> {
  const prefix = key === "" || key.endsWith("/") ? key : `${key}/`;
  const found = await Promise.all(ZARR_OBJECTS.map((name) => exists(store, prefix + name, call)));
  return found.includes(true);
}

function uriOf(store: ObjectStore, key: string): string {
  return store.uri.endsWith("/") ? store.uri + key : `${store.uri}/${key}`;
}
