import { FormatError } from "../errors/format_error.ts";
import type { Column, TableBatch } from "../table/column.ts";
import type { Field, Schema } from "../table/schema.ts";
import { FeatureColumn } from "./feature_column.ts";
import { ExampleWalker, type FeatureMap, type Span } from "./walk_example.ts";
import { FeatureWalker } from "./walk_feature.ts";
import { WireFault, WireReader } from "./wire_reader.ts";

/** Options of {@linkcode ExampleColumns}. */
export interface ExampleColumnsOptions {
  /** The object that the records are of, for messages. */
  readonly uri: string;
  /**
   * The features that records may have besides the columns; one that is in neither is a fault. Without this all others are
   * passed over.
   */
  readonly known?: ReadonlySet<string>;
}

/** Where a record is, for messages. */
export interface ExamplePlace {
  /** Which record it is, counted from 0. */
  readonly record: number;
  /** Where its bytes begin in the object. */
  readonly offset: number;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();
const NONE = -1;

/**
 * Turns records that are tf.Examples, or SequenceExamples, into columns, without an object for any of them. Of features that
 * come twice in a record the last one counts; one that is not there, or holds nothing, is no value.
 */
export class ExampleColumns {
  /** The columns. */
  readonly schema: Schema;
  readonly #options: ExampleColumnsOptions;
  readonly #columns: readonly FeatureColumn[];
  readonly #names: readonly Uint8Array[];
  readonly #places: ReadonlyMap<string, number>;
  /** Where in the record each column's feature lies. */
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  /** Whether it is a list of features. */
  readonly #isList: boolean[] = [];
  readonly #reader = new WireReader();
  readonly #walker = new ExampleWalker(this.#reader);
  readonly #feature = new FeatureWalker(this.#reader);
  /** The column that is likely to come next. */
  #next = 0;
  #rows = 0;
  #bytes = 0;

  /** Begins without rows. A column that no feature can be is a `TypeError`. */
  constructor(schema: Schema, options: ExampleColumnsOptions) {
    this.schema = schema;
    this.#options = options;
    this.#columns = schema.fields.map((field) => new FeatureColumn(field));
    this.#names = schema.fields.map(({ name }) => ENCODER.encode(name));
    this.#places = new Map(schema.fields.map(({ name }, place) => [name, place]));
    this.#starts = new Float64Array(schema.fields.length);
    this.#ends = new Float64Array(schema.fields.length);
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Bytes of the records so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the record that lies in `bytes` from `start` up to before `end`. After an error this is of no use. */
  append(bytes: Uint8Array, start: number, end: number, place: ExamplePlace): void {
    const reader = this.#reader;
    let column: Field | undefined;
    try {
      reader.bytes = bytes;
      reader.at = start;
      this.#starts.fill(NONE);
      this.#walker.walk(end, this.#onEntry);
      for (let index = 0; index < this.#columns.length; index++) {
        const into = this.#columns[index] as FeatureColumn;
        column = into.field;
        reader.at = this.#starts[index] as number;
        if (reader.at === NONE) {
          reader.at = end;
          into.appendMissing(end);
        } else if (this.#isList[index]) into.appendSteps(this.#feature, reader, this.#ends[index] as number);
        else into.append(this.#feature, reader, this.#ends[index] as number);
      }
    } catch (error) {
      if (error instanceof WireFault) throw this.#fault(error, start, place, column);
      throw error;
    }
    this.#rows++;
    this.#bytes += end - start;
  }

  /** The rows. This is empty again afterwards. */
  finish(): TableBatch {
    const rows = this.#rows;
    this.#rows = this.#bytes = 0;
    return { schema: this.schema, rows, columns: this.#columns.map((column): Column => column.finish()) };
  }

  readonly #onEntry = (map: FeatureMap, name: Span, value: Span): void => {
    const index = this.#find(name);
    const isList = map === "lists";
    if (index !== undefined) {
      if (this.#starts[index] !== NONE && this.#isList[index] !== isList) {
        throw new WireFault("a feature and a list of features have one name", name.start);
      }
      this.#starts[index] = value.start;
      this.#ends[index] = value.end;
      this.#isList[index] = isList;
      this.#next = index + 1;
    } else if (this.#options.known && value.end > value.start) {
      const text = decodeName(this.#reader.bytes, name.start, name.end);
      if (this.#options.known.has(text)) return;
      throw new WireFault(`the first records have no feature ${JSON.stringify(text)}`, name.start);
    }
  };

  /** The column of a name. Most records have their features in the order of the one before. */
  #find({ start, end }: Span): number | undefined {
    const { bytes } = this.#reader;
    const next = this.#next < this.#names.length ? this.#next : 0;
    const likely = this.#names[next];
    if (likely && likely.length === end - start) {
      let at = 0;
      while (at < likely.length && likely[at] === bytes[start + at]) at++;
      if (at === likely.length) return next;
    }
    return this.#places.get(decodeName(bytes, start, end));
  }

  #fault({ message, at }: WireFault, start: number, place: ExamplePlace, column?: Field): FormatError {
    const offset = place.offset + at - start;
    const where = column ? `, feature ${JSON.stringify(column.name)}` : "";
    const advice = this.#options.known
      ? "the columns were found by the first records: give a schema"
      : undefined;
    return new FormatError({
      operation: "read tf.Example of",
      uri: this.#options.uri,
      detail: `record ${place.record}${where}: ${message} (at byte ${offset})`,
      record: place.record,
      offset,
      advice,
    });
  }
}

/** A name of a feature; one that is no UTF-8 is a {@linkcode WireFault}. */
export function decodeName(bytes: Uint8Array, start: number, end: number): string {
  try {
    return UTF8.decode(bytes.subarray(start, end));
  } catch {
    throw new WireFault("the name of a feature is no UTF-8", start);
  }
}
