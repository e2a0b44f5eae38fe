import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  AlreadyExistsError,
  type Capabilities,
  type DeleteOptions,
  NotFoundError,
  type ObjectStore,
  PermissionDeniedError,
  PreconditionFailedError,
  type PutOptions,
  UnavailableError,
  UnsupportedError,
} from "@lade/core";
import { conformance } from "@lade/testing/conformance";
import { s3Provider } from "@lade/s3";
import { startFakeS3 } from "../fakes/s3/mod.ts";
import { noise } from "./noise.ts";
import { bare, fakeConfig, openBucket, openFake } from "./open_fake.ts";
import { unversioned } from "./unversioned.ts";
import { CONDITIONS, keysOf, openWithHabits, operationsOf, SMALL_PARTS } from "./open_with_habits.ts";

const { put: PUT, complete: COMPLETE, copy: COPY, delete: DELETE } = CONDITIONS;

/** Calls with a condition, and the habit of a service that passes over it. */
const CALLS: Readonly<
  Record<string, readonly [keyof Capabilities, readonly string[], (store: ObjectStore) => Promise<unknown>]>
> = {
  "put() that creates": ["createOnly", PUT, (store) => store.put("object", noise(9), { ifNoneMatch: "*" })],
  "put() that swaps": ["compareAndSwap", PUT, (store) => store.put("object", noise(9), { ifMatch: "other" })],
  "put() in parts that creates": [
    "createOnly",
    COMPLETE,
    (store) => store.put("object", noise(3000), { ifNoneMatch: "*" }),
  ],
  "put() in parts that swaps": [
    "compareAndSwap",
    COMPLETE,
    (store) => store.put("object", noise(3000), { ifMatch: "other" }),
  ],
  "createWriter() that creates": [
    "createOnly",
    PUT,
    (store) => store.createWriter("object", { ifNoneMatch: "*" }),
  ],
  "createPartWriter() that swaps": [
    "compareAndSwap",
    PUT,
    (store) => store.createPartWriter("object", 10, { ifMatch: "other" }),
  ],
  "copy() that creates": [
    "conditionalCopy",
    [...COPY, ...COMPLETE],
    (store) => store.copy("from", "object", { ifNoneMatch: "*" }),
  ],
  "copy() that swaps": [
    "conditionalCopy",
    [...COPY, ...COMPLETE],
    (store) => store.copy("from", "object", { ifMatch: "other" }),
  ],
  "delete() of one content": [
    "conditionalDelete",
    DELETE,
    (store) => store.delete("object", { ifMatch: "other" }),
  ],
};

for (const [name, [flag, ignored, call]] of Object.entries(CALLS)) {
  Deno.test(`${name} is refused where the service passes over the condition, before anything is changed`, async () => {
    for (const habits of [{ ignored }, { refused: ignored }]) {
      await using opened = await openWithHabits(habits);
      const { fake, store, notices } = opened;
      fake.putObject("bucket", "object", "as it was");
      fake.putObject("bucket", "from", "source");
      assertEquals(store.capabilities[flag], "unknown");
      const error = await assertRejects(() => call(store), UnsupportedError);
      const verb = "ignored" in habits ? "ignores" : "refuses";
      assertStringIncludes(error.message, `the service at 127.0.0.1:${fake.port} ${verb} `);
      assertEquals(keysOf(fake), ["from", "object"]);
      assertEquals(new TextDecoder().decode(fake.bytes("bucket", "object")), "as it was");
      assertEquals(fake.uploads("bucket"), []);
      assertEquals(notices.map(({ text }) => text.includes(` ${verb} `)), notices.map(() => true));
      operationsOf(fake);
      await assertRejects(() => call(store), UnsupportedError);
      assertEquals(operationsOf(fake).filter((operation) => operation !== "HeadObject"), []);
    }
  });
}

conformance(
  "S3Store of a service that passes over every condition on writes",
  () =>
    openFake({
      config: SMALL_PARTS,
      server: { habits: { ignored: [...PUT, ...COMPLETE, ...COPY, ...DELETE] } },
    }),
  Deno.test,
  { storageClass: "STANDARD_IA", skip: unversioned },
);

conformance(
  "S3Store of a service that passes over conditions on copies",
  () => openFake({ config: SMALL_PARTS, server: { habits: { ignored: COPY } } }),
  Deno.test,
  { storageClass: "STANDARD_IA", skip: unversioned },
);

conformance(
  "S3Store of a service that refuses conditions on deletions, and passes over those of reads",
  () =>
    openFake({
      config: SMALL_PARTS,
      server: { habits: { refused: DELETE, ignored: ["GetObject if-match", "HeadObject if-match"] } },
    }),
  Deno.test,
  { storageClass: "STANDARD_IA", skip: unversioned },
);

