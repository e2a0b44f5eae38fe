import { assertEquals, assertStringIncludes } from "@std/assert";
import { changeOf, listedAs, planned } from "./plan_file.ts";

const lastModified = new Date("2026-01-02T03:04:05.678Z");
const object = { key: "a", size: 5, lastModified, etag: "e" };

Deno.test("an object is what was planned only by size, etag and time", () => {
  assertEquals(changeOf(planned(object), object), undefined);
  assertEquals(listedAs("a", planned(object)), object);
  assertStringIncludes(changeOf(planned(object), { ...object, size: 6 }) ?? "", "it has 6 bytes, it had 5");
  assertStringIncludes(changeOf(planned(object), { ...object, etag: "f" }) ?? "", "its etag is f, it was e");
  const { etag: _, ...untagged } = object;
  assertStringIncludes(changeOf(planned(object), untagged) ?? "", "its etag is undefined");
  const later = new Date("2026-01-02T03:04:06Z");
  for (const one of [object, untagged]) {
    assertStringIncludes(changeOf(planned(one), { ...one, lastModified: later }) ?? "", "it was written at");
  }
  // Services tell times by the second, and one of them may have given no etag.
  const rounded = { ...object, lastModified: new Date("2026-01-02T03:04:05Z") };
  assertEquals([changeOf(planned(object), rounded), changeOf(planned(untagged), object)], [
    undefined,
    undefined,
  ]);
});
