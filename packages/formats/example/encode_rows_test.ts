import { assertEquals, assertThrows } from "@std/assert";
import { batchOf } from "../table/batch_builder.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { encodeRows } from "./encode_rows.ts";
import { parseExample } from "./parse_example.ts";

Deno.test("encodeRows(): a list in which an item has no value is an error, and those before it are written", () => {
  const rows = encodeRows(
    batchOf(parseSchema("l: list<int64?>?"), [{ l: [1n, 2n] }, { l: null }, { l: [null] }]),
  );
  const next = () => parseExample(rows.next().value ?? new Uint8Array(0)).features;
  assertEquals(next(), { l: BigInt64Array.of(1n, 2n) });
  assertEquals(next(), {});
  assertThrows(() => rows.next(), TypeError, 'column "l" has a list with an item without a value');
});
