import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { DeleteResult, ObjectStore, ObjectToDelete } from "@lade/core";
import { PermissionDeniedError, PreconditionFailedError, ServiceError, StoreError } from "@lade/core/errors";
import type { FakeAzure } from "../fakes/azure/mod.ts";
import { openContainer, openFake } from "./open_fake.ts";
import { ScriptedAccount } from "./scripted_account.ts";

async function deleteAll(
  { store }: { readonly store: ObjectStore },
  keys: readonly (string | ObjectToDelete)[],
): Promise<DeleteResult[]> {
  return await Array.fromAsync(store.deleteMany(keys));
}

function putAll(fake: FakeAzure, count: number): string[] {
  const keys = Array.from({ length: count }, (_, i) => `dir/ä %+?#&${String(i).padStart(4, "0")}`);
  for (const key of keys) fake.putBlob("container", key, "x");
  return keys;
}

function operations({ requests }: FakeAzure): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation = "" } of requests) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

Deno.test("deleteMany() deletes 256 objects by one request, however they are authorized", async () => {
  await using opened = await openFake();
  const { fake } = opened;
  const sas = openContainer(fake, { credential: { kind: "sas", token: `?${fake.accountSas()}` } });
  await using _ = sas;
  for (const store of [opened.store, sas]) {
    const keys = putAll(fake, 600);
    fake.requests.length = 0;
    const results = await deleteAll({ store }, [...keys, "missing"]);
    assertEquals(results.filter(({ error }) => error), []);
    assertEquals(results.length, 601);
    assertEquals(operations(fake), { BlobBatch: 3 });
    assertEquals(fake.blobs("container"), []);
  }
});

Deno.test("deleteMany() tells what became of each object of a batch", async () => {
  await using opened = await openFake();
  const { fake } = opened;
  const [held = "", other = "", free = ""] = putAll(fake, 3);
  const { etag = "" } = await opened.store.head(held);
  const results = await deleteAll(opened, [
    { key: held, ifMatch: etag },
    { key: other, ifMatch: "0x1" },
    free,
    { key: "gone", ifMatch: "0x1" },
  ]);
  const errors = new Map(results.map(({ key, error }) => [key, error]));
  assertStrictEquals(errors.get(other)?.constructor, PreconditionFailedError);
  assert(errors.get(other)?.message.startsWith(`Cannot delete "${opened.store.uri}/${other}": `));
  assertEquals([held, free, "gone"].map((key) => errors.get(key)), [undefined, undefined, undefined]);
  assertEquals(fake.blobs("container").map(({ key }) => key), [other]);
});

Deno.test("deleteMany() lets no condition write headers into a batch, and deletes what is beside it", async () => {
  await using opened = await openFake();
  const [one = "", ...others] = putAll(opened.fake, 3);
  await using store = openContainer(opened.fake, {
    credential: { kind: "sas", token: opened.fake.accountSas() },
  });
  const results = await deleteAll({ store }, [{ key: one, ifMatch: '0x1"\r\nx-other: "' }, ...others]);
  assertEquals(results.map(({ error }) => error?.constructor), [TypeError, undefined, undefined]);
  assertEquals(opened.fake.blobs("container").map(({ key }) => key), [one]);
});

Deno.test("deleteMany() deletes one by one where the service refuses batches, and remembers that", async () => {
  await using opened = await openFake({ server: { refusesBatches: true } });
  const { fake } = opened;
  assertEquals((await deleteAll(opened, putAll(fake, 20))).filter(({ error }) => error), []);
  assertEquals(operations(fake), { BlobBatch: 1, DeleteBlob: 20 });
  fake.requests.length = 0;
  assertEquals((await deleteAll(opened, putAll(fake, 20))).filter(({ error }) => error), []);
  assertEquals(operations(fake), { DeleteBlob: 20 });
});

Deno.test("deleteMany() does not take a refusal of all deletions for one of batches", async () => {
  await using opened = await openFake();
  const { fake } = opened;
  const token = fake.accountSas("rl");
  const store = openContainer(fake, { credential: { kind: "sas", token } });
  await using _ = store;
  for (let round = 0; round < 2; round++) {
    fake.requests.length = 0;
    const results = await deleteAll({ store }, putAll(fake, 3));
    for (const { error } of results) {
      assert(error instanceof PermissionDeniedError, `${error}`);
      assert(!error.message.includes("sig="), error.message);
    }
    assertEquals(operations(fake)["BlobBatch"], 1);
  }
  assertEquals(fake.blobs("container").length, 3);
});

Deno.test("deleteMany() takes no object for deleted whose answer a batch lacks", async () => {
  await using opened = await openFake();
  const { fake } = opened;
  const keys = putAll(fake, 3);
  const part = [
    "--b",
    "Content-Type: application/http",
    "Content-ID: 0",
    "",
    "HTTP/1.1 202 Accepted",
    "",
    "",
  ];
  fake.faults.add({
    match: { operation: "BlobBatch" },
    action: {
      kind: "answer",
      status: 202,
      headers: { "content-type": "multipart/mixed; boundary=b", "x-ms-request-id": "1" },
      body: `${part.join("\r\n")}\r\n--b--\r\n`,
    },
  });
  const results = await deleteAll(opened, keys);
  assertEquals(results.length, 3);
  for (const { error } of results) {
    assert(error instanceof ServiceError, `${error}`);
    assert(error.message.includes("a request of the batch is not answered"), error.message);
  }
});

Deno.test("delete() and deleteMany() leave an object with snapshots, and say what to do", async () => {
  await using opened = await openFake();
  const { fake } = opened;
  const [key = "", other = ""] = putAll(fake, 2);
  const { target } = opened.store;
  const call = { operation: "snapshot", uri: opened.store.uri };
  const path = `/${fake.account.name}/container/${encodeURIComponent(key).replaceAll("%2F", "/")}`;
  await target.client.send({ method: "PUT", path, query: { comp: "snapshot" }, kind: "write", call });
  const [alone, many] = [
    await opened.store.delete(key).catch((error) => error),
    (await deleteAll(opened, [key, other])).find((result) => result.key === key)?.error,
  ];
  for (const error of [alone, many]) {
    assert(error instanceof ServiceError && error.message.includes("the object has snapshots"), `${error}`);
  }
  assertEquals(fake.blobs("container").map((blob) => blob.key), [key]);
});

Deno.test("delete() and deleteMany() take nobody else's word for it that an object is gone", async () => {
  for (const body of ["Not Found", ""]) {
    await using account = new ScriptedAccount(() => ({ status: 404, foreign: true, body }));
    await using store = account.open("box");
    await assertRejects(() => store.delete("object"), StoreError);
    for (const { error } of await deleteAll({ store }, ["one", "two"])) assert(error instanceof StoreError);
  }
});
