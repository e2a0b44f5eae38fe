import { assert, assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import {
  AlreadyExistsError,
  ChecksumMismatchError,
  copyObject,
  createStoreContext,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  ServiceError,
  StoreError,
  UnavailableError,
} from "@lade/core";
import { FakeClock } from "@lade/testing";
import type { FaultAction } from "@lade/testing/http";
import type { ObjectAttributes } from "../fakes/gcs/mod.ts";
import { bearer, openBucket, openFake, operations, withoutWaits } from "./open_fake.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const TIME = "2026-11-28T08:00:00.000Z";

/** All that an object can have. */
const DESCRIBED: Partial<ObjectAttributes> = {
  fields: {
    contentType: "text/csv",
    contentEncoding: "identity",
    contentLanguage: "de",
    contentDisposition: "inline",
    cacheControl: "no-store",
    customTime: TIME,
  },
  metadata: new Map([["Name", "Größe"], ["empty", ""]]),
  contexts: new Map([["team", "blue"]]),
  storageClass: "NEARLINE",
};

function seen(object: ObjectAttributes | undefined): unknown {
  const { fields, metadata, contexts, storageClass } = object ?? {};
  return { fields, metadata, contexts, storageClass };
}

Deno.test("copy() keeps all that the source has, in two requests, and tells both generations", async () => {
  await using opened = await openFake({ config: { storageClass: "COLDLINE" } });
  const { fake, store } = opened;
  const source = fake.putObject("bucket", "dir/a b", "content", DESCRIBED);
  const made = await store.copy("dir/a b", "ä/ö?#%+");
  const copy = fake.object("bucket", "ä/ö?#%+");
  assertEquals(operations(fake), { "objects.get": 1, "objects.rewrite": 1 });
  assertEquals(seen(copy), seen(source));
  const { crc32c = "", md5 = "" } = copy ?? {};
  const version = copy?.generation ?? "";
  const checksums = { crc32c, md5 };
  assertEquals(made, { size: 7, etag: version, version, checksums, sourceEtag: source.generation });
});

Deno.test("copy() with attributes keeps of the source's its class, its time and its contexts alone", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "content", DESCRIBED);
  await store.copy("a", "b", { attributes: { contentType: "text/plain", metadata: { X: "1" } } });
  assertEquals(seen(fake.object("bucket", "b")), {
    ...DESCRIBED,
    fields: { contentType: "text/plain", customTime: TIME },
    metadata: new Map([["x", "1"]]),
  });
  await store.copy("a", "c", { attributes: { storageClass: "ARCHIVE" } });
  assertEquals(fake.object("bucket", "c")?.storageClass, "ARCHIVE");
  await store.copy("a", "a", { attributes: {} });
  assertEquals(fake.object("bucket", "a")?.fields, { customTime: TIME });
});

Deno.test("copy() of an object onto itself that changes nothing is none, and holds its conditions", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const { generation: etag } = fake.putObject("bucket", "a", "content");
  const copied = await store.copy("a", "a", { ifMatch: etag });
  assertEquals([copied.etag, copied.sourceEtag], [etag, etag]);
  await assertRejects(() => store.copy("a", "a", { ifMatch: "1" }), PreconditionFailedError);
  await assertRejects(() => store.copy("a", "a", { ifNoneMatch: "*" }), AlreadyExistsError);
  assertEquals(operations(fake), { "objects.get": 3 });
});

Deno.test("copy() of an object onto itself whose answer is lost is not taken for a change by others", async () => {
  await using opened = await openFake(withoutWaits());
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "content");
  const match = { operation: "objects.rewrite", times: 1 } as const;
  fake.faults.add({ match, action: { kind: "drop-answer", how: "rst" } });
  const copied = () => store.copy("a", "a", { attributes: { contentType: "text/x" } });
  const error = await assertRejects(copied, UnavailableError);
  assertStringIncludes(error.message, `Cannot copy to "gs://bucket/a": `);
  assertEquals(fake.object("bucket", "a")?.fields, { contentType: "text/x" });
  fake.faults.add({ match, action: { kind: "cut-request", afterBytes: 0, how: "rst" } });
  assertEquals((await copied()).etag, fake.object("bucket", "a")?.generation);
});

Deno.test("copy() to another class goes on with a token until all is copied, under one condition", async () => {
  await using opened = await openFake({ server: { rewriteBytes: 2 ** 20 } });
  const { fake, store } = opened;
  fake.putSynthetic("bucket", "a", { size: 3 * 2 ** 20 + 1 });
  const to = { attributes: { storageClass: "COLDLINE" }, ifNoneMatch: "*" } as const;
  await store.copy("a", "b", to);
  assertEquals(operations(fake), { "objects.get": 1, "objects.rewrite": 4 });
  assertEquals(fake.object("bucket", "b")?.crc32c, fake.object("bucket", "a")?.crc32c);
  const error = await assertRejects(() => store.copy("a", "b", to), AlreadyExistsError);
  assertStringIncludes(error.message, `"gs://bucket/b": the object exists already`);
});

