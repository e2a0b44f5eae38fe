import { assertEquals } from "@std/assert";
import type { ObjectInfo } from "@lade/core";
import { copiedAttributes, tagsToWrite } from "./copied_attributes.ts";

const SOURCE: ObjectInfo = {
  key: "k",
  size: 1,
  lastModified: new Date(0),
  etag: "e",
  contentType: "text/csv",
  contentEncoding: "gzip",
  cacheControl: "no-store",
  contentDisposition: "attachment",
  contentLanguage: "de",
  expires: new Date(5000),
  storageClass: "cold",
  tagCount: 1,
  checksums: { crc32c: "AAAAAA==" },
  metadata: { a: "b" },
};
const TAGS = { a: "1" };
const readTags = () => Promise.resolve(TAGS);

Deno.test("copiedAttributes() keeps every attribute, tags and storage class of the source", async () => {
  assertEquals(await copiedAttributes(SOURCE, { ifNoneMatch: "*", ifIgnored: "look" }, readTags), {
    contentType: "text/csv",
    contentEncoding: "gzip",
    cacheControl: "no-store",
    contentDisposition: "attachment",
    contentLanguage: "de",
    expires: new Date(5000),
    storageClass: "cold",
    metadata: { a: "b" },
    tags: TAGS,
    ifNoneMatch: "*",
    ifIgnored: "look",
  });
});

Deno.test("copiedAttributes() takes attributes that are given in place of the source's, and keeps tags and class", async () => {
  const given = { contentLanguage: "fr", metadata: {} };
  assertEquals(await copiedAttributes(SOURCE, { attributes: given, ifMatch: "m" }, readTags), {
    contentLanguage: "fr",
    metadata: {},
    storageClass: "cold",
    tags: TAGS,
    ifMatch: "m",
  });
  const more = { storageClass: "hot", tags: {} };
  assertEquals(await copiedAttributes(SOURCE, { attributes: more }, readTags), more);
});

Deno.test("tagsToWrite() asks for no tags where some are given, or the source has none", async () => {
  const refuse = () => Promise.reject(new Error("asked"));
  assertEquals(await tagsToWrite({ tagCount: 1 }, { attributes: { tags: TAGS } }, refuse), TAGS);
  assertEquals(await tagsToWrite({}, {}, refuse), undefined);
  assertEquals(await tagsToWrite({ tagCount: 1 }, {}, readTags), TAGS);
});