/** What the first call with a condition asks of a service that holds it. */
const PROBES: Readonly<
  Record<string, readonly [(store: ObjectStore) => Promise<unknown>, readonly string[]]>
> = {
  "put() with ifMatch": [(store) => store.put("object", noise(9), { ifMatch: "other" }), ["PutObject"]],
  "delete() with ifMatch": [(store) => store.delete("object", { ifMatch: "other" }), ["DeleteObject"]],
  "put() with ifNoneMatch": [
    (store) => store.put("object", noise(9), { ifNoneMatch: "*" }),
    ["DeleteObject", "PutObject", "PutObject", "DeleteObject"],
  ],
};

for (const [name, [call, probe]] of Object.entries(PROBES)) {
  Deno.test(`${name} asks a service that holds the condition once: ${probe.join(", ")}`, async () => {
    await using opened = await openWithHabits({});
    const { fake, store, notices } = opened;
    fake.putObject("bucket", "object", "as it was");
    const rejected = () => assertRejects(() => call(store), Error, "");
    await Promise.all([rejected(), rejected(), rejected()]);
    const [own = ""] = probe.slice(-1);
    const requests = operationsOf(fake).filter((operation) => operation !== "HeadObject");
    assertEquals(requests.length, probe.length + 3);
    assertEquals(requests.slice(0, probe.length), probe);
    assert(own !== "");
    await rejected();
    assertEquals(operationsOf(fake).filter((operation) => operation !== "HeadObject").length, 1);
    assertEquals(keysOf(fake), ["object"]);
    assertEquals(notices, []);
  });
}

Deno.test("a call without a condition asks a service nothing", async () => {
  await using opened = await openWithHabits({ ignored: [...PUT, ...COMPLETE, ...COPY, ...DELETE] });
  const { fake, store } = opened;
  await store.put("object", noise(10));
  await store.put("object", noise(1500));
  await store.copy("object", "copy");
  await store.delete("copy");
  await (await store.get("object", { ifMatch: (await store.head("object")).etag ?? "" })).cancel();
  assertEquals(operationsOf(fake), [
    "PutObject",
    "CreateMultipartUpload",
    "UploadPart",
    "UploadPart",
    "CompleteMultipartUpload",
    "HeadObject",
    "CopyObject",
    "DeleteObject",
    "HeadObject",
    "GetObject",
  ]);
});

Deno.test("conditions are taken for held, and nothing is asked, where the configuration trusts the service", async () => {
  await using opened = await openWithHabits({}, { config: { ...SMALL_PARTS, conditions: "trust" } });
  const { fake, store } = opened;
  assertEquals(store.capabilities.createOnly, true);
  await store.put("object", noise(10), { ifNoneMatch: "*" });
  await assertRejects(() => store.put("object", noise(10), { ifNoneMatch: "*" }), AlreadyExistsError);
  assertEquals(operationsOf(fake), ["PutObject", "PutObject"]);
});

Deno.test("what a service does about a condition is asked once for all stores of a provider", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket", "other"] });
  const provider = s3Provider(bare);
  const config = { ...fakeConfig(fake) };
  await using one = await provider.open("bucket", { config });
  await using two = await provider.open("other", { config });
  await one.delete("a", { ifMatch: "other" });
  assertEquals(operationsOf(fake), ["DeleteObject", "DeleteObject"]);
  assertEquals(two.capabilities.conditionalDelete, true);
  await two.delete("a", { ifMatch: "other" });
  assertEquals(operationsOf(fake), ["DeleteObject"]);
});

Deno.test("a probe leaves no version and no delete marker in a bucket that keeps versions", async () => {
  for (const ignored of [[], [...PUT, ...COMPLETE, ...COPY, ...DELETE]]) {
    await using opened = await openWithHabits({ ignored });
    const { fake, store } = opened;
    const bucket = fake.createBucket("bucket", { versioning: "enabled" });
    const write: PutOptions = { ifNoneMatch: "*", ifIgnored: "look" };
    await store.put("small", noise(10), write);
    await store.put("large", noise(3000), write);
    await store.copy("small", "copy", { ifNoneMatch: "*", ifIgnored: "look" });
    const keys = [...bucket.keys(), ...bucket.versions(".lade-probe")].filter((key) =>
      String(key).includes("probe")
    );
    assertEquals(keys, []);
    const kept = await Array.fromAsync(store.listVersions?.() ?? []);
    assertEquals(kept.map(({ key }) => key).sort(), ["copy", "large", "small"]);
  }
});

