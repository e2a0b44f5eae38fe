import type { CallOptions } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import type { TableBatch } from "../table/column.ts";
import type { Field, Schema } from "../table/schema.ts";
import { formatType } from "../table/schema_text.ts";
import { columnPlaces } from "../table/select_columns.ts";
import type { ScanOptions, TableReader } from "../table/table_reader.ts";
import type { TextSource } from "../text/text_source.ts";
import { blockBatches } from "./block_batches.ts";
import type { CellBlock, CellFault } from "./cell_block.ts";
import { type CsvConfig, type OpenCsvOptions, resolveDialect } from "./csv_options.ts";
import { checkCellTypes } from "./csv_types.ts";
import { CsvRows, isQuoted, textsOf } from "./csv_rows.ts";
import { TypeGuess } from "./infer_type.ts";
import { NullSpellings } from "./null_spellings.ts";
import { scanText } from "../text/scan_text.ts";

/** What a schema was inferred from. */
export interface Inferred {
  /** Rows from the start. */
  readonly rows: number;
}

const PREFIX = 256 * 2 ** 10;
const LONGEST = 64 * 2 ** 20;

/** A table of cells that is open: {@linkcode openCsv} opens one. */
export class CsvReader implements TableReader {
  /** All its columns. */
  readonly schema: Schema;
  /** What the schema was inferred from; absent where it was given. */
  readonly inferred?: Inferred;
  /**
   * The text.
   *
   * @internal
   */
  readonly source: TextSource;
  readonly #config: CsvConfig;
  readonly #options: OpenCsvOptions;
  readonly #nulls: NullSpellings;
  /** The names of all columns of the text, and where those of the schema are. */
  readonly #names: readonly string[];
  readonly #places: readonly number[];

  private constructor(source: TextSource, config: CsvConfig, options: OpenCsvOptions, found: Found) {
    this.source = source;
    this.#config = config;
    this.#options = options;
    this.#nulls = new NullSpellings(options.nulls ?? [""]);
    this.schema = found.schema;
    this.#names = found.names;
    this.#places = found.places;
    if (found.inferred) this.inferred = found.inferred;
  }

  /** Reads the first rows of a text. */
  static async open(
    source: TextSource,
    format: "csv" | "tsv",
    options: OpenCsvOptions = {},
  ): Promise<CsvReader> {
    if (options.schema) checkCellTypes(options.schema, format);
    const config = resolveDialect(format, options);
    const rows = rowsOf(source, config, options, options, options.prefix ?? PREFIX);
    try {
      return new CsvReader(source, config, options, await find(rows, source, config, options));
    } finally {
      await rows.close();
    }
  }

