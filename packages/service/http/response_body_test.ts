import { assertEquals, assertRejects } from "@std/assert";
import { latin1 } from "@lade/testing/http";
import { createResponseBody } from "./response_body.ts";
import type { ResponseBody } from "./transport.ts";
import { TransportError } from "./transport_error.ts";

/** A body of `text` that comes at most three bytes at a time, and what it was closed with. */
function makeBody(text: string, length?: number): { body: ResponseBody; closed: unknown[] } {
  const bytes = latin1(text);
  const closed: unknown[] = [];
  let at = 0;
  const body = createResponseBody({
    read(target) {
      const piece = bytes.subarray(at, at + Math.min(3, target.length));
      target.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length);
    },
    close(complete, reason) {
      closed.push([complete, reason]);
      return Promise.resolve();
    },
  }, { endpoint: "http://h:80", length });
  return { body, closed };
}

Deno.test("ResponseBody.bytes() gives all that is left, with or without a known length", async () => {
  for (const length of [undefined, 10]) {
    for (const limit of [10, 11, 1_000_000]) {
      const { body } = makeBody("0123456789", length);
      await body.read(new Uint8Array(2));
      assertEquals(await body.text(limit), "23456789");
    }
  }
  const long = "x".repeat(100_000);
  assertEquals(await makeBody(long).body.text(100_000), long);
  assertEquals(await makeBody("", 0).body.text(0), "");
});

Deno.test("ResponseBody.bytes() refuses more than the limit, and gives up", async () => {
  for (const length of [undefined, 10]) {
    for (const limit of [0, 9]) {
      const { body, closed } = makeBody("0123456789", length);
      const error = await assertRejects(
        () => body.bytes(limit),
        TransportError,
        `more than the ${limit} bytes`,
      );
      assertEquals([error.kind, error.retryable, closed], ["too-large", false, [[false, error]]]);
    }
  }
});

Deno.test("ResponseBody.text() replaces what is no UTF-8", async () => {
  assertEquals(await makeBody("a\xffb").body.text(9), "a\ufffdb");
});

Deno.test("ResponseBody.peek() shows bytes that are read again", async () => {
  const { body } = makeBody("0123456789");
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(text(await body.peek(2)), "01");
  assertEquals(text(await body.peek(5)), "01234");
  assertEquals(text(await body.peek(3)), "012");
  const target = new Uint8Array(4);
  assertEquals([await body.read(target), text(target)], [4, "0123"]);
  assertEquals(text(await body.peek(100)), "456789");
  assertEquals(await body.text(6), "456789");
  assertEquals(text(await body.peek(1)), "");
});

Deno.test("ResponseBody.close() tells the source, and refuses to be complete over bytes that were only peeked at", async () => {
  const reason = new Error("stop");
  const { body, closed } = makeBody("0123456789");
  await body.close(false, reason);
  await body.close(true);
  assertEquals(closed, [[false, reason], [true, undefined]]);
  const peeked = makeBody("0123456789");
  await peeked.body.peek(3);
  const error = await assertRejects(
    async () => await peeked.body.close(true),
    TransportError,
    "longer than expected",
  );
  assertEquals(peeked.closed, [[false, error]]);
});

Deno.test("ResponseBody.discard() reads a short rest and gives a long one up", async () => {
  const short = makeBody("0123456789");
  await short.body.discard();
  assertEquals([short.closed, await short.body.read(new Uint8Array(1))], [[], 0]);
  const long = makeBody("x".repeat(100_000));
  await long.body.discard();
  assertEquals(long.closed, [[false, undefined]]);
});

Deno.test("ResponseBody.discard() and cancel() never reject", async () => {
  const body = createResponseBody({
    read: () => Promise.reject(new Error("broken")),
    close: () => Promise.reject(new Error("broken too")),
  }, { endpoint: "http://h:80" });
  await body.discard();
  await body.cancel();
});
