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
  readonly path: string;
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
  const top: Place = { path: "", repetition: 0, present: 0, defined: 0 };
  const nodes = root.children.map((child) => nodeOf(child, top));
  checkNames(nodes, fail);
  return nodes;

  function nodeOf(group: Group, place: Place, within = group.element.name): ColumnNode {
    const { element, children } = group;
    const path = place.path === "" ? within : `${place.path}.${within}`;
    if (element.repetition_type === "REPEATED") {
      const item = enter({ ...place, defined: place.defined + 1 });
      return listOf(element.name, path, place, false, () => valueOf(group, item, path, false));
    }
    const nullable = element.repetition_type === "OPTIONAL";
    const own = { ...place, path, defined: place.defined + (nullable ? 1 : 0) };
    const [repeated] = children;
    const isList = isA(element, "LIST", "LIST") || isMap(element);
    if (isList && repeated?.element.repetition_type === "REPEATED" && children.length === 1) {
      return listOf(element.name, path, own, nullable, () => {
        const item = enter({ ...own, path, defined: own.defined + 1 });
        const [only] = repeated.children;
        const wrapped = only && repeated.children.length === 1 && !isMap(element) &&
          repeated.element.name !== "array" && repeated.element.name !== `${element.name}_tuple`;
        if (!wrapped) return valueOf(repeated, item, `${path}.${repeated.element.name}`, false);
        return nodeOf(only, { ...item, path: `${path}.${repeated.element.name}` });
      });
    }
    return valueOf(group, own, path, nullable);
  }

  function enter(place: Place): Place {
    return { ...place, repetition: place.repetition + 1, present: place.defined };
  }

  function listOf(
    name: string,
    path: string,
    place: Place,
    nullable: boolean,
    makeItem: () => ColumnNode,
  ): ColumnNode {
    const from = leaf;
    const item = makeItem();
    const field: Field = { name, type: { kind: "list", item: item.field }, nullable };
    return { ...place, path, field, children: [item], leaves: [from, leaf] };
  }

  function valueOf(group: Group, place: Place, path: string, nullable: boolean): ColumnNode {
    const { element, children } = group;
    const from = leaf;
    if (children.length === 0) {
      if (!element.type) throw fail(`column "${path}" of the schema has no type`);
      leaf++;
      const { type, unsupported } = leafTypeOf(element, (detail) => fail(`column "${path}" ${detail}`));
      const field: Field = { name: element.name, type, nullable };
      const node = { ...place, path, field, children: [], leaves: [from, leaf] as const, element };
      return unsupported === undefined ? node : { ...node, unsupported };
    }
    const fields = children.map((child) => nodeOf(child, { ...place, path }));
    checkNames(fields, fail);
    const type = { kind: "struct", fields: fields.map(({ field }) => field) } as const;
    const field: Field = { name: element.name, type, nullable };
    const node = { ...place, path, field, children: fields, leaves: [from, leaf] as const };
    const meant = element.logical_type?.type;
    return meant === "VARIANT" || meant === "FILE" ? { ...node, unsupported: `is a ${meant}` } : node;
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
