import { assert, assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../errors/format_error.ts";
import { FlatBuilder, number, reference } from "./flat_builder.ts";
import { FlatTable } from "./flat_table.ts";

const fault = (detail: string) => new FormatError({ operation: "read arrow", uri: "memory://k", detail });

Deno.test("FlatTable: numbers, texts, tables, vectors and structs come back, and what is absent is what it is by default", () => {
  const builder = new FlatBuilder();
  const texts = ["", "é☃", "x".repeat(5000)].map((text) => builder.table([reference(builder.text(text))]));
  const vector = builder.vector(texts);
  const structs = builder.structs([1, -2, 3, 2 ** 52], 2);
  const bytes = builder.finish(builder.table([
    number(1, 7),
    undefined,
    number(8, -(2 ** 53) + 1),
    number(2, -5),
    number(4, -70_000),
    reference(vector),
    reference(structs),
  ]));
  assertEquals(bytes.length % 8, 0);
  const table = FlatTable.root(bytes, fault);
  assertEquals([table.u8(0), table.i64(2), table.i16(3), table.i32(4)], [7, -(2 ** 53) + 1, -5, -70_000]);
  assertEquals([table.u8(1, 9), table.i64(20, 9), table.text(1), table.table(1)], [
    9,
    9,
    undefined,
    undefined,
  ]);
  assertEquals([table.has(0), table.has(1), table.bool(0)], [true, false, true]);
  assertEquals([...table.tables(5)].map((below) => below.text(0)?.length), [0, 2, 5000]);
  assertEquals([...table.tables(1)], []);
  const read = table.structs(6, 16);
  assertEquals([read.length, read.i64(0, 8), read.i64(1, 8), read.i32(0, 0)], [2, -2, 2 ** 52, 1]);
});

Deno.test("FlatTable: whatever the bytes are, reading them ends in a value or a FormatError", () => {
  const builder = new FlatBuilder();
  const inner = builder.table([reference(builder.text("name")), number(8, 3)]);
  const whole = builder.finish(
    builder.table([reference(builder.vector([inner, inner])), reference(inner), number(8, 1)]),
  );
  const visit = (table: FlatTable, depth: number): void => {
    table.text(0);
    table.i64(1);
    table.structs(0, 16);
    if (depth === 3) return;
    for (const field of [0, 1]) for (const below of table.tables(field)) visit(below, depth + 1);
    const below = table.table(1);
    if (below) visit(below, depth + 1);
  };
  let faults = 0;
  for (let at = 0; at < whole.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = whole.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 1 << bit;
      try {
        visit(FlatTable.root(damaged, fault), 0);
      } catch (error) {
        assert(error instanceof FormatError, `${error}`);
        faults++;
      }
    }
  }
  assert(faults > 50);
});

Deno.test("FlatTable: parts that are shared without end are refused before they are read", () => {
  const builder = new FlatBuilder();
  let table = builder.table([]);
  for (let depth = 0; depth < 12; depth++) {
    table = builder.table([reference(builder.vector(new Array(8).fill(table)))]);
  }
  let visited = 0;
  const visit = (below: FlatTable): void => {
    visited++;
    for (const child of below.tables(0)) visit(child);
  };
  const root = FlatTable.root(builder.finish(table), fault);
  assertThrows(() => visit(root), FormatError, "shared more often");
  assert(visited < 10_000);
});
