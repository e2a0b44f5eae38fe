import { assertEquals, assertThrows } from "@std/assert";
import type { ColumnChunk, RowGroup, SchemaElement } from "hyparquet";
import { rowGroupsOf } from "./row_groups.ts";
import { columnsOf } from "./schema_tree.ts";

const ELEMENTS: readonly SchemaElement[] = [
  { name: "schema", num_children: 2 },
  { name: "a", type: "INT32", repetition_type: "REQUIRED" },
  { name: "b", type: "INT64", repetition_type: "REPEATED" },
];
const COLUMNS = columnsOf(ELEMENTS, (detail) => new Error(detail));
const END = 1000;

function chunk(
  changes: Partial<NonNullable<ColumnChunk["meta_data"]>> = {},
  more: Partial<ColumnChunk> = {},
) {
  const told = {
    type: "INT32",
    encodings: ["PLAIN"],
    path_in_schema: ["a"],
    codec: "UNCOMPRESSED",
    num_values: 10n,
    total_uncompressed_size: 40n,
    total_compressed_size: 40n,
    data_page_offset: 100n,
    ...changes,
  };
  return { file_offset: 0n, meta_data: told, ...more } as ColumnChunk;
}

const SECOND = chunk({ type: "INT64", num_values: 25n, data_page_offset: 140n });

function groups(columns: readonly ColumnChunk[], rows = 10n) {
  const told = { columns: [...columns], total_byte_size: 80n, num_rows: rows } as RowGroup;
  return rowGroupsOf([told, told], COLUMNS, END, (detail) => new TypeError(detail));
}

Deno.test("rowGroupsOf(): where chunks lie, and which row each group begins with", () => {
  const [first, second] = groups([chunk(), SECOND]);
  assertEquals([first?.firstRow, second?.firstRow, second?.rows], [0, 10, 10]);
  assertEquals(first?.chunks.map(({ offset, length, values }) => [offset, length, values]), [
    [100, 40, 10],
    [140, 40, 25],
  ]);
  const ofDictionary = groups([chunk({ dictionary_page_offset: 90n }), SECOND])[0]?.chunks[0];
  assertEquals(ofDictionary?.offset, 90);
  assertEquals(groups([chunk({ data_page_offset: 960n }), SECOND])[0]?.chunks[0]?.offset, 960);
});

Deno.test("rowGroupsOf(): a group whose numbers do not fit the schema, one another or the object is refused", () => {
  const wrong: [readonly ColumnChunk[], string, bigint?][] = [
    [[chunk(), SECOND], "row group 0 has -1 rows", -1n],
    [[chunk(), SECOND], "rows", 2n ** 60n],
    [[chunk()], "row group 0 has 1 columns, and the schema 2"],
    [[chunk(), SECOND, chunk()], "row group 0 has 3 columns, and the schema 2"],
    [[chunk({ type: "INT64" }), SECOND], 'says of column "a" that it is of INT64'],
    [[chunk(), chunk()], 'says of column "b" that it is of INT32'],
    [[chunk({ num_values: 9n }), SECOND], "that it has 9 values, and there are 10 rows"],
    [[chunk({ num_values: 11n }), SECOND], "that it has 11 values, and there are 10 rows"],
    [[chunk(), chunk({ type: "INT64", num_values: 9n })], "that it has 9 values, and there are 10 rows"],
    [
      [chunk(), chunk({ type: "INT64", num_values: 2n ** 50n })],
      "that it has 1125899906842624 values in 40 bytes",
    ],
    [[chunk({ data_page_offset: 3n }), SECOND], "that it has the bytes 3+40, and the pages end at 1000"],
    [[chunk({ data_page_offset: 961n }), SECOND], "that it has the bytes 961+40, and the pages end at 1000"],
    [[chunk({ total_compressed_size: 2n ** 54n }), SECOND], "that its size is 18014398509481984"],
    [[chunk({ total_compressed_size: -1n }), SECOND], "that its size is -1"],
    [[chunk({ data_page_offset: -1n }), SECOND], "that the offset of its pages is -1"],
    [[chunk({ total_uncompressed_size: -1n }), SECOND], "that its decompressed size is -1"],
    [[chunk({ num_values: -1n }), SECOND], "that the number of its values is -1"],
    [
      [
        { ...chunk(), meta_data: { ...chunk().meta_data, codec: undefined } } as unknown as ColumnChunk,
        SECOND,
      ],
      "compressed by what no one knows",
    ],
  ];
  for (const [columns, detail, rows] of wrong) assertThrows(() => groups(columns, rows), TypeError, detail);
});

Deno.test("rowGroupsOf(): a page index that does not lie in the object is none; other files and ciphers are told", () => {
  const indexOf = (at: bigint, size: number) =>
    groups([chunk({}, { offset_index_offset: at, offset_index_length: size }), SECOND])[0]?.chunks[0]
      ?.pageIndex;
  assertEquals(indexOf(990n, 10), { offset: 990, length: 10 });
  for (const [at, size] of [[990n, 11], [3n, 10], [990n, 0], [-1n, 10]] as const) {
    assertEquals(indexOf(at, size), undefined);
  }
  const elsewhere = groups([chunk({ data_page_offset: 5000n }, { file_path: "b.parquet" }), SECOND]);
  assertEquals(elsewhere[0]?.chunks[0]?.unsupported, 'lies in another file, "b.parquet"');
});
