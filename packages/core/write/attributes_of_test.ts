import { assertEquals } from "@std/assert";
import type { ObjectAttributes } from "../contract/types.ts";
import { ATTRIBUTE_NAMES } from "./attribute_names.ts";
import { attributesOf } from "./attributes_of.ts";

const ALL: Required<ObjectAttributes> = {
  contentType: "text/plain",
  contentEncoding: "gzip",
  cacheControl: "no-store",
  contentDisposition: "inline",
  contentLanguage: "de",
  expires: new Date(0),
  storageClass: "COLD",
  metadata: { a: "b" },
  tags: { c: "d" },
};

Deno.test("attributesOf() takes every attribute and nothing else", () => {
  const signal = new AbortController().signal;
  assertEquals(attributesOf({ ...ALL, ...{ signal, ifMatch: "x" } }), ALL);
});

Deno.test("attributesOf() leaves out what is not given, and keeps what is given as empty", () => {
  assertEquals(attributesOf({}), {});
  const absent = Object.fromEntries(ATTRIBUTE_NAMES.map((name) => [name, undefined]));
  assertEquals(Object.keys(attributesOf(absent)), []);
  assertEquals(attributesOf({ contentType: "", metadata: {} }), { contentType: "", metadata: {} });
});