Deno.test("a probe that fails is no answer: the call fails as it does, and the next one asks again", async () => {
  await using opened = await openFake({ config: SMALL_PARTS, transport: { retry: { maxAttempts: 1 } } });
  const { fake, store } = opened;
  fake.faults.add({
    match: { operation: "PutObject" },
    action: { kind: "status", status: 500, code: "InternalError" },
  });
  const error = await assertRejects(() => store.put("a", noise(9), { ifMatch: "other" }), UnavailableError);
  assertStringIncludes(error.message, 'Cannot put "s3://bucket/a"');
  assertEquals(store.capabilities.compareAndSwap, "unknown");
  await assertRejects(() => store.put("a", noise(9), { ifMatch: "other" }), PreconditionFailedError);
  // What failed may have been made all the same.
  assertEquals(operationsOf(fake), ["PutObject", "DeleteObject", "PutObject", "PutObject"]);
});

Deno.test("a bucket that is not there is told by the first call with a condition too", async () => {
  await using opened = await openWithHabits({});
  await using store = await openBucket(opened.fake, { bucket: "missing" });
  const calls: readonly (() => Promise<unknown>)[] = [
    () => store.put("a", noise(9), { ifMatch: "other" }),
    () => store.put("a", noise(9), { ifNoneMatch: "*" }),
  ];
  for (const call of calls) {
    const error = await assertRejects(call, NotFoundError);
    assertStringIncludes(error.message, 'Cannot put "s3://missing/a": no such bucket');
  }
});

Deno.test("a probe that may not be removed again is not made: the call says that it cannot be known, and how to go on", async () => {
  await using opened = await openWithHabits({});
  const { fake, store } = opened;
  fake.faults.add({
    match: { operation: "DeleteObject", times: Infinity },
    action: { kind: "status", status: 403, code: "AccessDenied" },
  });
  const error = await assertRejects(() => store.put("a", noise(9), { ifNoneMatch: "*" }), UnsupportedError);
  assertStringIncludes(error.message, "whether the service at");
  assertStringIncludes(error.message, "s3:DeleteObject");
  assertStringIncludes(error.message, 'set conditions to "trust"');
  assertEquals(keysOf(fake), []);
  await assertRejects(() => store.delete("a", { ifMatch: "other" }), PermissionDeniedError);
});

Deno.test("aborting a call ends its wait for a probe, which goes on for the others and cleans up", async () => {
  await using opened = await openWithHabits({});
  const { fake, store } = opened;
  const controller = new AbortController();
  fake.faults.add({
    match: { operation: "PutObject", nth: 2 },
    action: { kind: "before", run: () => controller.abort("enough") },
  });
  const write = (signal?: AbortSignal) =>
    store.put("a", noise(9), { ifNoneMatch: "*", ...(signal ? { signal } : {}) });
  const [aborted, other] = await Promise.allSettled([write(controller.signal), write()]);
  assertEquals([aborted.status, aborted.status === "rejected" && aborted.reason], ["rejected", "enough"]);
  assertEquals(other.status, "fulfilled");
  assertEquals(keysOf(fake), ["a"]);
});

Deno.test("a store that is closed in the middle of a probe leaves nothing of it", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  const store = await openBucket(fake);
  const controller = new AbortController();
  fake.faults.add({
    match: { operation: "PutObject", nth: 1 },
    action: { kind: "before", run: () => controller.abort("enough") },
  });
  await assertRejects(() => store.put("a", noise(9), { ifNoneMatch: "*", signal: controller.signal }));
  await store[Symbol.asyncDispose]();
  assertEquals(keysOf(fake), []);
});

Deno.test('ifIgnored "look" compares what is there where the service would not, and sends no condition', async () => {
  await using opened = await openWithHabits({ ignored: [...PUT, ...COMPLETE, ...COPY, ...DELETE] });
  const { fake, store } = opened;
  const look = { ifIgnored: "look" } as const;
  await store.put("object", noise(9), { ifNoneMatch: "*", ...look });
  for (const size of [9, 3000]) {
    const put = () => store.put("object", noise(size), { ifNoneMatch: "*", ...look });
    await assertRejects(put, AlreadyExistsError);
  }
  fake.requests.splice(0);
  await store.put("new", noise(3000), { ifNoneMatch: "*", ...look });
  assertEquals(operationsOf(fake).slice(-2), ["HeadObject", "CompleteMultipartUpload"]);
  const remove: DeleteOptions = { ifMatch: "other", ...look };
  await assertRejects(() => store.delete("new", remove), PreconditionFailedError);
  await store.delete("missing", remove);
  assertEquals(keysOf(fake), ["new", "object"]);
  assertEquals(store.capabilities.createOnly, false);
});

