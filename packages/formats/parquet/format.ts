import type { Description, Format } from "../registry/format.ts";
import { refuseSchema } from "../registry/refuse_schema.ts";
import type { ByteSource } from "../source/byte_source.ts";
import type { CallOptions } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { ByteReader } from "../binary/byte_reader.ts";
import { type Footer, readFooter } from "./footer.ts";
import { readPageHeader } from "./page_header.ts";
import { ParquetReader } from "./parquet_reader.ts";
import { createParquetWriter } from "./parquet_writer.ts";
import { leavesOf } from "./schema_tree.ts";
import { verifyParquet } from "./verify_parquet.ts";

/** Parquet. */
export const format: Format = {
  name: "parquet",
  async describe({ open }, options) {
    return await describe(await open("end"), options);
  },
  async verify({ open, store }, options) {
    return await verifyParquet(await open("end"), { ...options, budget: store.context.budget });
  },
  async openTable({ open, store }, { signal, schema } = {}) {
    const options = { budget: store.context.budget, ...(signal && { signal }) };
    const source = await open("end");
    refuseSchema(schema, source.uri, "parquet");
    return await ParquetReader.open(source, options);
  },
  async createTable(store, key, options) {
    return await createParquetWriter(store, key, options);
  },
};

async function describe(source: ByteSource, options: CallOptions = {}): Promise<Description> {
  const footer = await readFooter(source, options);
  const { columns, rows, groups, metadata, createdBy, version } = footer;
  const compression = compressionOf(footer);
  return {
    format: "parquet",
    version: String(version),
    size: source.size,
    schema: { fields: columns.map(({ field }) => field) },
    rows,
    chunks: groups.length,
    ...(compression !== undefined && { compression }),
    checksums: await hasPageCrc(source, footer, options) ? ["CRC-32 of each page"] : [],
    metadata: { ...metadata, ...(createdBy !== undefined && { created_by: createdBy }) },
  };
}

/** What most columns are compressed by, and those that are compressed otherwise: `zstd; image uncompressed`. */
function compressionOf({ columns, groups }: Footer): string | undefined {
  const leaves = columns.flatMap(leavesOf);
  const told = leaves.map((_, place) =>
    [...new Set(groups.map(({ chunks }) => nameOf(chunks[place]?.codec)))].join(" and ")
  );
  const counts = new Map<string, number>();
  for (const name of told) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  if (most === undefined || groups.length === 0) return undefined;
  const others = leaves.flatMap(({ path }, place) => told[place] === most ? [] : [`${path} ${told[place]}`]);
  return [most, ...others].join("; ");
}

function nameOf(codec = "UNCOMPRESSED"): string {
  return codec.toLowerCase().replace("_", "-");
}

/** Bytes that the header of a page takes at most, where its statistics are not of very long texts. */
const HEADER = 64 * 2 ** 10;

/** Whether the first page has a CRC: writers give one to each, or to none. */
async function hasPageCrc(source: ByteSource, { groups }: Footer, options: CallOptions): Promise<boolean> {
  const { uri } = source;
  const chunk = groups.flatMap(({ chunks }) => chunks).find(({ length, unsupported }) =>
    length > 0 && !unsupported
  );
  if (!chunk) return false;
  const bytes = await source.read(chunk.offset, Math.min(chunk.length, HEADER), options);
  const reader = new ByteReader(bytes, { operation: "read parquet", uri, offset: chunk.offset });
  try {
    return readPageHeader(reader, Infinity).crc !== undefined;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
