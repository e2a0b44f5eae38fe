import type { SchemaElement } from "hyparquet";
import type { Field } from "../table/schema.ts";
import { leafTypeOf } from "./leaf_type.ts";

/**
 * A column or a part of one, and at which levels of Parquet it stands. In the levels of a column below it, an entry is one
 * of its own where its repetition is at most `repetition` and its definition at least `present`; it has a value where its
 * definition is at least `defined`.
 */
export interface ColumnNode {
  /** Name and type as a table has them. */
  readonly field: Field;
  /** Where it lies in the file: `a.list.element`. */
  readonly path: string;
  /** The same by its parts. */
  readonly names: readonly string[];
  /** Lists that it lies in. */
  readonly repetition: number;
  /** The definition level at which the innermost list that it lies in has an item; 0 where it lies in none. */
  readonly present: number;
  /** The definition level at which it has a value. */
  readonly defined: number;
  /** Of a list its item, of a struct its fields; empty for a column that is stored. */
  readonly children: readonly ColumnNode[];
  /** The stored columns below it, or it itself, by their place in a row group: from the first up to before the last. */
  readonly leaves: readonly [from: number, to: number];
  /** How a stored column is stored. */
  readonly element?: SchemaElement;
  /** Why its values cannot be given as what they are meant to be. */
  readonly unsupported?: string;
}

/** A column that is stored. */
export type LeafNode = ColumnNode & { readonly element: SchemaElement };

/** Groups in groups; more than any table has. */
const MOST_DEEP = 64;

interface Group {
  readonly element: SchemaElement;
  readonly children: readonly Group[];
}

interface Place {
  readonly names: readonly string[];
  readonly repetition: number;
  readonly present: number;
  readonly defined: number;
}

/** Makes columns of the elements of a footer; `fail` makes the error of what cannot be a schema. */
export function columnsOf(
  elements: readonly SchemaElement[],
  fail: (detail: string) => Error,
): readonly ColumnNode[] {
  let next = 0;
  const take = (depth: number): Group => {
    const element = elements[next++];
    if (!element) throw fail("the schema ends before its groups are whole");
    const { num_children: count = 0, name } = element;
    if (depth > MOST_DEEP) throw fail(`the schema has groups in one another more than ${MOST_DEEP} deep`);
    if (count < 0 || count > elements.length - next) {
      throw fail(`group "${name}" of the schema has ${count} columns`);
    }
    return { element, children: Array.from({ length: count }, () => take(depth + 1)) };
  };
  const root = take(0);
  if (next !== elements.length) throw fail("the schema has more columns than its groups tell");
  let leaf = 0;
  const top: Place = { names: [], repetition: 0, present: 0, defined: 0 };
  const nodes = root.children.map((child) => nodeOf(child, top));
  checkNames(nodes, fail);
  return nodes;

  /** A column of a group; `above` is where the group stands. */
  function nodeOf({ element, children }: Group, above: Place): ColumnNode {
    const place = { ...above, names: [...above.names, element.name] };
    const group = { element, children };
    if (element.repetition_type === "REPEATED") {
      return listOf(group, place, false, (item) => valueOf(group, { ...item, names: place.names }, false));
    }
    const nullable = element.repetition_type === "OPTIONAL";
    const own = nullable ? { ...place, defined: place.defined + 1 } : place;
    const [repeated] = children;
    const isList = isA(element, "LIST", "LIST") || isMap(element);
    if (!isList || children.length !== 1 || repeated?.element.repetition_type !== "REPEATED") {
      return valueOf(group, own, nullable);
    }
    return listOf(group, own, nullable, (item) => {
      const within = { ...item, names: [...own.names, repeated.element.name] };
      const [only] = repeated.children;
      const bare = repeated.children.length !== 1 || isMap(element) || repeated.element.name === "array" ||
        repeated.element.name === `${element.name}_tuple`;
      return only && !bare ? nodeOf(only, within) : valueOf(repeated, within, false);
    });
  }

  function listOf(
    { element: { name } }: Group,
    place: Place,
    nullable: boolean,
    makeItem: (place: Place) => ColumnNode,
  ): ColumnNode {
    const from = leaf;
    const { repetition, defined } = place;
    const made = makeItem({
      ...place,
      repetition: repetition + 1,
      present: defined + 1,
      defined: defined + 1,
    });
    const item = { ...made, field: { ...made.field, name: "item" } };
    const field: Field = { name, type: { kind: "list", item: item.field }, nullable };
    return { ...place, path: place.names.join("."), field, children: [item], leaves: [from, leaf] };
  }

  function valueOf({ element, children }: Group, place: Place, nullable: boolean): ColumnNode {
    const { name, logical_type: logical } = element;
    const path = place.names.join(".");
    const from = leaf;
    if (children.length === 0) {
      if (!element.type) throw fail(`column "${path}" of the schema has no type`);
      leaf++;
      const { type, unsupported } = leafTypeOf(element, (detail) => fail(`column "${path}" ${detail}`));
      const field: Field = { name, type, nullable };
      const node = { ...place, path, field, children: [], leaves: [from, leaf] as const, element };
      return unsupported === undefined ? node : { ...node, unsupported };
    }
    const fields = children.map((child) => nodeOf(child, place));
    checkNames(fields, fail);
    const field: Field = {
      name,
      type: { kind: "struct", fields: fields.map(({ field }) => field) },
      nullable,
    };
    const node = { ...place, path, field, children: fields, leaves: [from, leaf] as const };
    return logical?.type === "VARIANT" || logical?.type === "FILE"
      ? { ...node, unsupported: `is a ${logical.type}` }
      : node;
  }
}

/** The stored columns below a node, or it itself, in their order. */
export function leavesOf(node: ColumnNode): LeafNode[] {
  return isLeaf(node) ? [node] : node.children.flatMap(leavesOf);
}

/** Whether a column is stored as it is. */
export function isLeaf(node: ColumnNode): node is LeafNode {
  return node.element !== undefined;
}

/** Why a column or one below it cannot be read, and its path. */
export function unsupportedOf(node: ColumnNode): string | undefined {
  if (node.unsupported !== undefined) return `column "${node.path}" ${node.unsupported}`;
  for (const child of node.children) {
    const found = unsupportedOf(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isA({ logical_type, converted_type }: SchemaElement, logical: string, converted: string): boolean {
  return logical_type ? logical_type.type === logical : converted_type === converted;
}

function isMap(element: SchemaElement): boolean {
  return isA(element, "MAP", "MAP") || isA(element, "MAP", "MAP_KEY_VALUE");
}

function checkNames(nodes: readonly ColumnNode[], fail: (detail: string) => Error): void {
  const seen = new Set<string>();
  for (const { field: { name }, path } of nodes) {
    if (seen.has(name)) throw fail(`two columns are called "${path}"`);
    seen.add(name);
  }
}
