import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import { loadFormat } from "../formats/load_format.ts";
import { openFormat } from "../formats/open_format.ts";
import type { FormatName } from "../registry/format.ts";
import type { TableBatch } from "../table/column.ts";
import { batchOf } from "../table/batch_builder.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { formatSchema } from "../table/schema_text.ts";
import { readRows, rowsOf } from "../testing/rows_of.ts";
import { tableToTable, type TableToTableOptions } from "./table_to_table.ts";

const TABLES: readonly FormatName[] = ["csv", "tsv", "jsonl", "parquet", "arrow", "arrow-stream"];

async function written(name: FormatName, batch: TableBatch): Promise<MemoryStore> {
  const store = new MemoryStore();
  const writer = await (await loadFormat(name)).createTable?.(store, "from", { schema: batch.schema });
  await writer?.write(batch);
  await writer?.close();
  return store;
}

async function converted(
  store: MemoryStore,
  from: FormatName,
  to: FormatName,
  options?: TableToTableOptions,
) {
  const place = { format: await loadFormat(to), store, key: "to" };
  return await tableToTable(await openFormat(store, "from", { format: from }), place, options);
}

async function tableOf(store: MemoryStore, name: FormatName, schema = parseSchema("")) {
  const { format, target } = await openFormat(store, "to", { format: name });
  const reader = await format.openTable?.(target, schema.fields.length > 0 ? { schema } : {});
  if (!reader) throw new TypeError("no table");
  return reader;
}

const BATCH = batchOf(
  parseSchema(
    `i: int64?, f: float64?, s: string?, b: bool?, d: date?, t: timestamp(us, "UTC")?, w: timestamp(us)?`,
  ),
  [
    {
      i: 2n ** 62n,
      f: 0.1,
      s: "é",
      b: true,
      d: "2026-11-29",
      t: "2026-11-29T00:00:00Z",
      w: "1969-12-31T23:59:59.5",
    },
    { i: null, f: null, s: null, b: null, d: null, t: null, w: null },
    {
      i: -1n,
      f: -Infinity,
      s: "",
      b: false,
      d: "0001-01-01",
      t: "2026-11-29T00:00:00Z",
      w: "2026-11-29T00:00:00",
    },
  ],
);

for (const from of TABLES) {
  for (const to of TABLES) {
    Deno.test(`tableToTable(): ${from} to ${to}`, async () => {
      const store = await written(from, BATCH);
      const given = from === "jsonl" ? { schema: BATCH.schema } : {};
      const { rows, schema } = await converted(store, from, to, given);
      assertEquals([rows, formatSchema(schema)], [3, formatSchema(BATCH.schema)]);
      await using reader = await tableOf(store, to, to === "jsonl" ? BATCH.schema : undefined);
      assertEquals(await readRows(reader), rowsOf(BATCH));
    });
  }
}

Deno.test("tableToTable(): columns and rows that are asked for, by the schema given", async () => {
  const store = await written("csv", BATCH);
  const told: string[] = [];
  const { rows } = await converted(store, "csv", "parquet", {
    schema: parseSchema("s: string?, i: string?, b: bool?"),
    columns: ["b", "i"],
    rows: { from: 1 },
    onSchema: (schema) => told.push(formatSchema(schema)),
    onRows: (count, bytes) => told.push(`${count} ${bytes > 0}`),
  });
  assertEquals([rows, told], [2, ["b: bool?, i: string?", "2 true"]]);
  await using reader = await tableOf(store, "parquet");
  assertEquals(await readRows(reader), [{ b: null, i: null }, { b: false, i: "-1" }]);
});

Deno.test("tableToTable(): what the target cannot hold is an error that names the column, and nothing is written", async () => {
  const refused = async (type: string, value: unknown, to: FormatName, options?: TableToTableOptions) => {
    const store = await written(
      "arrow",
      batchOf(parseSchema(`x: int8, "the column": ${type}`), [
        { x: 1, "the column": value },
      ]),
    );
    const error = await assertRejects(() => converted(store, "arrow", to, options), Error, "the column");
    assertEquals(error instanceof TypeError || error instanceof UnsupportedError, true, String(error));
    assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), ["from"]);
  };
  await refused("list<int8>", [1], "csv");
  await refused("struct<y: int8>", { y: 1 }, "tsv");
  await refused("binary", Uint8Array.of(1), "csv");
  await refused("duration(s)", 1n, "parquet");
  await refused("int8", 1, "parquet", { columns: ["x", "the column", "another"] });
});

Deno.test("tableToTable(): a source that is torn, a refusal and an abort leave nothing behind", async () => {
  const store = new MemoryStore();
  await store.put("from", new TextEncoder().encode(`a\n${"1\n".repeat(200_000)}x\n`));
  await assertRejects(() => converted(store, "csv", "parquet"), FormatError, "line 200002");
  const gone = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => converted(store, "csv", "parquet", { signal: gone }), Error, "enough");
  await assertRejects(() => converted(store, "csv", "tar"), TypeError, "tar cannot be written as a table");
  assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), ["from"]);
});