Deno.test("copy() with a condition goes by parts where the service holds it there only", async () => {
  await using opened = await openWithHabits({ ignored: COPY });
  const { fake, store } = opened;
  await store.put("from", noise(10), { contentType: "text/x-test", metadata: { name: "value" } });
  await store.put("empty", new Uint8Array(), { contentType: "text/x-test" });
  await store.copy("from", "to", { ifNoneMatch: "*" });
  await store.copy("empty", "nothing", { ifNoneMatch: "*" });
  assertEquals(fake.bytes("bucket", "to"), noise(10));
  for (const key of ["to", "nothing"]) assertEquals((await store.head(key)).contentType, "text/x-test");
  assertEquals((await store.head("to")).metadata, { name: "value" });
  for (const [from, to] of [["from", "to"], ["empty", "nothing"], ["empty", "to"]] as const) {
    await assertRejects(() => store.copy(from, to, { ifNoneMatch: "*" }), AlreadyExistsError);
    await assertRejects(() => store.copy(from, to, { ifMatch: "other" }), PreconditionFailedError);
  }
  assertEquals(fake.uploads("bucket"), []);
  assertEquals(keysOf(fake), ["empty", "from", "nothing", "to"]);
  assertEquals(store.capabilities.conditionalCopy, true);
});

Deno.test("a service that deletes what is not there whatever the condition is asked about what is there", async () => {
  await using opened = await openWithHabits({ deletesNothing: true });
  const { fake, store, notices } = opened;
  fake.putObject("bucket", "object", "as it was");
  await assertRejects(() => store.delete("object", { ifMatch: "other" }), PreconditionFailedError);
  assertEquals(operationsOf(fake).slice(0, 4), ["DeleteObject", "PutObject", "DeleteObject", "DeleteObject"]);
  assertEquals([keysOf(fake), store.capabilities.conditionalDelete, notices], [["object"], true, []]);
});

Deno.test("what a service does not hold for small objects is refused for large ones, though it would hold it", async () => {
  for (
    const [ignored, conditions] of [
      ["PutObject if-none-match", { ifNoneMatch: "*" }],
      ["PutObject if-match", { ifMatch: "other" }],
    ] as const
  ) {
    await using opened = await openWithHabits({ ignored: [ignored] });
    const { fake, store } = opened;
    for (const size of [9, 5000]) {
      await assertRejects(() => store.put("object", noise(size), conditions), UnsupportedError);
      await assertRejects(() => store.createPartWriter("object", size, conditions), UnsupportedError);
    }
    assertEquals([keysOf(fake), fake.uploads("bucket")], [[], []]);
  }
});

Deno.test("an etag that is another one is not asked for again without its quotes", async () => {
  await using opened = await openWithHabits({});
  const { fake, store } = opened;
  fake.putObject("bucket", "object", "as it was");
  await assertRejects(() => store.put("object", noise(9), { ifMatch: "other" }), PreconditionFailedError);
  operationsOf(fake);
  await assertRejects(() => store.put("object", noise(9), { ifMatch: "other" }), PreconditionFailedError);
  assertEquals(operationsOf(fake).filter((operation) => operation === "PutObject").length, 1);
});

Deno.test("a probe hides what it made by a delete marker where versions may not be deleted", async () => {
  await using opened = await openWithHabits({});
  const { fake, store, notices } = opened;
  fake.createBucket("bucket", { versioning: "enabled" });
  const { secretAccessKey } = fake;
  const allowed = new Set(["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"]);
  fake.credentials.set(fake.accessKeyId, { secretAccessKey, allowed });
  await store.put("object", noise(9), { ifNoneMatch: "*" });
  assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), ["object"]);
  assertEquals(notices, []);
});

Deno.test("conditions are probed, and held, with a customer's key as without", async () => {
  for (const ignored of [[], COPY]) {
    await using opened = await openFake({
      config: { ...SMALL_PARTS, sseCustomerKey: new Uint8Array(32).fill(3) },
      server: { habits: { ignored } },
    });
    const { fake, store } = opened;
    const { etag = "" } = await store.put("object", noise(9));
    await store.setAttributes?.("object", { contentType: "text/plain" }, { ifMatch: etag });
    await store.copy("object", "copy", { ifNoneMatch: "*" });
    await assertRejects(() => store.copy("object", "copy", { ifNoneMatch: "*" }), AlreadyExistsError);
    await assertRejects(() => store.delete("copy", { ifMatch: "other" }), PreconditionFailedError);
    assertEquals((await store.head("copy")).contentType, "text/plain");
    assertEquals(keysOf(fake), ["copy", "object"]);
  }
});

Deno.test('ifIgnored "look" takes an object without an etag for one that is there', async () => {
  await using opened = await openWithHabits({ ignored: PUT });
  const { fake, store } = opened;
  fake.putObject("bucket", "object", "old");
  fake.faults.add({
    match: { operation: "HeadObject", times: Infinity },
    action: { kind: "omit", fields: /^etag$/ },
  });
  const put = () => store.put("object", noise(9), { ifNoneMatch: "*", ifIgnored: "look" });
  await assertRejects(put, AlreadyExistsError);
  assertEquals(fake.bytes("bucket", "object"), new TextEncoder().encode("old"));
});
