import { assertEquals } from "@std/assert";
import { conditionHeaders } from "./condition_headers.ts";

Deno.test("conditionHeaders() quotes etags, but not the star that stands for any", () => {
  assertEquals(conditionHeaders({}), {});
  assertEquals(conditionHeaders({ ifMatch: "a", ifNoneMatch: "*" }), {
    "if-match": '"a"',
    "if-none-match": "*",
  });
});
