import type { CallOptions } from "@lade/core";
import type { Description, Format, TableWriterOptions } from "../registry/format.ts";
import { refuseSchema } from "../registry/refuse_schema.ts";
import { ArrowFileReader } from "./arrow_file.ts";
import { ArrowStreamReader } from "./arrow_stream.ts";
import { type ArrowWriterOptions, createArrowFileWriter, createArrowStreamWriter } from "./arrow_writer.ts";
import { verifyArrowFile, verifyArrowStream } from "./verify_arrow.ts";

/** Batches of which rows are counted: the metadata of each take a range of their own. */
const COUNTED = 256;

/** What commands ask of an Arrow file. */
export const format: Format = {
  name: "arrow",

  async describe(target, options) {
    const source = await target.open("end");
    const reader = await ArrowFileReader.open(source, options);
    const compression = await reader.compression(options);
    return {
      ...tableOf(reader, compression),
      format: "arrow",
      size: source.size,
      chunks: reader.batches,
      ...(reader.batches <= COUNTED && { rows: await reader.countRows(options) }),
      ...(compression && { compression }),
    };
  },
  verify: async (target, options) => await verifyArrowFile(await target.open("end"), options),
  async openTable(target, { schema, signal } = {}) {
    const { budget } = target.store.context;
    const source = await target.open("end");
    refuseSchema(schema, source.uri, "arrow");
    return await ArrowFileReader.open(source, { budget, ...(signal && { signal }) });
  },
  createTable: async (store, key, options) => await createArrowFileWriter(store, key, optionsOf(options)),
};

/** What commands ask of an Arrow stream. */
export const streamFormat: Format = {
  name: "arrow-stream",

  async describe(target, options: CallOptions = {}) {
    const source = await target.open("start");
    return {
      ...tableOf(await ArrowStreamReader.open(source, options)),
      format: "arrow-stream",
      size: source.size,
    };
  },
  verify: async (target, options) => await verifyArrowStream(await target.open("start"), options),
  openTable: async (target, { schema, ...options } = {}) => {
    const source = await target.open("start");
    refuseSchema(schema, source.uri, "arrow-stream");
    return await ArrowStreamReader.open(source, options);
  },
  createTable: async (store, key, options) => await createArrowStreamWriter(store, key, optionsOf(options)),
};

function tableOf(
  { schema }: ArrowFileReader | ArrowStreamReader,
  compression?: string,
): Pick<Description, "schema" | "checksums" | "metadata"> {
  const { metadata } = schema;
  const sum = compression === "zstd" ? "XXH64 of a zstd frame" : "XXH32 of an LZ4 frame";
  return {
    schema,
    checksums: compression ? [`${sum}, where its writer put one`] : [],
    ...(metadata && { metadata }),
  };
}

function optionsOf({ compression, ...options }: TableWriterOptions): ArrowWriterOptions {
  // What is no way to compress is refused by name, where batches are encoded.
  return { ...options, ...(compression !== undefined && { compression: compression as "zstd" | "none" }) };
}
