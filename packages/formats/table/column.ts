import type { NumericArray } from "../array/dtype.ts";
import type { Field, Schema } from "./schema.ts";

/**
 * The values of one column, laid out as in Arrow, but for `bool`, which has a byte for each row.
 *
 * | type | `values` | `offsets` | `children` |
 * | --- | --- | --- | --- |
 * | numbers, bool (`Uint8Array` of 0 and 1) | one for each row | | |
 * | date (days, `Int32Array`), time, timestamp, duration (`BigInt64Array`) | one for each row | | |
 * | decimal | `Uint8Array`, 16 bytes for each row, little-endian, two's complement | | |
 * | fixed-binary | `Uint8Array`, `size` bytes for each row | | |
 * | string (UTF-8), binary | `Uint8Array`, all of them one after the other | rows + 1 | |
 * | list | | rows + 1; none where it has a `size` | its items |
 * | struct | | | its fields, a value in each for every row |
 *
 * What a row without a value has in `values` is arbitrary. Offsets begin at 0, and where they end, so do values and items.
 */
export interface Column {
  /** Name and type. */
  readonly field: Field;
  /** Rows. */
  readonly length: number;
  /** Bit `i % 8` of byte `i >> 3` is set where row i has a value; absent where all have one. */
  readonly validity?: Uint8Array;
  /** The values. */
  readonly values?: NumericArray;
  /** Where each row's bytes or items begin, and where the last one's end. */
  readonly offsets?: Int32Array;
  /** The columns below: a list's items, or a struct's fields. */
  readonly children?: readonly Column[];
}

/** Rows of a table, by columns of one length. */
export interface TableBatch {
  /** The columns' names and types; those that were asked for. */
  readonly schema: Schema;
  /** Rows. */
  readonly rows: number;
  /** In the order of the schema. */
  readonly columns: readonly Column[];
}
