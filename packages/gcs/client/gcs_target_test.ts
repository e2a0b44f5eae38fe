import { assertEquals } from "@std/assert";
import { placeOf, xmlPath } from "./gcs_target.ts";

Deno.test("xmlPath() keeps slashes, but not beside segments that are resolved on the way", () => {
  const bucket = { bucket: "b" };
  assertEquals(xmlPath(bucket), "/b");
  assertEquals(xmlPath(bucket, "/a//b c?#%2e"), "/b//a//b%20c%3F%23%252e");
  assertEquals(xmlPath(bucket, "a.b/..c/d..e"), "/b/a.b/..c/d..e");
  for (const key of ["a/../c", "./a", "a/.", "../other/key"]) {
    assertEquals(xmlPath(bucket, key), `/b/${key.replaceAll("/", "%2F")}`);
  }
});

Deno.test("placeOf() takes Google's hosts for one place, and no other", () => {
  const service = (url: string) => placeOf({ bucket: "b", url }, "k").service;
  const google = "https://storage.googleapis.com";
  assertEquals(service("https://private.googleapis.com"), google);
  for (const url of ["https://evilgoogleapis.com", "https://storage.googleapis.com.evil.example"]) {
    assertEquals(service(url), url);
  }
});
