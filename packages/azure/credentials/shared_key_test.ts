import { assertEquals, assertThrows } from "@std/assert";
import type { UnauthorizedRequest } from "@lade/service/call";
import { Base64Signer, compareHeaders, stringToSign } from "./shared_key.ts";

const REQUEST: UnauthorizedRequest = { method: "GET", host: "h", path: "/c/k", query: "", headers: {} };

const lines = (request: Partial<UnauthorizedRequest>) =>
  stringToSign({ ...REQUEST, ...request }, "acct").split("\n");

Deno.test("stringToSign() has each header in the place of the reference", () => {
  const headers = {
    "content-encoding": "gzip",
    "content-language": "de",
    "content-md5": "md5",
    "content-type": "a/b",
    "if-modified-since": "ims",
    "if-match": "im",
    "if-none-match": "inm",
    "if-unmodified-since": "ius",
    "range": "bytes=0-1",
    "x-ms-version": "v",
    "x-ms-date": " d ",
    "accept": "*/*",
  };
  assertEquals(lines({ method: "PUT", headers, body: [new Uint8Array(3), new Uint8Array(4)] }), [
    "PUT",
    "gzip",
    "de",
    "7",
    "md5",
    "a/b",
    "",
    "ims",
    "im",
    "inm",
    "ius",
    "bytes=0-1",
    "x-ms-date:d",
    "x-ms-version:v",
    "/acct/c/k",
  ]);
});

Deno.test("stringToSign() says nothing of the length of an empty body", () => {
  for (const body of [undefined, new Uint8Array(0), []]) assertEquals(lines({ method: "PUT", body })[3], "");
  assertEquals(lines({ method: "PUT", body: new Uint8Array(10) })[3], "10");
});

Deno.test("stringToSign() takes the path as it is sent, with the account also where it begins with one", () => {
  assertEquals(
    lines({ path: "/devstoreaccount1/c/a%20%F0%9F%98%80" }).at(-1),
    "/acct/devstoreaccount1/c/a%20%F0%9F%98%80",
  );
  assertEquals(lines({ path: "/" }).at(-1), "/acct/");
});

Deno.test("stringToSign() decodes the query, in lower case, ascending, with several values of a name in one line", () => {
  const query =
    "restype=container&prefix=&Comp=list&marker=a%2Cb%3D&include=tags&include=metadata&q%20q=%F0%9F%98%80&flag";
  assertEquals(lines({ query }).slice(-7), [
    "comp:list",
    "flag:",
    "include:metadata,tags",
    "marker:a,b=",
    "prefix:",
    "q q:😀",
    "restype:container",
  ]);
});

Deno.test("compareHeaders() heeds hyphens last, and underscores before digits", () => {
  const names = [
    "x-ms-meta-a_b",
    "x-ms-meta-a1",
    "x-ms-meta-a-b",
    "x-ms-meta-ab",
    "x-ms-meta-a",
    "x-msmetaab",
    "x-ms-meta-a-",
  ];
  assertEquals(names.sort(compareHeaders), [
    "x-ms-meta-a",
    "x-ms-meta-a-",
    "x-ms-meta-a_b",
    "x-ms-meta-a1",
    "x-msmetaab",
    "x-ms-meta-ab",
    "x-ms-meta-a-b",
  ]);
  assertEquals(compareHeaders("x-ms-a", "x-ms-a"), 0);
});

Deno.test("Base64Signer signs by HMAC-SHA-256, and shows no key that is none", () => {
  // RFC 4231, test case 2.
  const known = new Base64Signer(btoa("Jefe")).sign("what do ya want for nothing?");
  const hex = Array.from(atob(known), (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  assertEquals(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  for (const key of ["", "no secret!", "abc"]) {
    const error = assertThrows(() => new Base64Signer(key), TypeError, "the account key is not in base64");
    assertEquals(key !== "" && error.message.includes(key), false);
  }
});
