import { assertEquals, assertThrows } from "@std/assert";
import { ServiceError } from "@lade/core/errors";
import { parseXml } from "@lade/service/xml";
import { readTags, tagsAsQuery } from "./tags.ts";

const call = { operation: "get the tags of", uri: "x://c/k" };
const read = (text: string) => readTags(parseXml(text), "a test service", call);

Deno.test("tagsAsQuery() writes names and values as a query has them", () => {
  assertEquals(tagsAsQuery({ a: "1", "b c": "d&e=(f)" }), "a=1&b%20c=d%26e%3D%28f%29");
  assertEquals(tagsAsQuery({}), "");
});

Deno.test("readTags() gives names and values, an empty one too", () => {
  const tags =
    "<Tag><Key>a</Key><Value>1 &amp; 2</Value></Tag><Tag><Key>b</Key><Value/></Tag><Tag><Key>c</Key></Tag>";
  assertEquals(read(`<T><TagSet>${tags}</TagSet></T>`), { a: "1 & 2", b: "", c: "" });
  assertEquals(read("<T><TagSet/></T>"), {});
  assertEquals(read("<T/>"), {});
});

Deno.test("readTags() takes a tag without a name for no answer of the service", () => {
  const error = assertThrows(() => read("<T><TagSet><Tag><Value>1</Value></Tag></TagSet></T>"), ServiceError);
  assertEquals(error.detail, "the answer is not that of a test service: a tag has no name");
});
