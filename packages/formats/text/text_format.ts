import type { CallOptions, ObjectStore } from "@lade/core";
import { FaultList } from "../registry/fault_list.ts";
import type { Format, FormatName, TableWriterOptions, Verification } from "../registry/format.ts";
import type { Compression } from "../source/decompress.ts";
import type { Schema } from "../table/schema.ts";
import type { TableReader } from "../table/table_reader.ts";
import type { TableWriter } from "../table/table_writer.ts";
import { openText, type TextSource } from "./text_source.ts";

/** Checksums of what compressed an object. */
const CHECKSUMS: Readonly<Record<Compression, string>> = {
  gzip: "CRC-32 of the gzip data",
  zstd: "XXH64 of a zstd frame",
};

/** The same in a description, which does not look at all frames. */
const DESCRIBED: Readonly<Record<Compression, string>> = {
  gzip: CHECKSUMS.gzip,
  zstd: `${CHECKSUMS.zstd}, where its writer put one`,
};

/** A format of text, of which rows are read from the start. */
export interface TextFormat {
  /** Its name. */
  readonly name: FormatName;
  /** Opens a table. */
  open(
    text: TextSource,
    options: CallOptions & { readonly schema?: Schema },
  ): Promise<TableReader & { readonly inferred?: unknown }>;
  /** Opens it so that a scan checks all that the format promises, and no types. */
  openUntyped(text: TextSource, options: CallOptions): Promise<TableReader>;
  /** Starts a table. */
  create(
    store: ObjectStore,
    key: string,
    options: Omit<TableWriterOptions, "compression" | "groupRows">,
  ): Promise<TableWriter>;
}

/** What commands ask of a format of text. */
export function textFormat({ name, open, openUntyped, create }: TextFormat): Format {
  return {
    name,

    async describe(target, options = {}) {
      const text = await openText(target, options);
      const { schema, inferred } = await open(text, options);
      const { size, compression } = text;
      return {
        format: name,
        size,
        schema,
        inferred: inferred !== undefined,
        checksums: compression ? [DESCRIBED[compression]] : [],
        ...(compression && { compression }),
      };
    },

    /** Text has no checksums: its encoding and the form of its rows is all that it can tell. */
    async verify(target, options = {}): Promise<Verification> {
      const { signal, onBytes } = options;
      const call = { ...(signal && { signal }) };
      const text = await openText(target, call);
      const { size, compression } = text;
      const list = new FaultList(options);
      let bytes = 0;
      const counted = counting(text, (count) => {
        bytes += count;
        onBytes?.(count);
      });
      await list.step(async () => {
        const reader = await openUntyped(counted, call);
        for await (const _ of reader.scan({ ...call, columns: [] }));
      });
      const { faults } = list;
      const sums = faults.length > 0 || !compression ? 0 : compression === "gzip" ? 1 : counted.summed;
      const checked = compression && sums > 0 ? { [CHECKSUMS[compression]]: sums } : {};
      return { checked, ...(faults.length === 0 && sums === 0 && { unchecked: size }), bytes, faults };
    },

    async openTable(target, options = {}) {
      return await open(await openText(target, options), options);
    },

    createTable(store, key, { compression, groupRows, ...options }) {
      if (compression !== undefined) {
        throw new TypeError(`${name} is compressed by the name of its object, which ends in .gz or .zst`);
      }
      if (groupRows !== undefined) throw new TypeError(`${name} has no groups of rows`);
      return create(store, key, options);
    },
  };
}

/** Tells of each byte of a text when it is first read, and counts the frames with a checksum of the last stream. */
function counting(
  text: TextSource,
  told: (bytes: number) => void,
): TextSource & { readonly summed: number } {
  let furthest = 0;
  let summed = 0;
  return {
    ...text,
    get summed() {
      return summed;
    },
    async *stream(options) {
      let at = 0;
      summed = 0;
      const onFrame = ({ hasChecksum }: { hasChecksum: boolean }) => {
        if (hasChecksum) summed++;
      };
      for await (const piece of text.stream({ ...options, onFrame })) {
        at += piece.length;
        if (at > furthest) {
          told(at - furthest);
          furthest = at;
        }
        yield piece;
      }
    },
  };
}
