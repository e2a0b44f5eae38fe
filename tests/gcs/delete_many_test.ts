import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { DeleteResult, ObjectStore, ObjectToDelete } from "@lade/core";
import {
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  ServiceError,
  StoreError,
} from "@lade/core/errors";
import type { FakeGcs } from "../fakes/gcs/mod.ts";
import { bearer, foreignPage, openBucket, openFake, operations } from "./open_fake.ts";

async function deleteAll(
  store: ObjectStore,
  keys: readonly (string | ObjectToDelete)[],
): Promise<DeleteResult[]> {
  return await Array.fromAsync(store.deleteMany(keys));
}

function putAll(fake: FakeGcs, count: number): string[] {
  const keys = Array.from({ length: count }, (_, i) => `dir/ä %+?#&${String(i).padStart(4, "0")}`);
  for (const key of keys) fake.putObject("bucket", key, "x");
  return keys;
}

function failures(results: readonly DeleteResult[]): unknown[] {
  return results.filter(({ error }) => error).map(({ key, error }) => [key, error?.message]);
}

Deno.test("deleteMany() deletes 100 objects by one request, and takes what is missing for deleted", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const results = await deleteAll(store, [...putAll(fake, 250), "missing"]);
  assertEquals([failures(results), results.length], [[], 251]);
  assertEquals(operations(fake), { batch: 3 });
  assertEquals(fake.objects("bucket"), []);
});

Deno.test("deleteMany() holds a condition for each object of a batch, and deletes versions for good", async () => {
  await using opened = await openFake({ server: { settings: { versioning: true } } });
  const { fake, store } = opened;
  const [held = "", other = "", free = ""] = putAll(fake, 3);
  const { etag = "", version = "" } = await store.head(held);
  await store.put(free, new Uint8Array(1));
  const { version: old = "" } = (await Array.fromAsync(store.listVersions(free))).at(-1) ?? {};
  operations(fake);
  const results = await deleteAll(store, [
    { key: held, ifMatch: etag },
    { key: other, ifMatch: "1" },
    { key: free, version: old },
    { key: "gone", ifMatch: "1" },
    { key: "gone", version: "7" },
  ]);
  assertEquals(operations(fake), { batch: 1 });
  const errors = results.flatMap(({ key, error }) => error ? [[key, error.constructor]] : []);
  const isOfGone = (error: unknown) => error === PreconditionFailedError;
  assertEquals(errors.filter(([key]) => key === other), [[other, PreconditionFailedError]]);
  assert(errors.every(([key, error]) => key === other || (key === "gone" && isOfGone(error))), `${errors}`);
  const left = await Array.fromAsync(store.listVersions());
  assertEquals(left.map(({ key, isLatest }) => [key, isLatest]), [[held, false], [other, true], [
    free,
    true,
  ]]);
  assertEquals(left[0]?.version, version);
});

Deno.test("deleteMany() deletes one by one where an endpoint takes no batches, and remembers that", async () => {
  await using opened = await openFake({ server: { refusesBatches: true } });
  const { fake, store } = opened;
  assertEquals(failures(await deleteAll(store, putAll(fake, 20))), []);
  assertEquals(operations(fake), { batch: 1, "objects.delete": 20 });
  assertEquals(failures(await deleteAll(store, putAll(fake, 20))), []);
  assertEquals(operations(fake), { "objects.delete": 20 });
});

Deno.test("deleteMany() tells why nothing is deleted: no rights, no bucket; batches are not to blame", async () => {
  await using opened = await openFake();
  const { fake } = opened;
  const reader = {
    email: "reader@example.com",
    permissions: new Set(["storage.objects.get", "storage.objects.list"]),
  };
  await using asReader = openBucket(fake, { credential: bearer(() => fake.issueToken(reader)) });
  await using nowhere = openBucket(fake, {}, "nowhere");
  for (const [store, type] of [[asReader, PermissionDeniedError], [nowhere, NotFoundError]] as const) {
    for (let round = 0; round < 2; round++) {
      operations(fake);
      for (const { error } of await deleteAll(store, putAll(fake, 3))) {
        assertStrictEquals(error?.constructor, type, `${error}`);
      }
      assertEquals(operations(fake)["batch"], 1);
    }
  }
  assertEquals(fake.objects("bucket").length, 3);
});

Deno.test("deleteMany() takes a token that has expired no longer than the service does, within a batch too", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const keys = putAll(fake, 5);
  await store.head(keys[0] ?? "");
  for (const token of fake.issued) token.expiresAt = 0;
  assertEquals(failures(await deleteAll(store, keys)), []);
  assertEquals(fake.objects("bucket"), []);
});

