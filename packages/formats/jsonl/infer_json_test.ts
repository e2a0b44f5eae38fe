import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { readRows } from "../testing/rows_of.ts";
import { openJsonl } from "./mod.ts";

async function rows(text: string, schema?: string) {
  const store = new MemoryStore();
  await store.put("t.jsonl", new TextEncoder().encode(text));
  return await readRows(await openJsonl(store, "t.jsonl", schema ? { schema: parseSchema(schema) } : {}));
}

Deno.test("jsonl: lines that are no objects, names that come twice and endless depths are FormatErrors, schema or not", async () => {
  for (const schema of [undefined, "a: int32?"]) {
    for (const line of ["[1]", "1", '"a"', "null", "true"]) {
      await assertRejects(() => rows(`${line}\n`, schema), FormatError, "an object", line);
    }
    await assertRejects(() => rows('{"a": 1, "a": 2}\n', schema), FormatError, '"a" is there twice');
  }
  await assertRejects(() => rows('{"o": {"b": 1, "b": 2}}\n'), FormatError, '"b" is there twice');
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
    const deep = `{"a": ${open.repeat(100_000)}1${close.repeat(100_000)}}\n`;
    await assertRejects(() => rows(deep), FormatError, "lie in one another");
    await assertRejects(() => rows(deep, "b: int32?"), FormatError);
  }
});

Deno.test("jsonl: numbers and texts that a decimal or a list cannot hold are FormatErrors", async () => {
  for (
    const [value, schema] of [
      ["1.234", "v: decimal(5, 2)"],
      ["12345", "v: decimal(5, 2)"],
      ['"1.234"', "v: decimal(5, 2)"],
      ['"x"', "v: decimal(5, 2)"],
      ["1", "v: list<int32>"],
      ["{}", "v: list<int32>"],
      ['"a"', "v: list<string>"],
      ["[1]", "v: list<int32, 2>"],
      ["[1, 2, 3]", "v: list<int32, 2>"],
      ["1e400", "v: float64"],
      ["-3.5e38", "v: float32"],
      ["65520", "v: float16"],
    ] as const
  ) {
    await assertRejects(() => rows(`{"v": ${value}}\n`, schema), FormatError, "", `${value} of ${schema}`);
  }
  assertEquals(await rows('{"v": 123.45}\n', "v: decimal(5, 2)"), [{ v: "123.45" }]);
  assertEquals(await rows('{"v": -65519}\n{"v": "-Infinity"}\n', "v: float16"), [{ v: -65504 }, {
    v: -Infinity,
  }]);
});
