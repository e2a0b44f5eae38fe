import { assertEquals } from "@std/assert";
import { ResponseHeaders } from "@lade/service/http";
import { quoteEtag, readEtag, unquoteEtag } from "./etags.ts";
import type { HeaderNames } from "./header_names.ts";
import { readObjectInfo } from "./read_object_info.ts";

const NAMES: HeaderNames = {
  service: "a test service",
  metadata: "x-test-meta-",
  storageClass: "x-test-tier",
  tagCount: "x-test-tags",
  framing: "test-chunked",
  encodeMetadata: (value) => value,
  decodeMetadata: (text) => text.toUpperCase(),
  readChecksums: (headers, whole, size) => ({
    checksums: { md5: `${headers.get("content-md5")} ${whole} ${size}` },
  }),
};

function infoOf(headers: Readonly<Record<string, string>>, names: HeaderNames = NAMES) {
  const all = { "last-modified": new Date(5000).toUTCString(), ...headers };
  const given = new ResponseHeaders(Object.keys(all), Object.values(all));
  return readObjectInfo(names, "k", 3, given, true, { operation: "head", uri: "x://c/k" });
}

Deno.test("readObjectInfo() reads the attributes of HTTP and those that the names tell", () => {
  const info = infoOf({
    etag: 'W/"e"',
    "content-type": "text/csv",
    "content-encoding": "test-chunked, gzip",
    "cache-control": "no-store",
    "content-disposition": "attachment",
    "content-language": "de",
    expires: new Date(9000).toUTCString(),
    "content-md5": "sum",
    "x-test-meta-one": "a",
    "x-other-meta-two": "b",
    "x-test-tier": "cold",
    "x-test-tags": "2",
    "x-amz-version-id": "v",
  });
  assertEquals(info, {
    key: "k",
    size: 3,
    lastModified: new Date(5000),
    etag: "e",
    contentType: "text/csv",
    contentEncoding: "gzip",
    cacheControl: "no-store",
    contentDisposition: "attachment",
    contentLanguage: "de",
    expires: new Date(9000),
    tagCount: 2,
    storageClass: "cold",
    checksums: { md5: "sum true 3" },
    metadata: { one: "A" },
  });
});

Deno.test("readObjectInfo() leaves out metadata of the backend's own, and a storage class that the object was not given", () => {
  const names = { ...NAMES, ownMetadata: ["mine"], inferredStorageClass: "x-test-inferred" };
  const told = { "x-test-meta-mine": "1", "x-test-meta-mine2": "a", "x-test-tier": "hot" };
  const { metadata, storageClass } = infoOf({ ...told, "x-test-inferred": "true" }, names);
  assertEquals([metadata, storageClass], [{ mine2: "A" }, undefined]);
  assertEquals(infoOf({ ...told, "x-test-inferred": "false" }, names).storageClass, "hot");
  assertEquals(infoOf(told, names).storageClass, "hot");
});

Deno.test("readObjectInfo() leaves out what no header tells, or tells as nothing", () => {
  const bare = { ...NAMES, readChecksums: () => ({}) };
  const wanted = { key: "k", size: 3, lastModified: new Date(5000), metadata: {} };
  assertEquals(infoOf({}, bare), wanted);
  assertEquals(
    infoOf({ "content-encoding": "test-chunked", expires: "never", "x-test-tags": "0" }, bare),
    wanted,
  );
});

Deno.test("readObjectInfo() leaves out the storage class of objects that were given none", () => {
  const names = { ...NAMES, usualStorageClass: "warm" };
  assertEquals(["cold", "warm"].map((tier) => infoOf({ "x-test-tier": tier }, names).storageClass), [
    "cold",
    undefined,
  ]);
});

Deno.test("readObjectInfo() takes for the etag what the service compares in conditions", () => {
  const { etag, version } = infoOf({ etag: '"CJ"', "x-test-generation": "17" }, {
    ...NAMES,
    etag: "x-test-generation",
    version: "x-test-generation",
  });
  assertEquals([etag, version], ["17", "17"]);
});

Deno.test("etags are kept without quotes, and quoted in conditions", () => {
  assertEquals(['"e"', "e", 'W/"e"', '""', '"', "", undefined].map(unquoteEtag), [
    "e",
    "e",
    "e",
    undefined,
    '"',
    undefined,
    undefined,
  ]);
  assertEquals(readEtag(new ResponseHeaders(["etag"], ['"e-2"'])), "e-2");
  assertEquals(["e", "*"].map(quoteEtag), ['"e"', "*"]);
});

Deno.test("readObjectInfo() leaves out what a service says of the caching of objects that say nothing of it", () => {
  const names = { ...NAMES, usualCacheControl: "private, max-age=0" };
  const expires = new Date(9000).toUTCString();
  const read = (caching: string) => {
    const info = infoOf({ "cache-control": caching, expires }, names);
    return [info.cacheControl, info.expires];
  };
  assertEquals(read("private, max-age=0"), [undefined, undefined]);
  assertEquals(read("no-store"), ["no-store", undefined]);
});

Deno.test("readObjectInfo() tells the metadata that is known from elsewhere in place of that of headers", () => {
  const names = { ...NAMES, storedMetadata: { two: "b" } };
  assertEquals(infoOf({ "x-test-meta-one": "a" }, names).metadata, { two: "b" });
});
