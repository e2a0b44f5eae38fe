import { assertEquals, assertThrows } from "@std/assert";
import { ServiceError } from "@lade/core/backend";
import { ResponseHeaders } from "@lade/service/http";
import type { HeaderNames } from "./header_names.ts";
import { readReceipt } from "./read_receipt.ts";

const NAMES: HeaderNames = {
  service: "a test service",
  metadata: "x-test-meta-",
  version: "x-test-version",
  encodeMetadata: (value) => value,
  decodeMetadata: (text) => text,
  readChecksums: () => ({}),
};

function receipt(headers: Readonly<Record<string, string>>, names: HeaderNames = NAMES) {
  const given = new ResponseHeaders(Object.keys(headers), Object.values(headers));
  return readReceipt(names, given, 3, { operation: "put", uri: "x://c/k" });
}

Deno.test("readReceipt() tells etag and version, as far as the service has versions", () => {
  assertEquals(receipt({ etag: '"e"', "x-test-version": "1" }), { size: 3, etag: "e", version: "1" });
  assertEquals(receipt({ etag: '"e"' }), { size: 3, etag: "e" });
  const { version: _, ...unversioned } = NAMES;
  assertEquals(receipt({ etag: '"e"', "x-test-version": "1" }, unversioned), { size: 3, etag: "e" });
});

Deno.test("readReceipt() takes for the etag what conditions compare", () => {
  const names = { ...NAMES, etag: "x-test-generation" };
  assertEquals(receipt({ etag: '"e"', "x-test-generation": "7" }, names), { size: 3, etag: "7" });
});

Deno.test("readReceipt() of an answer without an etag is a ServiceError", () => {
  const error = assertThrows(() => receipt({ "x-test-version": "1" }), ServiceError);
  assertEquals(error.detail, "the answer is not that of a test service: it does not tell the object's etag");
});
