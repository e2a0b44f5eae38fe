import { assertEquals, assertThrows } from "@std/assert";
import { leafTypeOf } from "./leaf_type.ts";

Deno.test("leafTypeOf(): values of a fixed length have one, of a byte at least", () => {
  const fail = (detail: string) => new RangeError(detail);
  const fixed = { name: "a", type: "FIXED_LEN_BYTE_ARRAY" } as const;
  assertEquals(leafTypeOf({ ...fixed, type_length: 1 }, fail), { type: { kind: "fixed-binary", size: 1 } });
  for (const element of [fixed, { ...fixed, type_length: 0 }, { ...fixed, type_length: -1 }]) {
    assertThrows(() => leafTypeOf(element, fail), RangeError, "has values of");
  }
});
