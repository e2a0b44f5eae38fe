import { AlreadyExistsError, PreconditionFailedError } from "@lade/core";
import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { bytes, testBoth, textOf } from "../testing/both_stores.ts";

testBoth("copy() gives the copy an etag of its own, right at once", async ({ store }) => {
  const { etag } = await store.put("a", bytes("content"));
  const copied = await store.copy("a", "b/c");
  assertNotEquals(copied.etag, etag);
  assertEquals(copied, { size: 7, etag: (await store.head("b/c")).etag ?? "" });
  assertEquals(await textOf(store, "b/c"), "content");
});

testBoth("copy() of a file that may only be read works", async ({ root, store }) => {
  root.write("a", "content");
  Deno.chmodSync(root.file("a"), 0o400);
  await store.copy("a", "b");
  await store.copy("a", "b");
  assertEquals(await textOf(store, "b"), "content");
});

testBoth("copy() that fails leaves the target and nothing else", async ({ root, store }) => {
  root.write("a", "1");
  root.write("b", "2");
  await assertRejects(() => store.copy("a", "b", { ifNoneMatch: "*" }), AlreadyExistsError);
  await assertRejects(() => store.copy("a", "b", { ifMatch: "other" }), PreconditionFailedError);
  await assertRejects(() => store.copy("a", "b", { sourceIfMatch: "other" }), PreconditionFailedError);
  assertEquals(await textOf(store, "b"), "2");
  assertEquals(root.everything(), ["a", "b"]);
});

testBoth(
  "copy() that is aborted on its way leaves the whole copy or nothing",
  async ({ root, store }) => {
    root.write("a", new Uint8Array(64 * 2 ** 20));
    const controller = new AbortController();
    const copying = store.copy("a", "b", { signal: controller.signal });
    const started = Promise.withResolvers<void>();
    const timer = setInterval(() => root.everything().length > 1 && started.resolve(), 0);
    await Promise.race([started.promise, copying]);
    clearInterval(timer);
    controller.abort(new Error("stop"));
    const message = await copying.then(() => "copied", (error) => error.message);
    assertEquals(root.everything(), message === "stop" ? ["a"] : ["a", "b"], message);
  },
  {},
  true,
);
