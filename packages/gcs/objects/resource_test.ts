import { assertEquals, assertThrows } from "@std/assert";
import { ServiceError } from "@lade/core/errors";
import { infoOf, metaOf } from "./resource.ts";

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
  const none = [
    ...["x", "AAAA", "AAAAAA=", "AAAAAAAA"].map((crc32c) => ({ crc32c })),
    { md5Hash: "AAAAAA==" },
  ];
  for (const member of none) {
    assertThrows(
      () => metaOf({ ...WHOLE, ...member }, call),
      ServiceError,
      "a checksum of an object is none",
    );
  }
});

Deno.test("infoOf() takes no description whose parts are of other types", () => {
  const custom = { contexts: { custom: { a: { value: "b" } } }, customTime: "t", kmsKeyName: "k" };
  assertEquals(infoOf({ ...WHOLE, ...custom, metadata: { A: "1" } }, call).metadata, { a: "1" });
  const wrong = [
    ...[null, "text", ["a"], { a: 5 }, { a: null }].map((metadata) => ({ metadata })),
    ...[null, 5, { custom: { a: null } }, { custom: "abc" }].map((contexts) => ({ contexts })),
    ...["customTime", "kmsKeyName", "metageneration", "contentType"].map((name) => ({ [name]: {} })),
  ];
  for (const member of wrong) {
    const resource = JSON.parse(JSON.stringify({ ...WHOLE, ...member }));
    assertThrows(() => infoOf(resource, call), ServiceError, "is no text", JSON.stringify(member));
  }
});
