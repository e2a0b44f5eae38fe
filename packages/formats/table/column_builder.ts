import type { NumericArray } from "../array/dtype.ts";
import type { Column } from "./column.ts";
import { writeInt128 } from "./decimal.ts";
import { GrowingBytes } from "./growing_bytes.ts";
import { GrowingValues } from "./growing_values.ts";
import type { Field } from "./schema.ts";
import { formatType } from "./schema_text.ts";
import { storedValue } from "./stored_value.ts";
import { ValidityBuilder } from "./validity.ts";
import { type ValueLayout, valueLayoutOf } from "./value_layout.ts";

/** Gathers the rows of one column. After an error of `append` it is of no use. */
export abstract class ColumnBuilder {
  /** Name and type. */
  readonly field: Field;
  readonly #validity = new ValidityBuilder();

  /** An empty one. */
  constructor(field: Field) {
    this.field = field;
  }

  /** Rows so far. */
  get length(): number {
    return this.#validity.length;
  }

  /**
   * Adds a row with a value as {@linkcode valueAt} gives it; `null` and `undefined` are none. Besides that: whole numbers as
   * number or bigint, a `Date` for a date or timestamp, their count as bigint, any array of numbers for a list. A value that
   * the type cannot hold exactly (floats are rounded) is a `TypeError`.
   */
  append(value: unknown): void {
    if (value === null || value === undefined) return this.appendNull();
    this.fill(value);
    this.#validity.addValues(1);
  }

  /** Adds a row without a value; a `TypeError` where the column may have none. */
  appendNull(): void {
    if (!this.field.nullable) {
      throw new TypeError(`column "${this.field.name}" of ${formatType(this.field.type)} may not be null`);
    }
    this.fillBlank();
    this.#validity.addNulls(1);
  }

  /** Adds a row whose value is arbitrary, below a row that has none. */
  appendBlank(): void {
    this.fillBlank();
    this.#validity.addValues(1);
  }

  /** Says that so many rows with values were put into the builder below. */
  protected count(rows: number): void {
    this.#validity.addValues(rows);
  }

  /** The column. The builder is empty again afterwards. */
  finish(): Column {
    const { field, length } = this;
    const validity = this.#validity.finish();
    return { field, length, ...(validity && { validity }), ...this.take() };
  }

  /** Adds a value of the type. */
  protected abstract fill(value: unknown): void;
  /** Adds what stands where there is no value. */
  protected abstract fillBlank(): void;
  /** What was gathered. */
  protected abstract take(): Pick<Column, "values" | "offsets" | "children">;

  /** Refuses a value. */
  protected refuse(value: unknown): never {
    const told = typeof value === "string"
      ? JSON.stringify(value.slice(0, 100))
      : String(value).slice(0, 100);
    throw new TypeError(`column "${this.field.name}" of ${formatType(this.field.type)} cannot hold ${told}`);
  }
}

/** Gathers numbers, booleans, dates, times, decimals and fixed binary values. */
export class ValuesBuilder extends ColumnBuilder {
  readonly #layout: ValueLayout;
  readonly #values: GrowingValues;

  /** An empty one, of a type with that layout. */
  constructor(field: Field, layout: ValueLayout) {
    super(field);
    this.#layout = layout;
    this.#values = new GrowingValues(layout.Values);
  }

  /** Adds a row's number as the column has it, unchecked. */
  appendStored(value: number | bigint): void {
    this.#values.push(value);
    this.count(1);
  }

  /** Adds rows with values, as the column has them: an array of the kind that the type has. */
  appendValues(values: NumericArray): void {
    const { Values, width } = this.#layout;
    if (!(values instanceof Values) || values.length % width !== 0) {
      this.refuse(`a ${values.constructor.name}`);
    }
    this.#values.pushAll(values);
    this.count(values.length / width);
  }

  /** Adds a value of the type. */
  protected override fill(value: unknown): void {
    const { type } = this.field;
    if (type.kind === "fixed-binary") {
      if (!(value instanceof Uint8Array) || value.length !== type.size) this.refuse(value);
      return this.#values.pushAll(value);
    }
    const stored = storedValue(type, value) ?? this.refuse(value);
    if (type.kind !== "decimal") return this.#values.push(stored);
    const { values, at } = this.#values.add(16);
    writeInt128(values as Uint8Array, at, BigInt(stored));
  }

