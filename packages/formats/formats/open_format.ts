import type { CallOptions, ObjectStore } from "@lade/core";
import type { Format, FormatTarget } from "../registry/format.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { ObjectSource } from "../source/object_source.ts";
import { type Compression, decompress } from "../source/decompress.ts";
import { decompressedSource } from "../source/decompressed_source.ts";
import { type DetectedFormat, detectFormat, type DetectFormatOptions } from "./detect_format.ts";
import { loadFormat } from "./load_format.ts";

/** Options of {@linkcode openFormat}. */
export interface OpenFormatOptions extends DetectFormatOptions {
  /** Bytes that a compressed object may hold, where its format is read by ranges and not in order; 1 GiB by default. */
  readonly maxSize?: number;
}

/** An object whose format is known and loaded. */
export interface OpenedFormat {
  /** What is done with it: `format.describe(target)`. */
  readonly format: Format;
  /** The object. */
  readonly target: FormatTarget;
  /** How the object as a whole is compressed, which its target hides. */
  readonly compression?: Compression;
}

/** Finds out the format of an object as {@linkcode detectFormat} does, and loads it. */
export async function openFormat(
  store: ObjectStore,
  key: string,
  options: OpenFormatOptions = {},
): Promise<OpenedFormat> {
  const detected = await detectFormat(store, key, options);
  const { compression } = detected;
  return {
    format: await loadFormat(detected.format),
    target: targetOf(store, key, detected, options),
    ...(compression && { compression }),
  };
}

/** What was read to find out the format is not read again, and all that is read is of that version. */
function targetOf(
  store: ObjectStore,
  key: string,
  { source, at: read, compression }: DetectedFormat,
  { signal, maxSize }: OpenFormatOptions,
): FormatTarget {
  const call = { ...(signal && { signal }) };
  if (!source) {
    const prefix = key === "" || key.endsWith("/") ? key : `${key}/`;
    return { store, key: prefix, open: (at = "start") => ObjectSource.open(store, key, { ...call, at }) };
  }
  if (!compression) {
    const { etag } = source.info;
    const pinned = { ...call, ...(etag !== undefined && { ifMatch: etag }) };
    const open = async (at: "start" | "end" = "start"): Promise<ByteSource> =>
      at === read ? source : await ObjectSource.open(store, key, { ...pinned, at });
    return { store, key, open };
  }
  const { uri } = source;
  const { budget } = store.context;
  let whole: Promise<ByteSource> | undefined;
  const open = () =>
    whole ??= decompressedSource(source, { ...call, budget, ...(maxSize !== undefined && { maxSize }) });
  const stream = (options: CallOptions = call) =>
    decompress({ stored: source.stream(options), compression, uri }, { ...options, budget });
  return { store, key, open, stream, stored: source };
}
