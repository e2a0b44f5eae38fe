import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../errors/format_error.ts";
import { findPages } from "./page_locations.ts";
import { i32, i64, list, struct, writeThriftStruct } from "./thrift_writer.ts";

Deno.test("findPages(): pages that do not lie in their chunk, one behind the other, are FormatErrors", () => {
  const place = { uri: "memory://t", column: "x", group: 0, offset: 100 };
  const find = (pages: readonly (readonly [number, number, number])[], first = 0, last = 1) => {
    const index = writeThriftStruct({
      1: list(
        "struct",
        pages.map(([offset, size, row]) => struct({ 1: i64(offset), 2: i32(size), 3: i64(row) })),
      ),
    });
    return findPages(index, { offset: 100, length: 60, values: 30, codec: "UNCOMPRESSED", fullLength: 60 }, {
      first,
      last,
      group: 30,
    }, place);
  };
  const sound = [[110, 20, 0], [130, 10, 10], [140, 20, 20]] as const;
  assertEquals(find(sound, 10, 20), {
    firstRow: 10,
    rows: 10,
    ranges: [{ offset: 100, length: 10 }, { offset: 130, length: 10 }],
  });
  assertEquals(find(sound, 12, 21).ranges[1], { offset: 130, length: 30 });
  const elsewhere = "tells pages that do not lie in the chunk";
  const rows = "tells rows that are not in the row group";
  for (
    const [pages, detail] of [
      [[[99, 20, 0], sound[1], sound[2]], elsewhere],
      [[sound[0], [129, 11, 10], sound[2]], elsewhere],
      [[sound[0], sound[1], [140, 21, 20]], elsewhere],
      [[sound[0], [130, 0, 10], sound[2]], elsewhere],
      [[sound[0], [130, -1, 10], sound[2]], elsewhere],
      [[sound[2], sound[1], sound[0]], "the page index"],
      [[sound[0], [130, 10, 0], sound[2]], rows],
      [[sound[0], sound[1], [140, 20, 30]], rows],
      [[sound[0], sound[1], [140, 20, 5]], rows],
      [[[110, 20, 1], sound[1], sound[2]], "begins with another row than the first"],
      [[], "begins with another row than the first"],
    ] as const
  ) {
    assertThrows(() => find(pages, 10, 20), FormatError, detail);
  }
});
