import type { NumericArray } from "../array/dtype.ts";
import type { Column } from "../table/column.ts";
import { valuesOf } from "./leaf_values.ts";
import type { LeafData } from "./read_leaf.ts";
import { type ColumnNode, isLeaf } from "./schema_tree.ts";

/**
 * Makes a column of the stored columns below it: their levels become offsets of lists and bits of what has a value. `fail`
 * makes the error of stored columns that contradict one another.
 */
export function assembleColumn(
  node: ColumnNode,
  leaves: ReadonlyMap<number, LeafData>,
  fail: (node: ColumnNode, detail: string) => Error,
): Column {
  const { field } = node;
  const [from, to] = node.leaves;
  const data = leaves.get(from);
  if (!data) throw fail(node, "has no values");
  if (isLeaf(node)) {
    const { values, offsets } = valuesOf(node, data.values, (detail) => fail(node, detail));
    return columnOf(node, data, data.length, { values, ...(offsets && { offsets }) });
  }
  const length = countEntries(node, data);
  checkPresence(node, leaves, data, fail);
  const children = node.children.map((child) => assembleColumn(child, leaves, fail));
  if (field.type.kind === "struct") {
    for (const child of children) {
      if (child.length !== length) {
        throw fail(node, `has ${length} values, and "${child.field.name}" ${child.length}`);
      }
    }
    return columnOf(node, data, length, { children });
  }
  const [item] = node.children;
  const broken = () => fail(node, "has items in a list that has none");
  const offsets = item ? offsetsOf(node, item, data, length, broken) : new Int32Array(1);
  for (let leaf = from + 1; item && leaf < to; leaf++) {
    const other = leaves.get(leaf);
    const others = other && offsetsOf(node, item, other, length, broken);
    if (!others?.every((offset, place) => offset === offsets[place])) {
      throw fail(node, "has lists whose parts differ in length");
    }
  }
  if (children[0]?.length !== offsets[length]) throw fail(node, "has other items than its lists tell");
  return columnOf(node, data, length, { offsets, children });
}

function columnOf(
  node: ColumnNode,
  data: LeafData,
  length: number,
  parts: { values?: NumericArray; offsets?: Int32Array; children?: readonly Column[] },
): Column {
  const validity = validityOf(node, data);
  return { field: node.field, length, ...(validity && { validity }), ...parts };
}

/** How many values of its own a node has. */
function countEntries(node: ColumnNode, { entries, definitions, repetitions }: LeafData): number {
  if (!repetitions) return entries;
  let count = 0;
  for (let entry = 0; entry < entries; entry++) {
    if (isOwn(node, entry, definitions, repetitions)) count++;
  }
  return count;
}

function isOwn(
  { repetition, present }: ColumnNode,
  entry: number,
  definitions: Uint8Array | undefined,
  repetitions: Uint8Array | undefined,
): boolean {
  return (repetitions === undefined || (repetitions[entry] ?? 0) <= repetition) &&
    (definitions === undefined || (definitions[entry] ?? 0) >= present);
}

/** Which of its values a node has; `undefined` where it has all. */
function validityOf(
  node: ColumnNode,
  { entries, definitions, repetitions }: LeafData,
): Uint8Array | undefined {
  if (!node.field.nullable || !definitions) return undefined;
  const bits = new Uint8Array((entries + 7) >> 3);
  const { defined } = node;
  let row = 0;
  let nulls = 0;
  for (let entry = 0; entry < entries; entry++) {
    if (!isOwn(node, entry, definitions, repetitions)) continue;
    if ((definitions[entry] ?? 0) >= defined) bits[row >> 3] = (bits[row >> 3] ?? 0) | 1 << (row & 7);
    else nulls++;
    row++;
  }
  return nulls === 0 ? undefined : bits.subarray(0, (row + 7) >> 3);
}

/** Every stored column below a node has to say the same of which of its values are there. */
function checkPresence(
  node: ColumnNode,
  leaves: ReadonlyMap<number, LeafData>,
  first: LeafData,
  fail: (node: ColumnNode, detail: string) => Error,
): void {
  const [from, to] = node.leaves;
  const bits = validityOf(node, first);
  for (let leaf = from + 1; leaf < to; leaf++) {
    const other = leaves.get(leaf);
    const others = other && validityOf(node, other);
    if (bits?.length !== others?.length || bits?.some((byte, place) => byte !== others?.[place])) {
      throw fail(node, "has a value by one of its parts, and none by another");
    }
  }
}

function offsetsOf(
  list: ColumnNode,
  item: ColumnNode,
  data: LeafData,
  length: number,
  broken: () => Error,
): Int32Array {
  const { entries, definitions, repetitions } = data;
  const offsets = new Int32Array(length + 1);
  let row = 0;
  let items = 0;
  for (let entry = 0; entry < entries; entry++) {
    if (isOwn(list, entry, definitions, repetitions)) offsets[row++] = items;
    if (isOwn(item, entry, definitions, repetitions)) items++;
    // What goes on with a list is an item of it.
    else if (repetitions?.[entry] === item.repetition) throw broken();
  }
  offsets[length] = items;
  return offsets;
}
