import { assertEquals } from "@std/assert";
import { encodePath, encodeQuery, encodeStrict } from "./percent_encode.ts";

Deno.test("encodeStrict() encodes every byte but the unreserved characters", () => {
  assertEquals(encodeStrict("AZaz09-._~"), "AZaz09-._~");
  assertEquals(encodeStrict("a b/!'()*+é🦕"), "a%20b%2F%21%27%28%29%2A%2B%C3%A9%F0%9F%A6%95");
});

Deno.test("encodePath() keeps slashes and resolves no segment", () => {
  assertEquals(encodePath("/a//../ü?#%"), "/a//../%C3%BC%3F%23%25");
});

Deno.test("encodeQuery() sorts by name, leaves out what is absent and keeps what is empty", () => {
  const query = { "prefix-2": "1", prefix: "a=b&c", versions: "", marker: undefined };
  assertEquals(encodeQuery(query), "prefix=a%3Db%26c&prefix-2=1&versions=");
  assertEquals(encodeQuery({}), "");
});
