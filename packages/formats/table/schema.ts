/** Kinds of a column's values that lie in memory as numbers of their own. */
export type NumericKind =
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float16"
  | "float32"
  | "float64";

/** All of these kinds. */
export const NUMERIC_KINDS: readonly NumericKind[] = [
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float16",
  "float32",
  "float64",
];

/** The unit of times. */
export type TimeUnit = "s" | "ms" | "us" | "ns";

/** What the values of a column are. */
export type ColumnType =
  | { readonly kind: NumericKind | "bool" | "string" | "binary" | "date" }
  /** Bytes, as many for each value. */
  | { readonly kind: "fixed-binary"; readonly size: number }
  /** A moment, counted from 1970; with a zone of UTC or another where it is one for all, without where it is a wall clock's. */
  | { readonly kind: "timestamp"; readonly unit: TimeUnit; readonly zone?: string }
  /** A time of day, or a length of time. */
  | { readonly kind: "time" | "duration"; readonly unit: TimeUnit }
  /** A whole number of up to `precision` digits, divided by 10 to the power of `scale`. */
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  /** Several values; `size` of them where it is given. */
  | { readonly kind: "list"; readonly item: Field; readonly size?: number }
  | { readonly kind: "struct"; readonly fields: readonly Field[] };

/** A column's name and type. */
export interface Field {
  /** Its name, which no other field beside it has. */
  readonly name: string;
  /** What its values are. */
  readonly type: ColumnType;
  /** Whether a row may have none. */
  readonly nullable: boolean;
}

/** The columns of a table. */
export interface Schema {
  /** In order. */
  readonly fields: readonly Field[];
  /** What the file says of the table besides. */
  readonly metadata?: Readonly<Record<string, string>>;
}
