import { assertEquals, assertThrows } from "@std/assert";
import { ServiceError } from "@lade/core/errors";
import { metaOf } from "./resource.ts";

const call = { operation: "list", uri: "gs://bucket/" };
const WHOLE = { name: "a", size: "5", generation: "7", updated: "2026-01-02T03:04:05Z" };

Deno.test("metaOf() takes nothing for an object that lacks what every object has", () => {
  assertEquals(metaOf({ ...WHOLE, storageClass: "STANDARD" }, call), {
    ...{ key: "a", size: 5, etag: "7", version: "7" },
    lastModified: new Date("2026-01-02T03:04:05Z"),
  });
  const wrong = [{ name: "" }, { size: "" }, { size: "-1" }, { generation: "" }, { updated: "" }];
  for (const member of wrong) {
    assertThrows(() => metaOf({ ...WHOLE, ...member }, call), ServiceError, "lacks name, size");
  }
});
