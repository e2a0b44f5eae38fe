import { assertEquals } from "@std/assert";
import { generationQuery } from "./gcs_conditions.ts";

Deno.test("generationQuery() has conditions and versions as the JSON API has them, and none that no object can have", () => {
  const cases = [
    [{}, {}],
    [{ ifMatch: "17" }, { ifGenerationMatch: "17" }],
    [{ ifMatch: "*" }, { ifGenerationNotMatch: "0" }],
    [{ ifNoneMatch: "17" }, { ifGenerationNotMatch: "17" }],
    [{ ifNoneMatch: "*" }, { ifGenerationMatch: "0" }],
    [{ version: "17" }, { generation: "17" }],
    // The generation 0 is that of what is not there: no etag of another service may become it.
    [{ ifMatch: "0" }, { ifGenerationMatch: "1" }],
    [{ ifMatch: '"abc"' }, { ifGenerationMatch: "1" }],
    [{ ifNoneMatch: "0x1" }, { ifGenerationNotMatch: "1" }],
    [{ version: "" }, { generation: "1" }],
  ] as const;
  for (const [given, query] of cases) assertEquals(generationQuery(given), query, JSON.stringify(given));
});
