import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { InvalidNameError } from "../errors/errors.ts";
import { parseServiceUrl, refuseUrlQuery } from "./parse_service_url.ts";

Deno.test("parseServiceUrl() cuts a URL and leaves its path as it is written", () => {
  const cases: [url: string, cut: ReturnType<typeof parseServiceUrl>][] = [
    ["https://Host.Example/a/../b//%2E?x=1", {
      text: "https://Host.Example/a/../b//%2E",
      secure: true,
      host: "host.example",
      path: "/a/../b//%2E",
      query: "x=1",
    }],
    ["HTTP://[::1]:9000", { text: "HTTP://[::1]:9000", secure: false, host: "[::1]:9000", path: "" }],
    ["https://h:443/\n?", { text: "https://h:443/\n", secure: true, host: "h", path: "/\n", query: "" }],
    ["http://h:443/", { text: "http://h:443/", secure: false, host: "h:443", path: "/" }],
  ];
  for (const [url, cut] of cases) assertEquals(parseServiceUrl(url), cut, url);
  for (const uri of ["s3://b/k", "https:/h", "https", "file:///https://h"]) {
    assertEquals(parseServiceUrl(uri), undefined);
  }
});

Deno.test("parseServiceUrl() refuses users, fragments and what is no host, and shows no password", () => {
  for (
    const url of [
      "https://me:hush@h/a",
      "https://me:so/hush@h/a",
      "https://h/a#b",
      "https:///a",
      "https://h h/a",
      "https://h:x/a",
      `https://${"a.".repeat(200)}com/a`,
    ]
  ) {
    const { message } = assertThrows(() => parseServiceUrl(url), InvalidNameError);
    assertFalse(message.includes("hush"), message);
  }
});

Deno.test("refuseUrlQuery() takes no query, shows no value of it, and says what to write instead", () => {
  const cut = (query: string) => ({ text: "https://h/b/k", secure: true, host: "h", path: "/b/k", query });
  const taken = { signature: /^sig$/, idle: ["alt"], instead: { gen: "name it by --version" } };
  for (const query of ["", "alt=media", "&"]) refuseUrlQuery(cut(query), "x://b/k", taken);
  const cases: readonly (readonly [query: string, said: string])[] = [
    ["alt=1&gen=hush", 'it has "gen"; name it by --version'],
    ["a=hush&b", 'it has "a", "b"; write %3F for a "?" in a key'],
    ["a=1&sig=hush", "it is a presigned URL, whose signature stands for one request"],
  ];
  for (const [query, said] of cases) {
    const { message } = assertThrows(
      () => refuseUrlQuery(cut(query), "x://b/k", taken),
      InvalidNameError,
      said,
    );
    assertFalse(message.includes("hush"));
  }
});
