import { assertEquals } from "@std/assert";
import { EndpointSigns } from "./endpoint_signs.ts";
import { ResponseHeaders } from "./response_headers.ts";

const NAMED = new ResponseHeaders(["x-id"], ["1"]);
const MARKED = new ResponseHeaders(["x-own-type"], ["a"]);
const BARE = new ResponseHeaders(["etag"], ["e"]);

function signs(...notes: [headers: ResponseHeaders, own: boolean][]): EndpointSigns {
  const made = new EndpointSigns({ ids: ["x-id"], prefixes: ["x-own-"] });
  for (const [headers, own] of notes) made.note(headers, own);
  return made;
}

Deno.test("EndpointSigns know an answer by its name or by a header of the service's own", () => {
  assertEquals([NAMED, MARKED, BARE].map((headers) => signs().marks(headers)), [true, true, false]);
});

Deno.test("EndpointSigns demand a name once an answer had one", () => {
  assertEquals(signs().demanded, false);
  assertEquals(signs([BARE, false]).demanded, false);
  assertEquals(signs([BARE, false], [NAMED, false]).demanded, true);
});

Deno.test("EndpointSigns demand none where an answer that was surely the service's had none", () => {
  assertEquals(signs([NAMED, false], [BARE, true]).demanded, false);
  assertEquals(signs([BARE, true], [NAMED, true]).demanded, false);
  assertEquals(signs([BARE, true]).proven, true);
  assertEquals(signs([MARKED, true], [NAMED, true]).demanded, true);
});

Deno.test("EndpointSigns demands names of the first answer where every service of the kind gives them", () => {
  const made = new EndpointSigns({ ids: ["x-id"], prefixes: ["x-own-"], always: true });
  assertEquals([made.demanded, made.proven], [true, false]);
  made.note(BARE, true);
  assertEquals([made.demanded, made.proven], [false, true]);
});