  /** Adds what stands where there is no value. */
  protected override fillBlank(): void {
    this.#values.add(this.#layout.width);
  }

  /** What was gathered. */
  protected override take(): Pick<Column, "values"> {
    return { values: this.#values.finish() };
  }
}

/** Gathers text and bytes. */
export class BytesBuilder extends ColumnBuilder {
  readonly #bytes = new GrowingBytes();

  /** Adds a row with these bytes, copied; of text they have to be UTF-8, which is not looked at. */
  appendBytes(bytes: Uint8Array): void {
    this.#bytes.add(bytes);
    this.count(1);
  }

  /** Adds a value of the type. */
  protected override fill(value: unknown): void {
    if (this.field.type.kind === "string" && typeof value === "string" && value.isWellFormed()) {
      this.#bytes.addText(value);
    } else if (this.field.type.kind === "binary" && value instanceof Uint8Array) this.#bytes.add(value);
    else this.refuse(value);
  }

  /** Adds what stands where there is no value. */
  protected override fillBlank(): void {
    this.#bytes.add(new Uint8Array(0));
  }

  /** What was gathered. */
  protected override take(): Pick<Column, "values" | "offsets"> {
    return this.#bytes.finish();
  }
}

/** Gathers lists. */
export class ListBuilder extends ColumnBuilder {
  /** Gathers the items of all lists. */
  readonly items: ColumnBuilder;
  readonly #size: number | undefined;
  readonly #offsets = new GrowingValues(Int32Array);

  /** An empty one, of a list's type. */
  constructor(field: Field, item: Field, size: number | undefined) {
    super(field);
    this.items = columnBuilder(item);
    this.#size = size;
    this.#offsets.push(0);
  }

  /** Ends a row whose items were put into {@linkcode ListBuilder.items}. */
  close(): void {
    this.#end();
    this.count(1);
  }

  /** Adds a value of the type. */
  protected override fill(value: unknown): void {
    if (!isArray(value)) this.refuse(value);
    const { length } = value;
    if (this.#size !== undefined && length !== this.#size) this.refuse(`${length} items`);
    for (let place = 0; place < length; place++) this.items.append(value[place]);
    this.#end();
  }

  /** Adds what stands where there is no value. */
  protected override fillBlank(): void {
    for (let item = 0; item < (this.#size ?? 0); item++) this.items.appendBlank();
    this.#end();
  }

  /** What was gathered. */
  protected override take(): Pick<Column, "offsets" | "children"> {
    const offsets = this.#offsets.finish() as Int32Array;
    this.#offsets.push(0);
    return { ...(this.#size === undefined && { offsets }), children: [this.items.finish()] };
  }

  #end(): void {
    if (this.#size === undefined) this.#offsets.push(this.items.length);
  }
}

/** Gathers structs. */
export class StructBuilder extends ColumnBuilder {
  /** Gather the fields. */
  readonly children: readonly ColumnBuilder[];

  /** An empty one, of a struct's type. */
  constructor(field: Field, fields: readonly Field[]) {
    super(field);
    this.children = fields.map(columnBuilder);
  }

  /** Ends a row whose fields were put into {@linkcode StructBuilder.children}. */
  close(): void {
    this.count(1);
  }

  /** Adds a value of the type. */
  protected override fill(value: unknown): void {
    if (typeof value !== "object" || value === null || isArray(value)) this.refuse(value);
    const known = new Set(this.children.map(({ field }) => field.name));
    for (const name of Object.keys(value)) {
      if (!known.has(name)) throw new TypeError(`column "${this.field.name}" has no field "${name}"`);
    }
    for (const child of this.children) {
      const { name } = child.field;
      child.append(Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : null);
    }
  }

  /** Adds what stands where there is no value. */
  protected override fillBlank(): void {
    for (const child of this.children) child.appendBlank();
  }

  /** What was gathered. */
  protected override take(): Pick<Column, "children"> {
    return { children: this.children.map((child) => child.finish()) };
  }
}

/** Starts a column. */
export function columnBuilder(field: Field): ColumnBuilder {
  const { type } = field;
  if (type.kind === "list") return new ListBuilder(field, type.item, type.size);
  if (type.kind === "struct") return new StructBuilder(field, type.fields);
  const layout = valueLayoutOf(type);
  return layout ? new ValuesBuilder(field, layout) : new BytesBuilder(field);
}

function isArray(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
