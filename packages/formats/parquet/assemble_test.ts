import { assertEquals, assertThrows } from "@std/assert";
import type { SchemaElement } from "hyparquet";
import { assembleColumn } from "./assemble.ts";
import type { LeafData } from "./read_leaf.ts";
import { columnsOf } from "./schema_tree.ts";

const REPEATED = { repetition_type: "REPEATED" } as const;
const INT = { type: "INT32", repetition_type: "REQUIRED" } as const;
/** A list of structs of two numbers. */
const [PAIRS] = columnsOf(
  [
    { name: "schema", num_children: 1 },
    { name: "x", num_children: 1, repetition_type: "OPTIONAL", converted_type: "LIST" },
    { name: "list", num_children: 1, ...REPEATED },
    { name: "element", num_children: 2, repetition_type: "REQUIRED" },
    { name: "a", ...INT },
    { name: "b", ...INT },
  ] satisfies SchemaElement[],
  (detail) => new Error(detail),
);

function leaf(
  numbers: readonly number[],
  definitions: readonly number[],
  repetitions: readonly number[],
): LeafData {
  return {
    values: { width: 4, bytes: new Uint8Array(Int32Array.from(numbers).buffer) },
    length: numbers.length,
    entries: definitions.length,
    definitions: Uint8Array.from(definitions),
    repetitions: Uint8Array.from(repetitions),
  };
}

function assemble(a: LeafData, b: LeafData) {
  if (!PAIRS) throw new Error("no column");
  return assembleColumn(
    PAIRS,
    new Map([[0, a], [1, b]]),
    ({ path }, detail) => new Error(`${path} ${detail}`),
  );
}

Deno.test("assembleColumn() makes lists of structs, null and empty ones too", () => {
  // [{1, 5}, {2, 6}], null, [], [{3, 7}]
  const levels = [[2, 2, 0, 1, 2], [0, 1, 0, 0, 0]] as const;
  const column = assemble(leaf([1, 2, 3], ...levels), leaf([5, 6, 7], ...levels));
  assertEquals([column.length, column.offsets, column.validity], [
    4,
    Int32Array.of(0, 2, 2, 2, 3),
    Uint8Array.of(0b1101),
  ]);
  const [pairs] = column.children ?? [];
  assertEquals(pairs?.children?.map(({ values }) => values), [
    Int32Array.of(1, 2, 3),
    Int32Array.of(5, 6, 7),
  ]);
});

Deno.test("assembleColumn() refuses parts that contradict one another", () => {
  const levels = [[2, 2, 2], [0, 1, 0]] as const;
  const a = leaf([1, 2, 3], ...levels);
  assertThrows(
    () => assemble(a, leaf([5, 6, 7], [2, 2, 2], [0, 0, 1])),
    Error,
    "x has lists whose parts differ in length",
  );
  assertThrows(
    () => assemble(a, leaf([5, 6], [2, 2], [0, 0])),
    Error,
    'x.list.element has 3 values, and "b" 2',
  );
  // A list that is null by one of them, and empty by the other.
  assertThrows(
    () => assemble(leaf([1], [2, 1], [0, 0]), leaf([5], [2, 0], [0, 0])),
    Error,
    "x has a value by one of its parts, and none by another",
  );
  // An item of a list that is empty.
  const broken = [[2, 1], [0, 1]] as const;
  assertThrows(
    () => assemble(leaf([1], ...broken), leaf([5], ...broken)),
    Error,
    "x has items in a list that has none",
  );
});

Deno.test("columnsOf() refuses schemas that are none", () => {
  const refuse = (detail: string, ...elements: readonly SchemaElement[]) =>
    assertThrows(() => columnsOf(elements, (detail) => new Error(detail)), Error, detail);
  refuse("the schema ends before its groups are whole");
  refuse('group "s" of the schema has 2 columns', { name: "s", num_children: 2 }, { name: "a", ...INT });
  refuse("the schema has more columns than its groups tell", { name: "s" }, { name: "a", ...INT });
  refuse('column "a" of the schema has no type', { name: "s", num_children: 1 }, { name: "a" });
  refuse('two columns are called "a"', { name: "s", num_children: 2 }, { name: "a", ...INT }, {
    name: "a",
    ...INT,
  });
  refuse("more than 64 deep", ...Array(70).fill({ name: "s", num_children: 1 }));
  const int64 = { name: "a", type: "INT64", repetition_type: "REQUIRED" } as const;
  refuse(
    'column "a" is meant as INTEGER, and stored as INT64',
    { name: "s", num_children: 1 },
    { ...int64, logical_type: { type: "INTEGER", bitWidth: 8, isSigned: true } },
  );
  refuse(
    'column "a" is a decimal of 19 digits, 2 of them behind the point',
    { name: "s", num_children: 1 },
    { ...int64, logical_type: { type: "DECIMAL", precision: 19, scale: 2 } },
  );
});
