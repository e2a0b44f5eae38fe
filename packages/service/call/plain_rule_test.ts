import { assertEquals } from "@std/assert";
import { plainRule, unaskedStatuses } from "./plain_rule.ts";

Deno.test("unaskedStatuses() leaves out what the headers of a request ask for", () => {
  assertEquals(unaskedStatuses(["host"]), [304, 412, 416]);
  assertEquals(unaskedStatuses(["if-none-match"]), [416]);
  assertEquals(unaskedStatuses(["x-toy-source-if-match", "x-toy-range"]), [304]);
  assertEquals(unaskedStatuses(["ifGenerationMatch"]), [304, 416]);
  assertEquals(unaskedStatuses(["ifGenerationNotMatch", "identity"]), [416]);
});

Deno.test("plainRule() takes the statuses of HTTP, and no 404 for an answer to a write", () => {
  assertEquals(plainRule("object", ["range"]), { kind: "object", statuses: [200, 206], unasked: [304, 412] });
  assertEquals(plainRule("write", ["if-match", "range"]).unasked, [304, 404]);
  assertEquals(plainRule("document", [], "page").roots, ["page"]);
});
