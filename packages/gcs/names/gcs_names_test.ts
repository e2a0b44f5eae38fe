import { assertEquals } from "@std/assert";
import { gcsBucketFault, gcsNewBucketFault } from "./gcs_bucket_fault.ts";
import { gcsKeyFault, gcsMetadataNameFault } from "./gcs_key_fault.ts";

Deno.test("gcsBucketFault() names the rule that a name breaks", () => {
  const long = "a".repeat(63);
  for (
    const name of [
      "abc",
      "a_b-c",
      "0.1.2",
      "my.bucket.example.com",
      long,
      `${long}.${long}.${long}.${"b".repeat(30)}`,
    ]
  ) {
    assertEquals([gcsBucketFault(name), gcsNewBucketFault(name)], [undefined, undefined], name);
  }
  const cases: readonly (readonly [name: string, fault: string])[] = [
    ["", "the URI names no bucket"],
    ["ab", "names of buckets have 3 characters or more"],
    ["Photos", "names of buckets have no upper-case letters"],
    ["a b", "names of buckets have letters, digits, hyphens, underscores and dots, and no other characters"],
    [
      "bücher",
      "names of buckets have letters, digits, hyphens, underscores and dots, and no other characters",
    ],
    ["-abc", "names of buckets begin and end with a letter or a digit"],
    ["abc_", "names of buckets begin and end with a letter or a digit"],
    ["abc.", "names of buckets begin and end with a letter or a digit"],
    ["a..b", "names of buckets have no two dots in a row"],
    [`${long}a`, "names of buckets have at most 63 characters, 222 with dots"],
    [`${long}a.b`, "names of buckets have at most 63 characters between dots"],
    [`${long}.${long}.${long}.${"b".repeat(31)}`, "names of buckets have at most 222 characters"],
    ["10.0.0.1", "names of buckets are no addresses"],
  ];
  for (const [name, fault] of cases) {
    assertEquals([gcsBucketFault(name), gcsNewBucketFault(name)], [fault, fault]);
  }
});

Deno.test("gcsNewBucketFault() keeps to itself what only Google's own buckets are called", () => {
  for (const name of ["goog-x", "my-google-data", "g00gle-data", "my-goog1e"]) {
    assertEquals([gcsBucketFault(name), typeof gcsNewBucketFault(name)], [undefined, "string"], name);
  }
  assertEquals(gcsNewBucketFault("my-goog"), undefined);
});

Deno.test("gcsKeyFault() refuses what the service does, and no more", () => {
  const taken = [
    "a",
    "a/",
    "/",
    "//a",
    "a/../b",
    "...",
    "../a",
    ".well-known/x",
    "ü\u0000\t#?*[]",
    "é".repeat(512),
  ];
  for (const key of taken) assertEquals(gcsKeyFault(key), undefined, key);
  const refused = [
    "",
    ".",
    "..",
    "a\rb",
    "a\n",
    ".well-known/acme-challenge/x",
    "\ud800",
    "é".repeat(512) + "a",
  ];
  for (const key of refused) assertEquals(typeof gcsKeyFault(key), "string", key);
});

Deno.test("gcsMetadataNameFault() takes what can be the end of a header's name", () => {
  for (const name of ["a", "owner-id", "a.b_c!", "9"]) {
    assertEquals(gcsMetadataNameFault(name), undefined, name);
  }
  for (const name of ["", "a b", "a:b", "ü", "a\n", "(a)"]) {
    assertEquals(typeof gcsMetadataNameFault(name), "string", name);
  }
});
