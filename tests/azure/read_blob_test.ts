import { assert, assertEquals, assertRejects } from "@std/assert";
import { getBytes, readInto } from "@lade/core";
import { ChecksumMismatchError, NotFoundError, ServiceError, UnavailableError } from "@lade/core/errors";
import { openFake } from "./open_fake.ts";

const DATA = Uint8Array.from({ length: 5000 }, (_, i) => i * 7);

Deno.test("a blob in the archive tier is an error that says how to rehydrate it, and head() tells the tier", async () => {
  await using opened = await openFake();
  await opened.store.put("cold", DATA, { storageClass: "Archive" });
  const error = await assertRejects(() => opened.store.get("cold"), ServiceError);
  assert(/archive tier; rehydrate it: set its tier to Hot, Cool or Cold/.test(error.message), error.message);
  assertEquals((await opened.store.head("cold")).storageClass, "Archive");
});

Deno.test("a blob that the service still copies into, or has not copied to its end, is not read as whole", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  await store.put("object", DATA);
  const tell = (set: Record<string, string>) => {
    fake.faults.add({ match: {}, action: { kind: "headers", set } });
  };
  for (const read of [() => store.get("object"), () => store.head("object")]) {
    tell({ "x-ms-copy-status": "pending", "x-ms-copy-progress": "10/5000" });
    const pending = await assertRejects(read, UnavailableError);
    assert(pending.message.includes("still copies into it (10 of 5000 bytes)"), pending.message);
    tell({ "x-ms-copy-status": "failed", "x-ms-copy-status-description": "404 gone" });
    const failed = await assertRejects(read, ServiceError);
    assert(failed.message.includes("has come to nothing (failed: 404 gone)"), failed.message);
    tell({ "x-ms-copy-status": "success" });
    await read();
  }
});

Deno.test("the checksum that is kept with a blob is compared however its bytes are cut", async () => {
  await using opened = await openFake({ config: { blockSize: 1000 } });
  const { fake, store } = opened;
  await store.put("object", DATA);
  assert((await store.head("object")).checksums?.crc32c);
  for (const chunkSize of [10_000, 1000]) {
    const target = new Uint8Array(DATA.length);
    await readInto(store, "object", target, { chunkSize });
    assertEquals(target, DATA);
    fake.faults.add({ match: { operation: "GetBlob" }, action: { kind: "flip", atByte: 500 } });
    await assertRejects(() => readInto(store, "object", target, { chunkSize }), ChecksumMismatchError);
  }
});

Deno.test("nothing is compared where downloads are not to be verified", async () => {
  await using opened = await openFake({ config: { verifyDownloads: false } });
  const { fake, store } = opened;
  await store.put("object", DATA);
  fake.faults.add({ match: { operation: "GetBlob" }, action: { kind: "flip", atByte: 500 } });
  assertEquals((await getBytes(store, "object")).bytes.length, DATA.length);
});

Deno.test("an append blob is read, and an MD5 that it bears is not compared", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.putBlob("container", "log", DATA, { fields: { "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" } });
  await assertRejects(() => getBytes(store, "log"), ChecksumMismatchError);
  fake.faults.add({
    match: { operation: "GetBlob" },
    action: { kind: "headers", set: { "x-ms-blob-type": "AppendBlob" } },
  });
  assertEquals((await getBytes(store, "log")).bytes, DATA);
});

Deno.test("the last bytes of a blob are those of what was seen, in two requests", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  await store.put("object", DATA);
  fake.requests.length = 0;
  const { bytes: last } = await getBytes(store, "object", { range: { suffixLength: 3 } });
  assertEquals(last, DATA.subarray(-3));
  assertEquals(fake.requests.map(({ operation }) => operation), ["GetBlobProperties", "GetBlob"]);
});

Deno.test("an object of a container that is missing is not found, and a deletion from one is no success", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.account.containers.delete("container");
  for (const call of [() => store.get("a"), () => store.delete("a"), () => store.head("a")]) {
    const error = await assertRejects(call, NotFoundError);
    assert(error.message.includes("no such container"), error.message);
  }
});
