import type { CallOptions } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { ExampleColumns } from "../example/example_columns.ts";
import { ExampleSchemaFinder, type IntegerForm } from "../example/example_schema_finder.ts";
import { WireFault } from "../example/wire_reader.ts";
import type { TableBatch } from "../table/column.ts";
import { checkRows } from "../table/rebatch.ts";
import type { Schema } from "../table/schema.ts";
import { selectFields } from "../table/select_columns.ts";
import type { ScanOptions, TableReader } from "../table/table_reader.ts";
import { recordsOf } from "./read_records.ts";
import type { RecordIndex } from "./record_index.ts";
import type { RecordInput } from "./record_input.ts";

/** Options of {@linkcode openExampleTable}. */
export interface ExampleTableOptions extends CallOptions {
  /** The columns. Features that it does not have are passed over. Found by the first records where it is absent. */
  readonly schema?: Schema;
  /** What whole numbers become where the columns are found: `int64`, or `float64` in which each has to be exact. */
  readonly integers?: IntegerForm;
  /** Finds the index beside the object, when rows behind the first are asked for. */
  readonly findIndex?: (options: CallOptions) => Promise<RecordIndex | undefined>;
}

/** Records, and bytes, by which columns are found, at most; at least one record is looked at. */
const LOOKED_AT = { records: 1000, bytes: 2 ** 20 };
/** Rows, and bytes of records, of a batch. */
const BATCH = { rows: 8192, bytes: 16 * 2 ** 20 };

/** Records that are tf.Examples or SequenceExamples as a table: a column for each feature. */
export async function openExampleTable(
  input: RecordInput,
  options: ExampleTableOptions = {},
): Promise<TableReader> {
  const { schema, findIndex } = options;
  if (schema) new ExampleColumns(schema, input);
  const found = schema ?? await findExampleSchema(input, options);
  const known = schema ? undefined : new Set(found.fields.map(({ name }) => name));
  return new ExampleTable(input, found, known, findIndex);
}

/** The columns of the first records. Records that are no Examples are a `FormatError`. */
export async function findExampleSchema(
  input: RecordInput,
  { signal, integers }: Pick<ExampleTableOptions, "signal" | "integers"> = {},
): Promise<Schema> {
  const finder = new ExampleSchemaFinder();
  let [records, bytes] = [0, 0];
  const call = { ...(signal && { signal }), isHesitant: true };
  const noExample = (record: number, { message }: WireFault) =>
    new FormatError({
      operation: "read tf.Examples of",
      uri: input.uri,
      detail: `record ${record} is none, or none like those before it: ${message}`,
      record,
    });
  look: for await (const batch of recordsOf(input, call)) {
    for (let index = 0; index < batch.length; index++) {
      const [start = 0, end = 0] = [batch.starts[index], batch.ends[index]];
      try {
        finder.add(batch.bytes, start, end);
      } catch (error) {
        throw error instanceof WireFault ? noExample(records, error) : error;
      }
      records++;
      bytes += end - start;
      if (records === LOOKED_AT.records || bytes >= LOOKED_AT.bytes) break look;
    }
  }
  try {
    return finder.finish(integers);
  } catch (error) {
    throw error instanceof WireFault ? noExample(records - 1, error) : error;
  }
}

class ExampleTable implements TableReader {
  readonly schema: Schema;
  readonly #input: RecordInput;
  readonly #known: ReadonlySet<string> | undefined;
  readonly #findIndex: ExampleTableOptions["findIndex"];

  constructor(
    input: RecordInput,
    schema: Schema,
    known: ReadonlySet<string> | undefined,
    findIndex: ExampleTableOptions["findIndex"],
  ) {
    this.#input = input;
    this.schema = schema;
    this.#known = known;
    this.#findIndex = findIndex;
  }

  async *scan(options: ScanOptions = {}): AsyncGenerator<TableBatch, void, undefined> {
    const { columns: names, rows = {}, batchRows = BATCH.rows, signal } = options;
    const { from = 0, to = Infinity } = rows;
    checkRows(rows);
    if (!Number.isSafeInteger(batchRows) || batchRows < 1) {
      throw new RangeError(`batches of ${batchRows} rows are wanted`);
    }
    const schema = selectFields(this.schema, names);
    const known = this.#known;
    const columns = new ExampleColumns(schema, { uri: this.#input.uri, ...(known && { known }) });
    if (from >= to) return;
    const call = { ...(signal && { signal }) };
    const index = from > 0 && this.#input.source ? await this.#findIndex?.(call) : undefined;
    if (index && from >= index.length) return;
    const start = index ? { offset: index.rangeOf(from).offset, first: from } : {};
    const span = { ...call, ...start, isHesitant: to !== Infinity };
    for await (const batch of recordsOf(this.#input, span)) {
      const last = Math.min(batch.length, to - batch.first);
      for (let place = Math.max(from - batch.first, 0); place < last; place++) {
        const [begin = 0, end = 0] = [batch.starts[place], batch.ends[place]];
        const record = batch.first + place;
        columns.append(batch.bytes, begin, end, { record, offset: batch.offset + begin });
        if (columns.rows >= batchRows || columns.bytes >= BATCH.bytes) yield columns.finish();
      }
      if (batch.first + batch.length >= to) break;
    }
    if (columns.rows > 0) yield columns.finish();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
