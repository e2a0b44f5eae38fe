import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { anySchema } from "../testing/any_batch.ts";
import { schemaDifference, schemasEqual } from "./compare_schemas.ts";
import { parseSchema } from "./parse_schema.ts";
import { formatSchema } from "./schema_text.ts";

Deno.test("formatSchema: what it writes is read as the same schema", () => {
  fc.assert(fc.property(anySchema(), (schema) => {
    const again = parseSchema(formatSchema(schema));
    assertEquals(again, schema);
    assertEquals(schemasEqual(again, schema), true);
  }));
});

Deno.test("parseSchema: spaces and quoted names are free", () => {
  const text = `a:int64,"b, c":string? ,\n d : list< element:float32? , 3 >`;
  assertEquals(formatSchema(parseSchema(text)), `a: int64, "b, c": string?, d: list<element: float32?, 3>`);
  assertEquals(parseSchema(" "), { fields: [] });
});

Deno.test("parseSchema: a text that is none is a TypeError that says where", () => {
  for (
    const [text, detail] of [
      ["a", `":" is wanted at character 2`],
      ["a: int", '"int" is no type, which is one of int8, int16'],
      ["a: int8, a: int8", `"a" is there twice at character 10`],
      ["a: int8 b: int8", `"," is wanted at character 9`],
      ["a: int8,", "a column's name is missing at character 9"],
      ["a: list<int8", `">" is wanted`],
      ["a: timestamp", `"(" is wanted`],
      ["a: timestamp(m)", "a unit is one of"],
      ["a: decimal(39, 0)", "from 1 to 38"],
      ["a: fixed-binary(0)", "from 1"],
      ["a: int8 !", `"!" is no schema at character 9`],
      [`"\\x": int8`, "no JSON string"],
      ["a: timestamp(us, 1)", "a zone is missing"],
      [`a: ${"list<".repeat(1000)}`, "more than 64 times"],
    ] as const
  ) assertThrows(() => parseSchema(text), TypeError, detail);
});

Deno.test("schemaDifference: says which column differs", () => {
  const schema = parseSchema("a: int8, l: list<item2: int8>");
  assertEquals(schemaDifference(schema, parseSchema("a: int8, l: list<int8>")), undefined);
  assertEquals(schemaDifference(schema, parseSchema("a: int8")), "2 columns against 1");
  assertEquals(
    schemaDifference(schema, parseSchema("a: int8?, l: list<int8>")),
    `column 1 is "a" of int8 against "a" of int8?`,
  );
});
