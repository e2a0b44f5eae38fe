import { assertEquals, assertRejects } from "@std/assert";
import {
  copyObject,
  getBytes,
  getMany,
  MemoryStore,
  QuotaExceededError,
  readChunks,
  ServiceError,
} from "@lade/core";
import { openFake } from "./open_fake.ts";
import { serveDocuments } from "./serve_documents.ts";

const HEADERS = { "etag": '"e"', "last-modified": "Sat, 28 Nov 2026 08:00:00 GMT" };

/** An answer to a ranged GET of an object that says to have `size` bytes, of which 1,000 follow. */
function claiming(size: string): Response {
  const range = `bytes 0-999/${size}`;
  return new Response(new Uint8Array(1000), { status: 206, headers: { ...HEADERS, "content-range": range } });
}

for (const size of ["1152921504606846976", "9007199254740993", "9007199254740991", "-1", "1e3"]) {
  Deno.test(`a size of ${size} is an error, and no memory is asked for`, async () => {
    await using service = await serveDocuments((_, request) =>
      request.method === "HEAD"
        ? new Response(null, { headers: { ...HEADERS, "content-length": size } })
        : claiming(size)
    );
    const small = { chunkSize: 1000 };
    await assertRejects(() => getBytes(service.store, "key", small), ServiceError, "Content-Range");
    await assertRejects(() => readChunks(service.store, "key", small), ServiceError, "Content-Range");
  });
}

Deno.test("an object larger than memory is an error that says how to read it", async () => {
  await using service = await serveDocuments(() => claiming(String(2 ** 45)));
  const { store } = service;
  const small = { chunkSize: 1000 };
  await assertRejects(() => getBytes(store, "key", small), RangeError, "read it by stream() or readChunks()");
  for await (const result of getMany(store, ["key"], small)) {
    assertEquals("error" in result && result.error instanceof RangeError, true);
  }
  const to = new MemoryStore();
  await assertRejects(
    () => copyObject(store, "key", to, "copy", small),
    RangeError,
    "do not fit into memory",
  );
  assertEquals([store.context.budget.held, to.context.budget.held], [0, 0]);
});

Deno.test("createPartWriter() refuses more than an upload can have, before it begins one", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  await assertRejects(() => store.createPartWriter("key", 10_000 * 5 * 2 ** 30 + 1), QuotaExceededError);
  assertEquals(fake.requests, []);
  const writer = await store.createPartWriter("key", 10_000 * 5 * 2 ** 30);
  assertEquals([writer.partSize, writer.partCount], [5 * 2 ** 30, 10_000]);
  await writer.abort();
});
