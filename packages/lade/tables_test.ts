import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "@lade/core/backend";
import { FormatError } from "@lade/formats";
import { createArrowFileWriter, createArrowStreamWriter } from "@lade/formats/arrow";
import { createParquetWriter } from "@lade/formats/parquet";
import { formatSchema, parseSchema, valueAt } from "@lade/formats/table";
import { QuotaExceededError, UnsupportedError } from "@lade/core/errors";
import { Lade } from "./lade.ts";

async function withTable(
  text: string,
  name = "rows.csv",
  maxBufferedBytes = 2 ** 26,
): Promise<[Lade, string]> {
  const lade = new Lade({ context: createStoreContext({ maxBufferedBytes }) });
  const uri = `memory://tables/${name}`;
  await lade.put(uri, text);
  return [lade, uri];
}

Deno.test("Lade.readTable(): a table by its URI, with columns, rows, schema and format", async () => {
  const [lade, uri] = await withTable("a,b\n1,x\n2,y\n3,z\n");
  await using _ = lade;
  assertEquals(formatSchema(await lade.schemaOf(uri)), "a: int64?, b: string?");
  const batch = await lade.readTable(uri, { columns: ["b"], rows: { from: 1 } });
  assertEquals([batch.rows, batch.columns.length], [2, 1]);
  assertEquals(batch.columns.map((column) => [valueAt(column, 0), valueAt(column, 1)]), [["y", "z"]]);
  const typed = await lade.readTable(uri, { schema: parseSchema("a: float32") });
  assertEquals(typed.columns[0]?.values, Float32Array.of(1, 2, 3));
  const none = await lade.readTable(uri, { rows: { from: 5 } });
  assertEquals([none.rows, formatSchema(none.schema)], [0, "a: int64?, b: string?"]);
  assertEquals(formatSchema(await lade.schemaOf(uri, { format: "tsv" })), `"a,b": string?`);
  await assertRejects(() => lade.readTable(uri, { columns: ["c"] }), TypeError, "there are: a, b");
});

Deno.test("Lade.scanTable(): batch by batch, and early ends leave nothing open", async () => {
  const [lade, uri] = await withTable(`{"a":1}\n`.repeat(1000), "rows.jsonl");
  await using _ = lade;
  const sizes: number[] = [];
  for await (const { rows } of lade.scanTable(uri, { batchRows: 400 })) sizes.push(rows);
  assertEquals(sizes, [400, 400, 200]);
  for await (const { rows } of lade.scanTable(uri, { batchRows: 10 })) {
    assertEquals(rows, 10);
    break;
  }
});

Deno.test("Lade.readTable(): more than the byte budget is an error that names scanTable", async () => {
  const [lade, uri] = await withTable(`a\n${"1.5\n".repeat(400_000)}`, "rows.csv", 2 ** 21);
  await using _ = lade;
  await assertRejects(() => lade.readTable(uri), QuotaExceededError, "scanTable");
  assertEquals((await lade.readTable(uri, { rows: { to: 1000 } })).rows, 1000);
  let rows = 0;
  for await (const batch of lade.scanTable(uri)) rows += batch.rows;
  assertEquals(rows, 400_000);
});

Deno.test("Lade.readTable(): what is no table, and what is torn, is an error", async () => {
  const [lade, uri] = await withTable("a,b\n1\n");
  await using _ = lade;
  await assertRejects(() => lade.readTable(uri), FormatError, "line 2");
  await lade.put("memory://tables/notes.txt", "nothing");
  await assertRejects(() => lade.schemaOf("memory://tables/notes.txt"), FormatError);
  await assertRejects(() => lade.readTable(uri, { format: "npy" }), UnsupportedError, "npy is no table");
});

Deno.test("Lade refuses a schema for a table that says itself what its columns are, instead of passing over it", async () => {
  const [lade] = await withTable("");
  await using _ = lade;
  const schema = parseSchema("a: int32");
  for (
    const [name, create] of [
      ["rows.parquet", createParquetWriter],
      ["rows.arrow", createArrowFileWriter],
      ["rows.arrows", createArrowStreamWriter],
    ] as const
  ) {
    const uri = `memory://tables/${name}`;
    const { store, key } = await lade.locate(uri);
    await (await create(store, key, { schema })).close();
    assertEquals(formatSchema(await lade.schemaOf(uri)), "a: int32");
    const given = { schema: parseSchema("b: int64") };
    for (const read of [() => lade.readTable(uri, given), () => lade.schemaOf(uri, given)]) {
      await assertRejects(read, UnsupportedError, "the file says itself what its columns are");
    }
  }
});