  /** Yields the rows in order; those of a block of the text together, where `batchRows` does not say how many. */
  scan(options: ScanOptions = {}): AsyncGenerator<TableBatch, void, undefined> {
    return scanText(this.schema, options, (schema) => this.#batches(schema, options));
  }

  /** Does nothing: a table of text holds nothing open between two scans. */
  async [Symbol.asyncDispose](): Promise<void> {}

  async *#batches(
    schema: Schema,
    { signal, rows: { from = 0, to = Infinity } = {} }: ScanOptions,
  ): AsyncGenerator<TableBatch, void, undefined> {
    const { onFault } = this.#options;
    const columns = columnPlaces(this.schema, schema.fields.map(({ name }) => name))
      .map((place, index) => ({
        field: schema.fields[index] as Field,
        place: this.#places[place] as number,
        nulls: this.#nulls,
      }));
    const rows = rowsOf(this.source, this.#config, this.#options, signal ? { signal } : this.#options);
    try {
      rows.names = this.#names;
      await rows.first(this.#config.header);
      let at = 0;
      for (let block; at < to && (block = await rows.next()); at += block.rows) {
        const found = block;
        const first = Math.max(from - at, 0);
        const last = Math.min(to - at, found.rows);
        if (first >= last) continue;
        const base = at;
        const errorOf = (fault: CellFault, field: Field) => rows.fault(fault, this.#advice(field));
        yield* blockBatches(found, first, last, {
          schema,
          columns,
          errorOf,
          ...(onFault &&
            { onFault: (fault, row, field) => onFault(errorOf(fault, field), base + row) }),
        });
      }
    } finally {
      await rows.close();
    }
  }

  #advice({ type, nullable }: Field): string | undefined {
    if (!this.inferred) {
      return nullable ? "name what means no value in nulls, or give another schema" : undefined;
    }
    return `${
      formatType(type)
    } was inferred from the first ${this.inferred.rows} rows: give the schema, or a larger prefix`;
  }
}

/** What the first rows say. */
interface Found {
  readonly schema: Schema;
  readonly names: readonly string[];
  readonly places: readonly number[];
  readonly inferred?: Inferred;
}

function rowsOf(
  source: TextSource,
  config: CsvConfig,
  { longestRow = LONGEST }: OpenCsvOptions,
  { signal }: CallOptions,
  block?: number,
): CsvRows {
  const pieces = source.stream({ ...(signal && { signal }), ...(block !== undefined && { prefix: block }) });
  const text = { uri: source.uri, packed: source.compression !== undefined, longestRow };
  return new CsvRows(pieces, config, text, block);
}

async function find(
  rows: CsvRows,
  source: TextSource,
  config: CsvConfig,
  { schema, strict = false, nulls = [""] }: OpenCsvOptions,
): Promise<Found> {
  const first = await rows.first(config.header);
  if (!first) {
    const names = schema?.fields.map(({ name }) => name);
    if (!config.header && schema && names) return { schema, names, places: [...names.keys()] };
    throw faultOf(
      source,
      config,
      config.header ? "it has no first row, which names the columns" : "it is empty",
    );
  }
  const names = config.header
    ? first
    : first.map((_, place) => schema?.fields[place]?.name ?? `column${place + 1}`);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) {
    throw faultOf(source, config, `line 1: two columns are called ${JSON.stringify(twice)}`);
  }
  if (!schema) {
    return { ...await infer(rows, names, new NullSpellings(nulls)), names, places: [...names.keys()] };
  }
  if (!config.header && schema.fields.length > names.length) {
    const detail =
      `line 1: ${names.length} cells are there, and the schema has ${schema.fields.length} columns`;
    throw faultOf(source, config, detail);
  }
  const places = schema.fields.map(({ name }, place) => config.header ? names.indexOf(name) : place);
  const missing = schema.fields[places.indexOf(-1)];
  if (!missing) {
    const other = strict && config.header && names.find((_, place) => !places.includes(place));
    if (typeof other !== "string") return { schema, names, places };
    const detail = `line 1: ${JSON.stringify(other)} is no column that was there before`;
    const advice = "where there are other columns, give a schema that has them";
    throw faultOf(source, config, detail).restated({ advice });
  }
  const there = names.slice(0, 50).join(", ");
  throw faultOf(
    source,
    config,
    `line 1: no column is called ${JSON.stringify(missing.name)}; there are: ${there}`,
  );
}

/** The types of the columns, by the rows of the first block. */
async function infer(
  rows: CsvRows,
  names: readonly string[],
  nulls: NullSpellings,
): Promise<Pick<Found, "schema" | "inferred">> {
  rows.names = names;
  const block = await rows.next();
  const guesses = names.map(() => new TypeGuess());
  if (block) {
    // Where all is in quotes, they say nothing.
    const quoted = isAllQuoted(block, nulls);
    for (let row = 0; row < block.rows; row++) {
      textsOf(block, row).forEach((text, place) => {
        const cell = row * block.columns + place;
        const inQuotes = isQuoted(block, row, place);
        if (nulls.has(block.bytes, block.starts[cell] ?? 0, block.ends[cell] ?? 0) && (!inQuotes || quoted)) {
          return;
        }
        if (inQuotes && !quoted) guesses[place]?.addText();
        else guesses[place]?.add(text);
      });
    }
  }
  const fields = names.map((name, place) => {
    const type = guesses[place]?.type() ?? { kind: "string" as const };
    return { name, type, nullable: true };
  });
  return { schema: { fields }, inferred: { rows: block?.rows ?? 0 } };
}

function isAllQuoted(
  { bytes, starts, ends, kinds, rows, columns }: CellBlock,
  nulls: NullSpellings,
): boolean {
  for (let cell = 0; cell < rows * columns; cell++) {
    if (kinds[cell] === 0 && !nulls.has(bytes, starts[cell] ?? 0, ends[cell] ?? 0)) return false;
  }
  return true;
}

function faultOf({ uri }: TextSource, { format }: CsvConfig, detail: string): FormatError {
  return new FormatError({ operation: `read ${format}`, uri, detail });
}