Deno.test("copy() waits for one that gets on slowly, and gives up one that does not", async () => {
  const clock = new FakeClock();
  const transport = { clock: createStoreContext().clock };
  await using opened = await openFake({ context: createStoreContext({ clock }), transport });
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "content");
  const answer = (made: string, more: object = { rewriteToken: "t" }) => {
    const body = JSON.stringify({ kind: "storage#rewriteResponse", totalBytesRewritten: made, ...more });
    return { kind: "answer", status: 200, headers: { "content-type": "application/json" }, body } as const;
  };
  const drive = async <T>(call: Promise<T>) => {
    let done = false;
    call.catch(() => {}).finally(() => done = true);
    while (!done) {
      await new Promise((resolve) => setTimeout(resolve));
      if (clock.pending > 0) await clock.advance(60_000);
    }
    return await call;
  };
  const { crc32c } = fake.object("bucket", "a") ?? {};
  const resource = { name: "b", size: "7", generation: "9", updated: TIME, crc32c };
  const answers = ["0", "2", "2", "3"].map((made) => answer(made));
  for (const [at, action] of [...answers, answer("7", { resource })].entries()) {
    fake.faults.add({ match: { operation: "objects.rewrite", nth: at + 1, times: 1 }, action });
  }
  const { etag } = await drive(store.copy("a", "b"));
  assertEquals(etag, "9");
  assertEquals(operations(fake)["objects.rewrite"], 5);
  fake.faults.clear();
  fake.faults.add({ match: { operation: "objects.rewrite", times: Infinity }, action: answer("5") });
  const error = await assertRejects(() => drive(store.copy("a", "c")), UnavailableError);
  assertStringIncludes(error.message, "does not get on with the copy, of which 5 bytes are made");
  fake.faults.clear();
  for (const at of Array(1000).keys()) {
    const match = { operation: "objects.rewrite", nth: at + 1, times: 1 } as const;
    fake.faults.add({ match, action: answer(String(at % 2 ? 3 : 100 + at)) });
  }
  const endless = await assertRejects(() => drive(store.copy("a", "c")), UnavailableError);
  assertStringIncludes(endless.message, "of which 7 bytes are made");
});

Deno.test("copy() is of what was seen: a source that changes or goes meanwhile is told of as such", async () => {
  for (const [change, type] of [["put", PreconditionFailedError], ["remove", NotFoundError]] as const) {
    await using opened = await openFake();
    const { fake, store } = opened;
    fake.putObject("bucket", "a", "content");
    const run = () => {
      if (change === "put") fake.putObject("bucket", "a", "other");
      else fake.removeObject("bucket", "a");
    };
    fake.faults.add({ match: { operation: "objects.rewrite" }, action: { kind: "before", run } });
    const error = await assertRejects(() => store.copy("a", "b", { ifNoneMatch: "*" }), type);
    assertStringIncludes(error.message, `Cannot copy "gs://bucket/a": `);
    assertEquals(fake.object("bucket", "b"), undefined);
  }
});

Deno.test("copy() holds a condition on the target, also of a version that is not the latest", async () => {
  await using opened = await openFake({ server: { settings: { versioning: true } } });
  const { fake, store } = opened;
  const { generation: old } = fake.putObject("bucket", "a", "old");
  fake.putObject("bucket", "a", "new");
  fake.putObject("bucket", "b", "there");
  const asked = { sourceVersion: old, ifMatch: "1" };
  const error = await assertRejects(() => store.copy("a", "b", asked), PreconditionFailedError);
  assertStringIncludes(error.message, `Cannot copy to "gs://bucket/b": `);
  const made = await store.copy("a", "b", {
    ...asked,
    ifMatch: fake.object("bucket", "b")?.generation ?? "",
  });
  assertEquals([made.sourceEtag, fake.bytes("bucket", "b")], [old, bytes("old")]);
});

/** What leaves open whether a request was done. */
const DOUBTS: Readonly<Record<string, FaultAction>> = {
  "a reset before the answer": { kind: "drop-answer", how: "rst" },
  "a reset of the request": { kind: "cut-request", afterBytes: 0, how: "rst" },
  "a 503": { kind: "status", status: 503 },
};