Deno.test("deleteMany() sends by itself what a batch says is not authorized any more, or fails for a while", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const [gone = "", refused = "", busy = "", held = ""] = putAll(fake, 4);
  const part = (at: number, status: number, reason = "") => {
    const error = { code: status, message: "no", errors: [{ reason }] };
    const head = `--b\r\nContent-Type: application/http\r\nContent-ID: <response-${at}>\r\n`;
    return `${head}\r\nHTTP/1.1 ${status} x\r\n\r\n${status === 204 ? "" : JSON.stringify({ error })}\r\n`;
  };
  const parts = [
    part(0, 204),
    part(1, 401, "authError"),
    part(2, 503, "backendError"),
    part(3, 403, "forbidden"),
  ];
  const headers = { "content-type": "multipart/mixed; boundary=b" };
  fake.faults.add({
    match: { operation: "batch" },
    action: { kind: "answer", status: 200, headers, body: `${parts.join("")}--b--\r\n` },
  });
  const results = await deleteAll(store, [gone, refused, busy, held]);
  assertEquals(results.map(({ error }) => error?.constructor), [
    undefined,
    undefined,
    undefined,
    PermissionDeniedError,
  ]);
  assertEquals(operations(fake), { batch: 1, "objects.delete": 2 });
  assertEquals(fake.objects("bucket").map(({ name }) => name), [gone, held]);
});

Deno.test("deleteMany() takes an answer within a batch for a deletion that says so, and no other", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const head = "--b\r\nContent-Type: application/http\r\nContent-ID:";
  const statuses = [204, 200, 202, 206, 304];
  const parts = statuses.map((status, at) =>
    `${head} <response-${at}>\r\n\r\nHTTP/1.1 ${status} x\r\n\r\n\r\n`
  );
  const headers = { "content-type": "multipart/mixed; boundary=b" };
  const body = `${parts.join("")}--b--\r\n`;
  fake.faults.add({ match: { operation: "batch" }, action: { kind: "answer", status: 200, headers, body } });
  const results = await deleteAll(store, putAll(fake, statuses.length));
  assertEquals(results.map(({ error }) => error === undefined), [true, true, false, false, false]);
});

Deno.test("deleteMany() says who pays for the batch and for each deletion", async () => {
  await using opened = await openFake({ server: { settings: { requesterPays: true } } });
  const { fake } = opened;
  await using store = openBucket(fake, { config: { userProject: "payer" } });
  assertEquals(failures(await deleteAll(store, putAll(fake, 2))), []);
  assertEquals(fake.requests.map(({ operation, query }) => [operation, query["userProject"]]), [
    ["batch", "payer"],
  ]);
});

Deno.test("deleteMany() takes no object for deleted whose answer a batch lacks", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const part = [
    "--b",
    "Content-Type: application/http",
    "Content-ID: <response-0>",
    "",
    "HTTP/1.1 204 x",
    "",
    "",
  ];
  fake.faults.add({
    match: { operation: "batch" },
    action: {
      kind: "answer",
      status: 200,
      headers: { "content-type": "multipart/mixed; boundary=b" },
      body: `${part.join("\r\n")}\r\n--b--\r\n`,
    },
  });
  for (const { error } of await deleteAll(store, putAll(fake, 3))) {
    assert(error instanceof ServiceError, `${error}`);
    assert(error.message.includes("a request of the batch is not answered"), error.message);
  }
});

Deno.test("delete() takes the null that emulators answer with, and nobody else's word that an object is gone", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const answer = (status: number, body: string) => {
    const headers = { "x-guploader-uploadid": undefined as unknown as string };
    fake.faults.add({
      match: { operation: "objects.delete", nth: 1 },
      action: [{ kind: "answer", status, headers: { "content-type": "text/plain" }, body }, {
        kind: "headers",
        set: headers,
      }],
    });
  };
  answer(200, "null\n");
  await store.delete("gone");
  for (const body of ["Not Found", ""]) {
    answer(404, body);
    await assertRejects(() => store.delete("gone"), StoreError);
  }
});

Deno.test("deleteMany() asks one by one for no endpoint that is known to take batches, whatever stands between", async () => {
  await using opened = await openFake({ isGoogle: true, traits: { takesBatches: true } });
  const { fake, store } = opened;
  fake.faults.add({ match: { operation: "batch" }, action: foreignPage(404) });
  const results = await deleteAll(store, putAll(fake, 2));
  assert(results.every(({ error }) => error instanceof ServiceError));
  assertEquals([operations(fake), fake.objects("bucket").length], [{ batch: 1 }, 2]);
});
