import { StoreError } from "@lade/core/errors";
import type { Format, Verification } from "../registry/format.ts";
import type { Compression } from "../source/decompress.ts";
import { checkTextOptions } from "../text/check_text_options.ts";
import { openText } from "../text/text_source.ts";
import { CsvReader } from "./csv_reader.ts";
import { createCsv, createTsv } from "./csv_writer.ts";

/** Checksums of what compressed an object. */
const CHECKSUMS: Readonly<Record<Compression, readonly string[]>> = {
  gzip: ["CRC-32 of each gzip member"],
  zstd: ["XXH64 of each zstd frame that has one"],
};

/** What commands ask of tables of cells. */
export function csvFormat(name: "csv" | "tsv"): Format {
  return {
    name,

    async describe(target, options) {
      const text = await openText(target, options);
      const { schema, inferred } = await CsvReader.open(text, name, options);
      const { size, compression } = text;
      return {
        format: name,
        size,
        schema,
        inferred: inferred !== undefined,
        checksums: compression ? CHECKSUMS[compression] : [],
        ...(compression && { compression }),
      };
    },

    /** The format has no checksums: that it is UTF-8, and each row has as many cells, is all that it can tell. */
    async verify(target, options = {}): Promise<Verification> {
      const text = await openText(target, options);
      const { size, compression } = text;
      let bytes = 0;
      const counted = {
        ...text,
        async *stream(call: typeof options) {
          for await (const piece of text.stream(call)) {
            bytes += piece.length;
            options.onBytes?.(piece.length);
            yield piece;
          }
        },
      };
      const faults: Error[] = [];
      try {
        const found = await CsvReader.open(text, name, options);
        const fields = found.schema.fields.map((field) => ({ ...field, type: { kind: "string" as const } }));
        const reader = await CsvReader.open(counted, name, { ...options, schema: { fields } });
        bytes = 0;
        for await (const _ of reader.scan({ columns: [], ...options }));
      } catch (error) {
        if (
          !(error instanceof StoreError) ||
          (error.code !== "invalid-format" && error.code !== "checksum-mismatch")
        ) {
          throw error;
        }
        faults.push(error);
        options.onFault?.(error);
      }
      const checked = compression === "gzip" && faults.length === 0 ? { "CRC-32 of the gzip data": 1 } : {};
      return { checked, ...(!compression && { unchecked: size }), bytes, faults };
    },

    async openTable(target, options) {
      return await CsvReader.open(await openText(target, options), name, options);
    },

    createTable(store, key, options) {
      const rest = checkTextOptions(name, options);
      return name === "csv" ? createCsv(store, key, rest) : createTsv(store, key, rest);
    },
  };
}