for (const [what, action] of Object.entries(DOUBTS)) {
  const isDone = action.kind === "drop-answer";
  Deno.test(`copy() that meets ${what} is made again, under a condition unless it may have been made`, async () => {
    await using opened = await openFake(withoutWaits());
    const { fake, store } = opened;
    fake.putObject("bucket", "a", "content", DESCRIBED);
    const { generation: before } = fake.putObject("bucket", "c", "before");
    for (
      const [to, options] of [["b", {}], ["c", { ifMatch: before }], ["d", { ifNoneMatch: "*" }]] as const
    ) {
      fake.faults.add({ match: { operation: "objects.rewrite", times: 1 }, action });
      const copied = store.copy("a", to, options);
      if (isDone && to !== "b") {
        const error = await assertRejects(() => copied, UnavailableError);
        assertStringIncludes(
          error.message,
          "an object of the same content is there now, and nothing shows whose",
        );
      } else assertEquals((await copied).etag, fake.object("bucket", to)?.generation);
      assertEquals(fake.bytes("bucket", to), bytes("content"));
    }
  });

  Deno.test(`copy() that meets ${what} under a condition never takes an object of another writer for its own`, async () => {
    for (const other of ["content", "another"]) {
      await using opened = await openFake(withoutWaits());
      const { fake, store } = opened;
      fake.putObject("bucket", "a", "content");
      fake.faults.add({
        match: { operation: "objects.rewrite", times: 1 },
        action: [{ kind: "before", run: () => void fake.putObject("bucket", "b", other) }, action],
      });
      const error = await assertRejects(() => store.copy("a", "b", { ifNoneMatch: "*" }), StoreError);
      // Nobody knows whose an equal one is; another one is somebody else's.
      assertEquals(error instanceof AlreadyExistsError, other !== "content", `${error}`);
      assertEquals(fake.bytes("bucket", "b"), bytes(other));
    }
  });
}

Deno.test("copy() that is not of the source's bytes is removed again, and no later object with it", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const { crc32c } = fake.putObject("bucket", "a", "content");
  const answer = { kind: "rewrite", from: new RegExp(RegExp.escape(crc32c)), to: "AAAAAA==" } as const;
  fake.faults.add({ match: { operation: "objects.rewrite" }, action: answer });
  const error = await assertRejects(() => store.copy("a", "b"), ChecksumMismatchError);
  assertStringIncludes(
    error.message,
    `the copy had 7 bytes with CRC-32C AAAAAA==, and its source has 7 with ${crc32c}`,
  );
  assert(error.retryable);
  assertEquals(fake.object("bucket", "b"), undefined);
  fake.faults.add({ match: { operation: "objects.rewrite" }, action: answer });
  const run = () => void fake.putObject("bucket", "b", "later");
  fake.faults.add({ match: { operation: "objects.delete" }, action: { kind: "before", run } });
  await assertRejects(() => store.copy("a", "b"), ChecksumMismatchError);
  assertEquals(fake.bytes("bucket", "b"), bytes("later"));
});

Deno.test("what is written and copied is encrypted by the key of the configuration", async () => {
  const kmsKey = "projects/p/locations/us/keyRings/r/cryptoKeys/k";
  await using opened = await openFake({ config: { kmsKey, threshold: 5 } });
  const { fake, store } = opened;
  await store.put("small", bytes("small"));
  await store.put("session", bytes("session"), { ifNoneMatch: "*" });
  await store.copy("small", "copy");
  assertEquals(fake.objects("bucket").map(({ kmsKeyName }) => kmsKeyName), [kmsKey, kmsKey, kmsKey]);
});

Deno.test("copyFrom() copies between buckets, whoever asks for either, where the one of the copy may read", async () => {
  await using opened = await openFake({ server: { buckets: ["bucket", "other"] } });
  const { fake } = opened;
  fake.putObject("other", "a", "content");
  const may = (...names: string[]) => {
    const permissions = new Set(names.map((name) => `storage.objects.${name}`));
    return bearer(() => fake.issueToken({ email: "w@example.com", permissions }));
  };
  await using source = openBucket(fake, {}, "other");
  await using writer = openBucket(fake, { credential: may("get", "create", "delete") });
  await using blind = openBucket(fake, { credential: may("create") });
  await using reader = openBucket(fake, { credential: may("get") });
  assertEquals((await writer.copyFrom(source, "a", "b"))?.size, 7);
  assertEquals(fake.bytes("bucket", "b"), bytes("content"));
  assertStrictEquals(await blind.copyFrom(source, "a", "c"), undefined);
  const { size } = await copyObject(source, "a", blind, "c");
  assertEquals([size, fake.bytes("bucket", "c")], [7, bytes("content")]);
  const error = await assertRejects(() => reader.copyFrom(source, "a", "d"), PermissionDeniedError);
  assertStringIncludes(error.message, "storage.objects.create");
  await using elsewhere = await openFake();
  assertStrictEquals(await elsewhere.store.copyFrom(source, "a", "b"), undefined);
  await assertRejects(() => writer.copyFrom(source, "none", "b"), NotFoundError, `"gs://other/none"`);
  await using nowhere = openBucket(fake, {}, "nowhere");
  await assertRejects(() => nowhere.copyFrom(source, "a", "b"), NotFoundError, "no such bucket");
});

Deno.test("copy() of which the service neither makes an object nor tells how it goes on is no copy", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "content");
  const body = '{"kind":"storage#rewriteResponse","done":true}';
  const action = {
    kind: "answer",
    status: 200,
    headers: { "content-type": "application/json" },
    body,
  } as const;
  fake.faults.add({ match: { operation: "objects.rewrite" }, action });
  await assertRejects(
    () => store.copy("a", "b"),
    ServiceError,
    "neither makes the copy nor names how to go on",
  );
});
