import { assertEquals, assertThrows } from "@std/assert";
import { attributesAsHeaders } from "./attributes_as_headers.ts";
import type { HeaderNames } from "./header_names.ts";

const NAMES: HeaderNames = {
  service: "a test service",
  metadata: "x-test-meta-",
  storageClass: "x-test-tier",
  decodeMetadata: (text) => text,
  encodeMetadata: (value) => `<${value}>`,
  readChecksums: () => ({}),
};

const ALL = {
  contentType: "text/csv",
  contentEncoding: "gzip",
  cacheControl: "no-store",
  contentDisposition: "attachment",
  contentLanguage: "de",
  expires: new Date(5000),
  storageClass: "cold",
  metadata: { One: "ä" },
};

Deno.test("attributesAsHeaders() writes every attribute by the header that HTTP has for it, else by the names", () => {
  assertEquals(attributesAsHeaders(NAMES, ALL), {
    "content-type": "text/csv",
    "content-encoding": "gzip",
    "cache-control": "no-store",
    "content-disposition": "attachment",
    "content-language": "de",
    "expires": "Thu, 01 Jan 1970 00:00:05 GMT",
    "x-test-tier": "cold",
    "x-test-meta-one": "<ä>",
  });
  assertEquals(attributesAsHeaders(NAMES, {}), {});
});

Deno.test("attributesAsHeaders() takes the headers of writes where the service has others for them", () => {
  const names = { ...NAMES, written: { contentType: "x-test-content-type" } };
  assertEquals(attributesAsHeaders(names, { contentType: "text/csv", contentLanguage: "de" }), {
    "x-test-content-type": "text/csv",
    "content-language": "de",
  });
});

Deno.test("attributesAsHeaders() refuses text that no header can carry", () => {
  for (const value of ["ä", "a\r\nx: y", "a\0"]) {
    assertThrows(
      () => attributesAsHeaders(NAMES, { contentLanguage: value }),
      TypeError,
      "Cannot store contentLanguage",
    );
  }
  assertThrows(() => attributesAsHeaders(NAMES, { contentDisposition: "ü" }), TypeError, "filename*=UTF-8''");
});
