import type { Field, NumericKind } from "../table/schema.ts";

/** How the values of a column lie in a record batch, where several ways come to one type. */
export type Storage =
  /** A number for each row, as a column has it. */
  | { readonly kind: "plain"; readonly dtype: NumericKind }
  /** A bit for each row. */
  | { readonly kind: "bits" }
  /** Bytes for each row: `field.type` is of fixed size. */
  | { readonly kind: "fixed"; readonly bytes: number }
  /** Whole numbers of fewer bytes than a column has. */
  | { readonly kind: "time32" }
  | { readonly kind: "decimal"; readonly bytes: 4 | 8 }
  /** Days in milliseconds. */
  | { readonly kind: "date64" }
  /** Bytes of any number, by offsets of 32 or 64 bits, or by views of 16 bytes. */
  | { readonly kind: "bytes"; readonly wide: boolean }
  | { readonly kind: "views" }
  /** Items of any number, by offsets. */
  | { readonly kind: "list"; readonly wide: boolean }
  | { readonly kind: "fixed-list"; readonly size: number }
  | { readonly kind: "struct" }
  /** Nothing at all. */
  | { readonly kind: "null" };

/** A column of a schema as Arrow has it. */
export interface ArrowField {
  /** What it is to those who read it. */
  readonly field: Field;
  /** How it lies in a batch; in a dictionary, where it has one. */
  readonly storage: Storage;
  /** The columns below. */
  readonly children: readonly ArrowField[];
  /** Where the batches have indices alone: whose, and how large they are. */
  readonly dictionary?: { readonly id: number; readonly index: NumericKind };
  /** What its writer said of it. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A schema as Arrow has it. */
export interface ArrowSchema {
  /** The columns. */
  readonly fields: readonly ArrowField[];
  /** What the writer said of the table. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How a field is written. What Arrow has no type for is a `TypeError`. */
export function arrowFieldOf(field: Field, metadata: Readonly<Record<string, string>> = {}): ArrowField {
  return {
    field,
    storage: storageOf(field),
    children: childrenOf(field).map((child) => arrowFieldOf(child)),
    metadata,
  };
}

function childrenOf({ type }: Field): readonly Field[] {
  if (type.kind === "list") return [type.item];
  return type.kind === "struct" ? type.fields : [];
}

function storageOf({ name, type }: Field): Storage {
  switch (type.kind) {
    case "bool":
      return { kind: "bits" };
    case "string":
    case "binary":
      return { kind: "bytes", wide: false };
    case "fixed-binary":
      return { kind: "fixed", bytes: type.size };
    case "decimal":
      if (type.precision >= 1 && type.precision <= 38) return { kind: "fixed", bytes: 16 };
      throw new TypeError(
        `Cannot write column "${name}" as Arrow: a decimal has 1 to 38 digits here, not ${type.precision}`,
      );
    case "date":
      return { kind: "plain", dtype: "int32" };
    case "time":
      return type.unit === "s" || type.unit === "ms" ? { kind: "time32" } : { kind: "plain", dtype: "int64" };
    case "timestamp":
    case "duration":
      return { kind: "plain", dtype: "int64" };
    case "list":
      return type.size === undefined
        ? { kind: "list", wide: false }
        : { kind: "fixed-list", size: type.size };
    case "struct":
      return { kind: "struct" };
    default:
      return { kind: "plain", dtype: type.kind };
  }
}
