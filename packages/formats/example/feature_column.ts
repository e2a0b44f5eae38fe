import type { Column } from "../table/column.ts";
import { GrowingValues } from "../table/growing_values.ts";
import type { Field } from "../table/schema.ts";
import { formatType } from "../table/schema_text.ts";
import { ValidityBuilder } from "../table/validity.ts";
import { type FeatureValues, featureValues } from "./feature_values.ts";
import type { FeatureWalker } from "./walk_feature.ts";
import { WireFault, type WireReader } from "./wire_reader.ts";

/** Gathers the rows of a column from features, or from lists of features, one for each step. */
export class FeatureColumn {
  /** Name and type. */
  readonly field: Field;
  readonly #values: FeatureValues;
  readonly #validity = new ValidityBuilder();
  /** The lists around the values, from the outside in. */
  readonly #lists: readonly ListLevel[];

  /** Begins without rows. A type that no feature can be is a `TypeError`. */
  constructor(field: Field) {
    this.field = field;
    const lists: ListLevel[] = [];
    let { type } = field;
    while (type.kind === "list" && lists.length < 2) {
      lists.push(new ListLevel(type.item, type.size));
      type = type.item.type;
    }
    const values = featureValues(type);
    if (!values) {
      throw new TypeError(
        `column "${field.name}" of ${
          formatType(field.type)
        } can be no feature: those are whole numbers, floats, bool, binary and string, and lists of these`,
      );
    }
    this.#values = values;
    this.#lists = lists;
  }

  /** Adds a row: the feature that ends at `end` and begins where the reader stands. */
  append(walker: FeatureWalker, reader: WireReader, end: number): void {
    const [outer, inner] = this.#lists;
    const start = reader.at;
    if (inner) throw new WireFault("it is one feature, and a list of features is expected", start);
    const count = walker.walk(end, this.#values);
    if (walker.kind === undefined) return this.appendMissing(start);
    if (outer) outer.close(count, start);
    else if (count === 0) return this.appendMissing(start);
    else checkOne(count, start);
    this.#validity.addValues(1);
  }

  /** Adds a row: the list of features, one for each step, that ends at `end` and begins where the reader stands. */
  appendSteps(walker: FeatureWalker, reader: WireReader, end: number): void {
    const [outer, inner] = this.#lists;
    const start = reader.at;
    if (!outer) throw new WireFault("it is a list of features, and one is expected", start);
    let steps = 0;
    walker.steps(end, (stepEnd) => {
      const stepStart = reader.at;
      const count = walker.walk(stepEnd, this.#values);
      if (inner) inner.close(count, stepStart);
      else checkOne(count, stepStart);
      steps++;
    });
    outer.close(steps, start);
    this.#validity.addValues(1);
  }

  /** Adds a row without a value. */
  appendMissing(at: number): void {
    if (!this.field.nullable) {
      throw new WireFault("the record has no such feature, and it may not be absent", at);
    }
    const [outer, inner] = this.#lists;
    const blanks = this.#lists.reduce((product, { size = 0 }) => product * size, 1);
    for (let blank = 0; blank < blanks; blank++) this.#values.addBlank();
    for (let step = 0; inner && step < (outer?.size ?? 0); step++) inner.close(inner.size ?? 0, at);
    outer?.close(outer.size ?? 0, at);
    this.#validity.addNulls(1);
  }

  /** The rows. It is empty again afterwards. */
  finish(): Column {
    const { length } = this.#validity;
    const validity = this.#validity.finish();
    const [outer, inner] = this.#lists;
    const values = this.#values.finish();
    const own = { field: this.field, length, ...(validity && { validity }) };
    if (!outer) return { ...own, ...values };
    const outerRows = outer.finish();
    if (!inner) {
      return {
        ...own,
        ...outerRows.column,
        children: [{ field: outer.item, length: outerRows.items, ...values }],
      };
    }
    const innerRows = inner.finish();
    const items = { field: inner.item, length: innerRows.items, ...values };
    const step = { field: outer.item, length: outerRows.items, ...innerRows.column, children: [items] };
    return { ...own, ...outerRows.column, children: [step] };
  }
}

/** Where the lists of one level end. */
class ListLevel {
  readonly item: Field;
  readonly size: number | undefined;
  readonly #offsets = new GrowingValues(Int32Array);
  #items = 0;

  constructor(item: Field, size: number | undefined) {
    this.item = item;
    this.size = size;
    this.#offsets.push(0);
  }

  /** Ends a list of `count` items. */
  close(count: number, at: number): void {
    if (this.size !== undefined && count !== this.size) {
      throw new WireFault(`it has ${count} values, and ${this.size} are expected`, at);
    }
    this.#items += count;
    if (this.#items > 2 ** 31 - 1) throw new WireFault("a batch has more than 2^31 values of it", at);
    if (this.size === undefined) this.#offsets.push(this.#items);
  }

  /** The offsets, and how many items there are. */
  finish(): { readonly column: Pick<Column, "offsets">; readonly items: number } {
    const items = this.#items;
    const offsets = this.#offsets.finish() as Int32Array;
    this.#items = 0;
    this.#offsets.push(0);
    return { column: this.size === undefined ? { offsets } : {}, items };
  }
}

function checkOne(count: number, at: number): void {
  if (count !== 1) throw new WireFault(`it has ${count} values, and one is expected`, at);
}
