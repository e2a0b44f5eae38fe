import type { Column } from "../table/column.ts";
import { hasValue } from "../table/validity.ts";
import { itemRange } from "../table/value_at.ts";
import type { PageValues } from "./leaf_sink.ts";
import { type ColumnNode, isLeaf, type LeafNode } from "./schema_tree.ts";
import { storedValues } from "./stored_values.ts";

/** The values of a stored column, and the levels that say to which rows and lists they belong. */
export interface ShreddedLeaf {
  /** The stored column. */
  readonly leaf: LeafNode;
  /** Entries: values, nulls and empty lists. */
  readonly entries: number;
  /** Of each entry its definition level; absent where the column has none. */
  readonly definitions?: Uint8Array;
  /** Of each entry its repetition level; absent where it lies in no list. */
  readonly repetitions?: Uint8Array;
  /** The values that there are, one after the other. */
  readonly values: PageValues;
  /** How many. */
  readonly present: number;
}

/** Entries on the way from a column down to a stored one. Those that end on the way have no row any more: -1. */
interface Entries {
  readonly definitions: Uint8Array;
  readonly repetitions: Uint8Array | undefined;
  /** The row of the column that each goes on with; absent where it is each one in order. */
  readonly rows: Int32Array | undefined;
  readonly count: number;
}

/** Takes a column apart into the stored columns below it, in their order. */
export function* shredColumn(node: ColumnNode, column: Column): Generator<ShreddedLeaf, void, undefined> {
  const { length } = column;
  yield* walk(node, column, {
    definitions: new Uint8Array(length),
    repetitions: undefined,
    rows: undefined,
    count: length,
  });
}

function* walk(node: ColumnNode, column: Column, above: Entries): Generator<ShreddedLeaf, void, undefined> {
  const entries = withoutNulls(node, column, above);
  if (isLeaf(node)) return yield finishLeaf(node, column, entries);
  const children = column.children ?? [];
  const { type } = column.field;
  const next = type.kind === "list" ? withItems(node, column, entries) : entries;
  for (const [place, child] of node.children.entries()) {
    const below = children[place];
    if (below) yield* walk(child, below, next);
  }
}

/** Ends the entries whose row has no value, and raises the level of the others. */
function withoutNulls(node: ColumnNode, column: Column, entries: Entries): Entries {
  if (!node.field.nullable) return entries;
  const { count, rows, repetitions } = entries;
  const definitions = entries.definitions.slice();
  const { defined } = node;
  if (!column.validity && !rows) {
    definitions.fill(defined);
    return { ...entries, definitions };
  }
  const left = new Int32Array(count);
  for (let entry = 0; entry < count; entry++) {
    const row = rows ? rows[entry] ?? -1 : entry;
    if (row >= 0 && hasValue(column, row)) {
      definitions[entry] = defined;
      left[entry] = row;
    } else left[entry] = -1;
  }
  return { definitions, repetitions, rows: left, count };
}

/** An entry for each item of each list, and one for each list that has none. */
function withItems(
  node: ColumnNode,
  column: Column,
  { definitions, repetitions, rows, count }: Entries,
): Entries {
  let total = 0;
  const range = (entry: number): readonly [from: number, to: number] => {
    const row = rows ? rows[entry] ?? -1 : entry;
    return row < 0 ? [0, 0] : itemRange(column, row);
  };
  for (let entry = 0; entry < count; entry++) {
    const [from, to] = range(entry);
    total += Math.max(to - from, 1);
  }
  const below = {
    definitions: new Uint8Array(total),
    repetitions: new Uint8Array(total),
    rows: new Int32Array(total),
    count: total,
  };
  const level = node.repetition + 1;
  const item = node.defined + 1;
  let at = 0;
  for (let entry = 0; entry < count; entry++) {
    const [from, to] = range(entry);
    below.repetitions.fill(level, at + 1, at + to - from);
    below.repetitions[at] = repetitions?.[entry] ?? 0;
    if (from === to) {
      below.definitions[at] = definitions[entry] ?? 0;
      below.rows[at++] = -1;
    } else {for (let row = from; row < to; row++) {
        below.definitions[at] = item;
        below.rows[at++] = row;
      }}
  }
  return below;
}

function finishLeaf(
  leaf: LeafNode,
  column: Column,
  { definitions, repetitions, rows, count }: Entries,
): ShreddedLeaf {
  let present = rows;
  if (rows) {
    let kept = 0;
    for (const row of rows) if (row >= 0) kept++;
    const all = kept === count && count === column.length;
    present = all && isInOrder(rows) ? undefined : rows.filter((row) => row >= 0);
  }
  return {
    leaf,
    entries: count,
    ...(leaf.defined > 0 && { definitions }),
    ...(repetitions && { repetitions }),
    values: storedValues(leaf, column, present),
    present: present?.length ?? count,
  };
}

function isInOrder(rows: Int32Array): boolean {
  for (let at = 0; at < rows.length; at++) if (rows[at] !== at) return false;
  return true;
}
