import { assertEquals } from "@std/assert";
import { ResponseHeaders } from "@lade/service/http";
import { readRedirect } from "./read_redirect.ts";

function read(location: string, allowHttp = false, status = 307) {
  const isSigned = (query: Readonly<Record<string, string>>) => "signature" in query;
  const headers = new ResponseHeaders(["location"], [location]);
  return readRedirect({ status, headers }, { allowHttp, isSigned });
}

Deno.test("readRedirect() reads where a 307 or 308 leads, its path to the byte", () => {
  const redirect = { secure: true, host: "other", path: "/b/a%2Fb//c", query: "a=&x=1", presigned: false };
  assertEquals(read("https://Other:443/b/a%2Fb//c?x=1&a"), redirect);
  assertEquals(read("https://Other:443/b/a%2Fb//c?x=1&a", false, 308), redirect);
  assertEquals(read("https://other/", false, 301), undefined);
  assertEquals(read("https://other:444/?signature=1")?.host, "other:444");
  assertEquals(read("https://other:444/?signature=1")?.presigned, true);
});

Deno.test("readRedirect() leads to plain HTTP on this machine alone, unless that is allowed, also by a presigned URL", () => {
  for (const query of ["", "?signature=1"]) {
    assertEquals(read(`http://other/k${query}`), undefined);
    assertEquals(read(`http://127.0.0.1:9000/k${query}`)?.host, "127.0.0.1:9000");
    assertEquals(read(`http://other/k${query}`, true)?.secure, false);
  }
});

Deno.test("readRedirect() reads no place with a user, of another scheme, or with a query that cannot be decoded", () => {
  for (const location of ["https://user@other/", "ftp://other/", "/path", "", "https://other/?x=%ff"]) {
    assertEquals(read(location, true), undefined, location);
  }
});
