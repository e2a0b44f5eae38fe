import { createStoreContext } from "@lade/core";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { isTemporaryName } from "../names/temporary_name.ts";
import { bytes, testBoth, textOf } from "../testing/both_stores.ts";

testBoth("createWriter() gathers chunks of any size into the same content", async ({ store }) => {
  const content = new Uint8Array(5_000_000).map((_, i) => i * 31 >> 3);
  await using writer = await store.createWriter("a");
  for (let at = 0, size = 1; at < content.length; at += size, size = size * 3 % 700_001) {
    await writer.write(content.subarray(at, at + size));
  }
  assertEquals(writer.bytesWritten, content.length);
  assertEquals((await writer.close()).size, content.length);
  await using result = await store.get("a");
  const read = new Uint8Array(content.length);
  await result.readInto(read);
  assertEquals(read, content);
});

testBoth("createWriter() does what is asked in order, also when nobody waits", async ({ store }) => {
  const writer = await store.createWriter("a");
  const chunks = Array.from({ length: 50 }, (_, i) => bytes(`${i};`.repeat(5000)));
  const writes = chunks.map((chunk) => writer.write(chunk));
  const { size } = await writer.close();
  await Promise.all(writes);
  assertEquals(size, chunks.reduce((sum, { length }) => sum + length, 0));
  assertEquals(await textOf(store, "a"), chunks.map((chunk) => new TextDecoder().decode(chunk)).join(""));
});

testBoth("abort() leaves nothing behind, and close() rejects with its reason", async ({ root, store }) => {
  const reason = new Error("no more");
  const writer = await store.createWriter("a");
  await writer.write(new Uint8Array(100_000));
  assertEquals(root.everything().filter(isTemporaryName).length, 1);
  await writer.abort(reason);
  assertEquals(root.everything(), []);
  for (const call of [() => writer.close(), () => writer.write(bytes("x"))]) {
    assertStrictEquals(await call().catch((error) => error), reason);
  }
  await writer.abort();
});

testBoth("abort() while a write goes on waits for it and leaves nothing behind", async ({ root, store }) => {
  const writer = await store.createWriter("a");
  const writing = writer.write(new Uint8Array(40_000_000));
  await writer.abort(new Error("stop"));
  assertEquals(root.everything(), []);
  await writing.catch(() => {});
  await assertRejects(() => writer.close(), Error, "stop");
});

testBoth("abort() beside close() leaves the whole object or nothing", async ({ root, store }) => {
  for (let turns = 0; turns < 12; turns++) {
    const writer = await store.createWriter("a");
    await writer.write(bytes("content"));
    const closing = writer.close().then(() => true, () => false);
    for (let i = 0; i < turns; i++) await Promise.resolve();
    await writer.abort();
    assertEquals(root.everything(), await closing ? ["a"] : []);
    await store.delete("a");
  }
});

testBoth("a writer whose signal is aborted removes its file by itself", async ({ root, store }) => {
  const controller = new AbortController();
  const writer = await store.createWriter("a", { signal: controller.signal });
  await writer.write(bytes("x"));
  controller.abort(new Error("stop"));
  await assertRejects(() => writer.close(), Error, "stop");
  assertEquals(root.everything(), []);
});

testBoth("a write that fails ends the writer with that error", async ({ root, store }) => {
  const writer = await store.createWriter("a");
  // deno-lint-ignore no-explicit-any
  const failure = await writer.write("text" as any).catch((error) => error);
  assertEquals(failure instanceof TypeError, true);
  assertStrictEquals(await writer.close().catch((error) => error), failure);
  assertEquals(root.everything(), []);
});

testBoth(
  "writers hold no more of the budget than one buffer beyond it, and give all back",
  async (context) => {
    const shared = createStoreContext({ maxBufferedBytes: 2 ** 20 });
    const store = await context.open(context.root.path, { context: shared });
    const writers = await Promise.all(Array.from({ length: 8 }, (_, i) => store.createWriter(`${i}`)));
    for (let i = 0; i < 20; i++) {
      await Promise.all(
        writers.map((writer) => writer.write(bytes("x".repeat(1000)))),
      );
    }
    await Promise.all(writers.slice(1).map((writer) => writer.close()));
    await writers[0]?.abort();
    assertEquals(shared.budget.held, 0);
  },
);
