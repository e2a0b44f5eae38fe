import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { InvalidNameError } from "../errors/errors.ts";
import { checkKey, commonKeyFault, keyFault, objectUri } from "./check_key.ts";
import { compareKeys } from "./compare_keys.ts";
import { isUri, parseUri } from "./parse_uri.ts";

Deno.test("parseUri() cuts at the scheme and decodes nothing", () => {
  assertEquals(parseUri("S3://b/a%20b?c#d*"), { scheme: "s3", rest: "b/a%20b?c#d*" });
  assertEquals(parseUri("file:///a\nb"), { scheme: "file", rest: "/a\nb" });
  assert(isUri("x://") && !isUri("/a/b") && !isUri("C:\\a"));
});

Deno.test("compareKeys() orders as UTF-8 bytes do", () => {
  const encoder = new TextEncoder();
  const keys = [
    "",
    "a",
    "a/",
    "a-",
    "a.b",
    "ab",
    "é",
    "\u{ffff}",
    "\u{e000}",
    "\u{1f600}",
    "\u{10ffff}",
    "a\u{1f600}",
    "a\u{fffd}",
  ];
  for (const a of keys) {
    for (const b of keys) {
      const due = compareBytes(encoder.encode(a), encoder.encode(b));
      assertEquals(Math.sign(compareKeys(a, b)), due, JSON.stringify([a, b]));
    }
  }
  assertLess(compareKeys("\u{fffd}", "\u{1f600}"), 0);
});

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(a.length - b.length);
}

Deno.test("commonKeyFault() refuses what no store can hold, whatever its length", () => {
  for (const key of ["", "\ud800", `${"x".repeat(2000)}\udc00`]) {
    assertEquals(typeof commonKeyFault(key), "string", key);
    assertEquals(keyFault(key), commonKeyFault(key));
  }
  for (const key of ["x".repeat(1025), "é".repeat(1024), "/", "..", "\0"]) {
    assertEquals(commonKeyFault(key), undefined, key);
  }
});

Deno.test("keyFault() also refuses keys of more than 1,024 bytes", () => {
  assertEquals(keyFault("a/b c/\u{1f600}"), undefined);
  assertEquals(keyFault("x".repeat(1024)), undefined);
  assertEquals(keyFault("é".repeat(512)), undefined);
  assert(keyFault("é".repeat(513))?.includes("1026 bytes"));
});

Deno.test("checkKey() throws for what the store has a rule against, and tells it", () => {
  const store = { uri: "s3://b", keyFault: (key: string) => key === "bad" ? "the key is bad" : undefined };
  checkKey("get", store, "good");
  assertThrows(
    () => checkKey("get", store, "bad"),
    InvalidNameError,
    'Cannot get "s3://b/bad": the key is bad',
  );
});

Deno.test("objectUri() joins with one slash", () => {
  assertEquals(objectUri("s3://b", "a/b"), "s3://b/a/b");
  assertEquals(objectUri("file:///", "a/b"), "file:///a/b");
});
