import { assertEquals, assertInstanceOf } from "@std/assert";
import { NotFoundError, ServiceError, ThrottledError } from "./errors.ts";

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

Deno.test("StoreError tells what to try next after what is wrong, and apart", () => {
  const about = { operation: "get", uri: "test://a", detail: "no; such" };
  const error = new NotFoundError({ ...about, advice: "ask http://u:hunter2@h" });
  assertEquals(error.message, 'Cannot get "test://a": no; such; ask http://***@h');
  assertEquals([error.detail, error.advice], ["no; such", "ask http://***@h"]);
  assertEquals(new NotFoundError(about).advice, undefined);
});

Deno.test("StoreError.restated() keeps the class and all that is not changed", () => {
  const cause = new Error("below");
  const error = new ThrottledError({
    operation: "get",
    uri: "test://a",
    detail: "too many requests",
    advice: "try again later",
    cause,
    retryable: false,
    retryAfterMs: 5,
    waitedMs: 7,
  });
  const other = error.restated({ operation: "rename", detail: "the copy was made" });
  assertInstanceOf(other, ThrottledError);
  assertEquals(other.message, 'Cannot rename "test://a": the copy was made; try again later');
  assertEquals(
    [other.cause, other.retryable, other.retryAfterMs, other.waitedMs, other.advice],
    [cause, false, 5, 7, "try again later"],
  );
});

Deno.test("StoreError.restated() adds nothing that was not there, and takes advice away where that is said", () => {
  const plain = new ServiceError({ operation: "get", uri: "test://a", detail: "no" }).restated({});
  assertEquals([plain.message, plain.advice, plain.retryAfterMs], [
    'Cannot get "test://a": no',
    undefined,
    undefined,
  ]);
  const advised = new ServiceError({ operation: "get", uri: "test://a", detail: "no", advice: "wait" });
  assertEquals(advised.restated({ advice: undefined }).message, 'Cannot get "test://a": no');
});
