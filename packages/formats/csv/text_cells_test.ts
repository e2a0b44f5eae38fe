import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { injectFaults } from "@lade/testing";
import { FormatError } from "../errors/format_error.ts";
import { batchOf } from "../table/batch_builder.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { readRows } from "../testing/rows_of.ts";
import { createCsvWriter, openCsv } from "./mod.ts";

Deno.test("csv: no value where none may be is a FormatError, whatever the column's type", async () => {
  for (const type of ["string", "int32", "float64", "bool", "date", "decimal(5, 2)", "timestamp(ms)"]) {
    const store = new MemoryStore();
    await store.put("t.csv", new TextEncoder().encode("n,v\n1,\n"));
    const open = async (schema: string) =>
      await readRows(await openCsv(store, "t.csv", { schema: parseSchema(schema) }));
    await assertRejects(() => open(`n: int32, v: ${type}`), FormatError, "may not be null", type);
    assertEquals((await open(`n: int32, v: ${type}?`))[0], { n: 1, v: null });
  }
});

Deno.test("createCsvWriter(): a column whose name is no text is refused, and nothing is written", async () => {
  const store = injectFaults(new MemoryStore(), []);
  const schema = { fields: [{ name: "a\ud800", type: { kind: "int32" as const }, nullable: false }] };
  await assertRejects(
    async () => {
      await using writer = await createCsvWriter(store, "t.csv", { schema });
      await writer.write(batchOf(schema, [{ "a\ud800": 1 }]));
      await writer.close();
    },
    TypeError,
    "the name of column 1 is no Unicode text",
  );
  assertEquals([store.openWriters, await Array.fromAsync(store.list())], [0, []]);
});
