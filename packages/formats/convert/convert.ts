import { type CallOptions, type ObjectStore, objectUri, type WriterOptions } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { formatOfName } from "../formats/format_names.ts";
import { FORMAT_NAMES, loadFormat } from "../formats/load_format.ts";
import { type OpenedFormat, openFormat } from "../formats/open_format.ts";
import type { FormatName } from "../registry/format.ts";
import type { Schema } from "../table/schema.ts";

/** An object that is read or written. */
export interface ConvertPlace {
  /** The store. */
  readonly store: ObjectStore;
  /** The key; of a tree of files the prefix. */
  readonly key: string;
  /** The format; told by its name, and of what is read by its bytes too, by default. */
  readonly format?: FormatName;
}

/** Options of {@linkcode convert}. */
export interface ConvertOptions extends CallOptions {
  /** What the columns of the source are, where its format does not say it. */
  readonly schema?: Schema;
  /** The columns wanted of a table, by name, in this order; all by default. */
  readonly columns?: readonly string[];
  /** How what is written is compressed, in its format's words. */
  readonly compression?: string;
  /** Rows of a row group or record batch, at most. */
  readonly groupRows?: number;
  /** Conditions and attributes of what is written. */
  readonly writer?: WriterOptions;
  /** Is told what the columns of a table are, and whether they were guessed from its first rows. */
  readonly onSchema?: (schema: Schema, isGuessed: boolean) => void;
  /** Is told of bytes as they are converted. */
  readonly onBytes?: (bytes: number) => void;
}

/** What {@linkcode convert} did. */
export interface Converted {
  /** The format that was read. */
  readonly from: FormatName;
  /** The format that was written. */
  readonly to: FormatName;
  /** What was converted, and how much of it: `{ rows: 1000 }`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Formats that are text, compressed by what their name ends in. */
const TEXT: readonly FormatName[] = ["csv", "tsv", "jsonl"];

/** Formats that do not say what their columns are. */
const UNTYPED: readonly FormatName[] = [...TEXT, "tfrecord"];

/** Formats whose rows lie in groups. */
const GROUPED: readonly FormatName[] = ["parquet", "arrow", "arrow-stream"];

/**
 * Converts an object to another format: a table to a table. What is written is visible only when it is whole, and an object
 * of its name is then replaced. A pair of formats that there is no way between is an `UnsupportedError`.
 */
export async function convert(
  from: ConvertPlace,
  to: ConvertPlace,
  options: ConvertOptions = {},
): Promise<Converted> {
  const { signal } = options;
  const name = outputFormat(to);
  const opened = await openFormat(from.store, from.key, {
    ...(signal && { signal }),
    ...(from.format && { format: from.format }),
  });
  return await convertTable(opened, to, name, options);
}

async function convertTable(
  opened: OpenedFormat,
  to: ConvertPlace,
  name: FormatName,
  options: ConvertOptions,
): Promise<Converted> {
  const format = await loadFormat(name);
  const { store, key } = to;
  const from = opened.format.name;
  if (!opened.format.openTable || !format.createTable) {
    throw refused(to, `there is no way from ${from} to ${name}`);
  }
  const { tableToTable } = await import("./table_to_table.ts");
  const { onBytes, onSchema, ...rest } = options;
  const isGuessed = UNTYPED.includes(from) && !options.schema;
  const compression = compressionOf(to, name, options);
  const { rows } = await tableToTable(opened, { format, store, key }, {
    ...rest,
    ...(compression !== undefined && { compression }),
    ...(onSchema && { onSchema: (schema) => onSchema(schema, isGuessed) }),
    onRows: (_rows, bytes) => onBytes?.(bytes),
  });
  return { from, to: name, counts: { rows } };
}

/** The format that a name asks for. */
function outputFormat(to: ConvertPlace): FormatName {
  const name = to.format ?? formatOfName(to.key).format;
  if (name) return name;
  throw refused(to, `its name says none of ${FORMAT_NAMES.join(", ")}`, "give its format");
}

/** How a table is compressed: as it is asked for, or as its name says. */
function compressionOf(
  to: ConvertPlace,
  name: FormatName,
  { compression, groupRows }: ConvertOptions,
): string | undefined {
  const named = formatOfName(to.key).compression;
  if (groupRows !== undefined && !GROUPED.includes(name)) {
    throw refused(to, `${name} has no groups of rows`);
  }
  if (TEXT.includes(name)) {
    if (compression === undefined) return undefined;
    throw refused(to, `${name} is compressed by its name`, "let it end in .gz or .zst");
  }
  if (named === undefined) return compression;
  if (name === "tfrecord" && named === "gzip" && (compression ?? "gzip") === "gzip") return "gzip";
  const detail = `${name} is not compressed by ${named} as a whole`;
  throw refused(to, detail, "leave out that end of its name, and give its compression");
}

function refused({ store, key }: ConvertPlace, detail: string, advice?: string): UnsupportedError {
  return new UnsupportedError({ operation: "convert to", uri: objectUri(store.uri, key), detail, advice });
}
