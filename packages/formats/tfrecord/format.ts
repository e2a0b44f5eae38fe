import type { CallOptions } from "@lade/core";
import { FormatError, StaleIndexError } from "../errors/format_error.ts";
import type { Format, FormatTarget } from "../registry/format.ts";
import type { Schema } from "../table/schema.ts";
import { createExampleTable } from "./example_table_writer.ts";
import { findExampleSchema, openExampleTable } from "./example_table.ts";
import { readIndex } from "./index_file.ts";
import { inputOfTarget, type RecordInput } from "./record_input.ts";
import { verifyRecords } from "./verify_records.ts";

/** TFRecord. As a table its records are tf.Examples, each feature a column. */
export const format: Format = {
  name: "tfrecord",

  async describe(target, options = {}) {
    const input = await inputOfTarget(target, options);
    const size = input.stored.size;
    const schema = await schemaOf(input, options);
    const { records, ...metadata } = await indexOf(target, input, options);
    return {
      format: "tfrecord",
      size,
      ...(schema && { schema, inferred: true }),
      ...(records !== undefined && { records, ...(schema && { rows: records }) }),
      ...(input.compression && { compression: input.compression }),
      checksums: ["masked CRC-32C of each length", "masked CRC-32C of each record"],
      metadata,
    };
  },

  verify: verifyRecords,

  async openTable(target, options = {}) {
    const input = await inputOfTarget(target, options);
    const findIndex = async (call: CallOptions) =>
      input.source && (await readIndex(target.store, target.key, input.source.size, call))?.index;
    return await openExampleTable(input, { ...options, findIndex });
  },

  createTable: createExampleTable,
};

/** The columns that the first records have; none where they are no Examples. */
async function schemaOf(input: RecordInput, options: CallOptions): Promise<Schema | undefined> {
  try {
    const schema = await findExampleSchema(input, options);
    return schema.fields.length > 0 ? schema : undefined;
  } catch (error) {
    // What is damaged is told by a record's number and offset, what is no Example by its number alone.
    if (error instanceof FormatError && error.offset === undefined && error.record !== undefined) {
      return undefined;
    }
    throw error;
  }
}

/** What the index beside the object says: how many records there are, or what is wrong with it. */
async function indexOf(
  { store, key }: FormatTarget,
  { source }: RecordInput,
  options: CallOptions,
): Promise<{ readonly records?: number; readonly index?: string }> {
  if (!source) return {};
  try {
    const found = await readIndex(store, key, source.size, options);
    return found ? { records: found.index.length, index: found.key.replace(/^.*\//, "") } : {};
  } catch (error) {
    if (!(error instanceof StaleIndexError)) throw error;
    return { index: `stale: ${error.detail}; ${error.advice}` };
  }
}
