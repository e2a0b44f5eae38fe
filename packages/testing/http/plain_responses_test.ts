import { assertEquals, assertThrows } from "@std/assert";
import { listNames } from "./list_names.ts";
import { objectResponse } from "./plain_responses.ts";
import type { RequestRecord } from "./request_record.ts";
import { ServiceFault } from "./service_fault.ts";

const BYTES = new TextEncoder().encode("0123456789");

function ask(headers: Record<string, string>, ignoresRange = false) {
  const record = { headers } as RequestRecord;
  const { status, headers: told, body } = objectResponse({ record, ignoresRange }, BYTES, { ETag: '"e"' });
  return [status, told["Content-Range"], new TextDecoder().decode(body as Uint8Array)];
}

Deno.test("objectResponse() answers ranges as RFC 9110 has them", () => {
  assertEquals(ask({}), [200, undefined, "0123456789"]);
  assertEquals(ask({ range: "bytes=2-4" }), [206, "bytes 2-4/10", "234"]);
  assertEquals(ask({ range: "bytes=7-" }), [206, "bytes 7-9/10", "789"]);
  assertEquals(ask({ range: "bytes=8-99" }), [206, "bytes 8-9/10", "89"]);
  assertEquals(ask({ range: "bytes=-3" }), [206, "bytes 7-9/10", "789"]);
  assertEquals(ask({ range: "bytes=-30" }), [206, "bytes 0-9/10", "0123456789"]);
  assertEquals(ask({ range: "bytes=2-4" }, true), [200, undefined, "0123456789"]);
  const { status, headers } = assertThrows(() => ask({ range: "bytes=10-" }), ServiceFault);
  assertEquals([status, headers["Content-Range"]], [416, "bytes */10"]);
});

Deno.test("objectResponse() holds conditions on the etag", () => {
  const statusOf = (headers: Record<string, string>) => assertThrows(() => ask(headers), ServiceFault).status;
  assertEquals([statusOf({ "if-match": '"other"' }), statusOf({ "if-none-match": '"e"' })], [412, 304]);
  for (const held of [{ "if-match": '"e"' }, { "if-match": "*" }, { "if-none-match": '"other"' }]) {
    assertEquals(ask(held)[0], 200);
  }
});

Deno.test("listNames() pages through keys in the order of UTF-8 bytes, and folds them at a delimiter", () => {
  const keys = ["b/2", "a", "b/1", "b", "c/d/e", "ä"];
  const pages = (delimiter?: string, limit = 2) => {
    const all: string[][] = [];
    for (let after: string | undefined = ""; after !== undefined;) {
      const page: ReturnType<typeof listNames> = listNames(keys, { delimiter, after, limit });
      all.push(page.names.map(({ name, isPrefix }) => isPrefix ? `${name}*` : name));
      after = page.next;
    }
    return all;
  };
  assertEquals(pages(), [["a", "b"], ["b/1", "b/2"], ["c/d/e", "ä"]]);
  assertEquals(pages("/"), [["a", "b"], ["b/*", "c/*"], ["ä"]]);
  assertEquals(listNames(keys, { prefix: "b/", delimiter: "/" }).names.map(({ name }) => name), [
    "b/1",
    "b/2",
  ]);
});
