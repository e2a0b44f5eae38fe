import type { CallOptions } from "@lade/core";
import type { TableBatch } from "../table/column.ts";
import type { Schema } from "../table/schema.ts";
import type { ScanOptions, TableReader } from "../table/table_reader.ts";
import type { TextSource } from "../text/text_source.ts";
import { JsonGuess } from "./infer_json.ts";
import { JsonFault } from "./json_cursor.ts";
import { JsonLines } from "./json_lines.ts";
import { JsonRows } from "./json_rows.ts";
import type { OpenJsonlOptions } from "./jsonl_options.ts";
import { scanText } from "../text/scan_text.ts";

const PREFIX = 256 * 2 ** 10;
const LONGEST = 64 * 2 ** 20;

/** A table of JSON lines that is open: {@linkcode openJsonl} opens one. */
export class JsonlReader implements TableReader {
  /** All its columns. */
  readonly schema: Schema;
  /** The rows from which the schema was inferred; absent where it was given. */
  readonly inferred?: { readonly rows: number };
  /**
   * The text.
   *
   * @internal
   */
  readonly source: TextSource;
  readonly #options: OpenJsonlOptions;

  private constructor(
    source: TextSource,
    options: OpenJsonlOptions,
    { schema, inferred }: Pick<JsonlReader, "schema" | "inferred">,
  ) {
    this.source = source;
    this.#options = options;
    this.schema = schema;
    if (inferred) this.inferred = inferred;
  }

  /** Reads the first lines of a text, unless a schema is given. */
  static async open(source: TextSource, options: OpenJsonlOptions = {}): Promise<JsonlReader> {
    const { schema } = options;
    if (schema) return new JsonlReader(source, options, { schema });
    const lines = linesOf(source, options, options, options.prefix ?? PREFIX);
    try {
      return new JsonlReader(source, options, await infer(lines));
    } finally {
      await lines.close();
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
    let rows = this.#rowsOf(schema);
    const lines = linesOf(this.source, this.#options, signal ? { signal } : this.#options);
    let row = 0;
    try {
      while (row < to && await lines.fill()) {
        let begun = lines.place;
        for (; row < to && lines.next(); row++) {
          if (row < from) {
            begun = lines.place;
            continue;
          }
          try {
            rows.add(lines);
          } catch (error) {
            if (!(error instanceof JsonFault)) throw error;
            const fault = lines.fault(error, this.schema.fields[rows.place]?.name, this.#advice());
            if (!onFault) throw fault;
            // What a row added before its fault cannot be taken back: those before it are read again.
            const behind = lines.place;
            const before = rows.builder.rows;
            rows = this.#rowsOf(schema);
            for (lines.place = begun; rows.builder.rows < before && lines.next();) rows.add(lines);
            lines.place = begun = behind;
            yield rows.builder.finish();
            onFault(fault, row);
          }
        }
        if (rows.builder.rows > 0) yield rows.builder.finish();
      }
    } finally {
      await lines.close();
    }
  }

  #rowsOf(schema: Schema): JsonRows {
    return new JsonRows(this.schema, schema, this.inferred !== undefined || this.#options.strict === true);
  }

  #advice(): string | undefined {
    if (!this.inferred) {
      return this.#options.strict ? "where there are other columns, give a schema that has them" : undefined;
    }
    return `the columns were inferred from the first ${this.inferred.rows} rows: where they are others, give the schema`;
  }
}

function linesOf(
  source: TextSource,
  { longestRow = LONGEST }: OpenJsonlOptions,
  { signal }: CallOptions,
  block?: number,
): JsonLines {
  const { uri, compression } = source;
  const pieces = source.stream({ ...(signal && { signal }), ...(block !== undefined && { prefix: block }) });
  return new JsonLines(pieces, { uri, longestRow, ...(compression && { compression }) }, block);
}

async function infer(lines: JsonLines): Promise<Required<Pick<JsonlReader, "schema" | "inferred">>> {
  const guess = new JsonGuess();
  let rows = 0;
  if (await lines.fill()) {
    for (; lines.next(); rows++) {
      try {
        if (lines.cursor.peek() !== 123) throw lines.cursor.unexpected("an object");
        guess.addMembers(lines.cursor);
        lines.end();
      } catch (error) {
        throw error instanceof JsonFault ? lines.fault(error, undefined) : error;
      }
    }
  }
  return { schema: { fields: guess.fields() }, inferred: { rows } };
}
