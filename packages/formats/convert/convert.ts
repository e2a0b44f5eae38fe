import { formatOfName } from "../formats/format_names.ts";
import { FORMAT_NAMES, loadFormat } from "../formats/load_format.ts";
import { type OpenedFormat, openFormat } from "../formats/open_format.ts";
import type { FormatName } from "../registry/format.ts";
import { type Converted, type ConvertOptions, type ConvertPlace, refused } from "./conversion.ts";

/** Formats that are text, compressed by what their name ends in. */
const TEXT: readonly FormatName[] = ["csv", "tsv", "jsonl"];

/** Formats that do not say what their columns are. */
const UNTYPED: readonly FormatName[] = [...TEXT, "tfrecord"];

/** Formats whose rows lie in groups. */
const GROUPED: readonly FormatName[] = ["parquet", "arrow", "arrow-stream"];

/**
 * Converts an object to another format: a table to a table, npz to safetensors, the files below a prefix to tar or TFRecord,
 * and these to files below a prefix, where no format is given for it. Each object is visible only when it is whole, and one
 * of its name is then replaced. A pair of formats that there is no way between is an `UnsupportedError`.
 */
export async function convert(
  from: ConvertPlace,
  to: ConvertPlace,
  options: ConvertOptions = {},
): Promise<Converted> {
  const { signal } = options;
  if (isPrefix(to.key) && !to.format) {
    const { convertToFiles } = await import("./convert_files.ts");
    return await convertToFiles(from, to, options);
  }
  const name = outputFormat(to);
  if (isPrefix(from.key)) {
    const { convertFiles } = await import("./convert_files.ts");
    return await convertFiles(from, to, name, options);
  }
  if (options.maxBytes !== undefined) throw refused(to, "only files are written to several objects");
  if (options.index !== undefined) {
    throw refused(to, "only what is made of files has an index written with it");
  }
  const opened = await openFormat(from.store, from.key, {
    ...(signal && { signal }),
    ...(from.format && { format: from.format }),
  });
  if (opened.format.name === "npz" && name === "safetensors") return await convertNpz(opened, to, options);
  return await convertTable(opened, to, name, options);
}

async function convertNpz(
  { target }: OpenedFormat,
  to: ConvertPlace,
  options: ConvertOptions,
): Promise<Converted> {
  const { compression, groupRows, columns, schema, signal, writer, onBytes } = options;
  if (compression ?? groupRows ?? schema) {
    throw refused(to, "safetensors has no compression, and no rows or schema");
  }
  if (formatOfName(to.key).compression) throw refused(to, "safetensors is not compressed as a whole");
  const [{ NpzFile }, { npzToSafetensors }] = await Promise.all([
    import("../npz/npz_file.ts"),
    import("./npz_to_safetensors.ts"),
  ]);
  const call = { ...(signal && { signal }) };
  const npz = await NpzFile.open(await target.open("end"), call);
  const { metadata: objectMetadata, ...rest } = writer ?? {};
  const { tensors } = await npzToSafetensors(npz, to.store, to.key, {
    ...rest,
    ...call,
    ...(objectMetadata && { objectMetadata }),
    ...(columns && { names: columns }),
    onArray: (_name, bytes) => onBytes?.(bytes),
  });
  return { from: "npz", to: "safetensors", counts: { arrays: tensors.length } };
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

/** Whether a key is a prefix, below which files lie. */
function isPrefix(key: string): boolean {
  return key === "" || key.endsWith("/");
}

/** The format that a name asks for. */
function outputFormat(to: ConvertPlace): FormatName {
  const name = to.format ?? formatOfName(to.key).format;
  if (name) return name;
  throw refused(
    to,
    `its name says none of ${FORMAT_NAMES.join(", ")}`,
    "give its format, or for files a slash at its end",
  );
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
