import type { Field } from "../table/schema.ts";
import type { NullSpellings } from "./null_spellings.ts";

/** Which cells become a column. */
export interface CellColumn {
  /** Name and type. */
  readonly field: Field;
  /** Its place in a row of the block. */
  readonly place: number;
  /** Which texts mean no value. */
  readonly nulls: NullSpellings;
}
