import { assertEquals, assertThrows } from "@std/assert";
import { parseTarget, TargetParser } from "./parse_target.ts";

Deno.test("parseTarget() takes a URL apart and leaves its path alone", () => {
  const cases: [url: string, endpoint: string, host: string, path: string][] = [
    ["http://h", "http://h:80", "h", "/"],
    ["http://h?x=/", "http://h:80", "h", "/?x=/"],
    ["http://H.Test:80/", "http://h.test:80", "h.test", "/"],
    ["https://h:443/", "https://h:443", "h", "/"],
    ["https://h:80/", "https://h:80", "h:80", "/"],
    [
      "http://h:443/a//b/../c/./%2e%2E?q=a:b@c#".slice(0, -1),
      "http://h:443",
      "h:443",
      "/a//b/../c/./%2e%2E?q=a:b@c",
    ],
    ["http://[::1]:8080/x", "http://[::1]:8080", "[::1]:8080", "/x"],
    ["https://[FE80::1]", "https://[fe80::1]:443", "[fe80::1]", "/"],
    ["http://my_bucket.h-1.test/'()*!~", "http://my_bucket.h-1.test:80", "my_bucket.h-1.test", "/'()*!~"],
  ];
  for (const [url, endpoint, host, path] of cases) {
    const target = parseTarget(url);
    assertEquals([target.endpoint, target.host, target.path], [endpoint, host, path]);
    assertEquals(target.secure, url.startsWith("https"));
  }
  assertEquals(parseTarget("http://[::1]/").hostname, "::1");
});

Deno.test("parseTarget() refuses what cannot be sent as it is", () => {
  const urls = [
    "",
    "h/x",
    "HTTP://h/",
    "ws://h/",
    "http:///x",
    "http://:80/",
    "http://h:/",
    "http://h:0/",
    "http://h:65536/",
    "http://a@h/",
    "http://h h/",
    "http://[::1/",
    "http://::1/",
    "http://h/ä",
    "http://h/a b",
    "http://h/a#b",
    'http://h/"',
    "http://h/\r\nx",
    "http://h/\\",
  ];
  for (const url of urls) assertThrows(() => parseTarget(url), TypeError, "Cannot send a request to", url);
});

Deno.test("TargetParser takes each URL apart as parseTarget() does, whatever the one before was", () => {
  const urls = [
    "http://h/a",
    "http://h/b?c=/d",
    "http://h",
    "http://h?x=/",
    "http://h/",
    "http://h.test/a",
    "http://h:8080/a",
    "https://h/a",
    "http://H/a//b/../c",
    "http://[::1]:8080/x",
    "http://[::1]:8080/y",
  ];
  const parser = new TargetParser();
  for (const before of urls) {
    for (const url of urls) {
      parser.parse(before);
      assertEquals(parser.parse(url), parseTarget(url));
    }
    for (const url of ["http://h/a b", "http://h/a#b", "http://a@h/", "http://h:0/", "http://h:/x"]) {
      assertThrows(() => parser.parse(url), TypeError, "Cannot send a request to");
    }
  }
});
