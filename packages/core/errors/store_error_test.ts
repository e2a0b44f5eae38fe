import { assertEquals } from "@std/assert";
import { NotFoundError } from "./errors.ts";

Deno.test("StoreError holds no secret of its URI or detail, and a message without what deceives", () => {
  const error = new NotFoundError({
    operation: "get",
    uri: "s3://AK:hunter2@b/k\u202e?X-Amz-Signature=abc",
    detail: "no such object\nat http://user:hunter2@proxy\x1b[2J",
  });
  assertEquals(
    error.message,
    'Cannot get "s3://AK:***@b/k\\u202e?X-Amz-Signature=***": no such object\\nat http://***@proxy\\u001b[2J',
  );
  assertEquals(error.uri, "s3://AK:***@b/k\u202e?X-Amz-Signature=***");
  assertEquals(error.detail, "no such object\nat http://***@proxy\x1b[2J");
  assertEquals(String(error.stack).includes("hunter2"), false);
});

Deno.test("StoreError keeps the exact URI of whatever holds no secret", () => {
  for (
    const uri of [
      "s3://b/a:b@c",
      "memory://m/ä\u202e\n?x=1&token5=2",
      "file:///tmp/a b",
      "s3://b/key=1/secret=2",
    ]
  ) {
    assertEquals(new NotFoundError({ operation: "get", uri, detail: "x" }).uri, uri);
  }
});
