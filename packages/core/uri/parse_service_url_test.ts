import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { InvalidNameError } from "../errors/errors.ts";
import { parseServiceUrl } from "./parse_service_url.ts";

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
