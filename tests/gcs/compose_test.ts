import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  AlreadyExistsError,
  ChecksumMismatchError,
  InvalidNameError,
  MemoryStore,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  PrefixStore,
  UnavailableError,
  UnsupportedError,
} from "@lade/core";
import { ForwardingStore } from "@lade/core/layers";
import { compose } from "@lade/gcs";
import type { FakeGcs } from "../fakes/gcs/mod.ts";
import { openBucket, openFake, operations, withoutWaits } from "./open_fake.ts";

function putAll(fake: FakeGcs, count: number): readonly [keys: string[], all: string] {
  const keys = Array.from({ length: count }, (_, i) => `in/${String(i).padStart(4, "0")} ä?`);
  for (const [i, key] of keys.entries()) fake.putObject("bucket", key, `${i},`);
  return [keys, keys.map((_, i) => `${i},`).join("")];
}

function textOf(fake: FakeGcs, key: string): string {
  return new TextDecoder().decode(fake.bytes("bucket", key));
}

for (const [count, steps] of [[1, 1], [32, 1], [33, 2], [64, 3], [65, 3], [1030, 35]] as const) {
  Deno.test(`compose() of ${count} objects takes ${steps} steps, and leaves nothing else behind`, async () => {
    await using opened = await openFake({ server: { settings: { versioning: true } } });
    const { fake, store } = opened;
    const [keys, all] = putAll(fake, count);
    const { checksums, etag, size } = await compose(store, keys, "out/all");
    assertEquals([textOf(fake, "out/all"), size], [all, all.length]);
    const { crc32c, generation } = fake.object("bucket", "out/all") ?? {};
    assertEquals([checksums, etag], [{ crc32c }, generation]);
    const asked = operations(fake);
    assertEquals([asked["objects.compose"], asked["objects.get"]], [steps, count]);
    const left = await Array.fromAsync(store.listVersions());
    assertEquals(left.map(({ key }) => key), [...keys, "out/all"]);
  });
}

Deno.test("compose() takes the type of the first source, or what is given, and versions that are named", async () => {
  await using opened = await openFake({ server: { settings: { versioning: true } } });
  const { fake, store } = opened;
  const { generation: version } = fake.putObject("bucket", "a", "old ", {
    fields: { contentType: "text/csv" },
  });
  fake.putObject("bucket", "a", "new ", { fields: { contentType: "text/plain" } });
  await compose(store, [{ key: "a", version }, "a", { key: "a", version }], "b");
  assertEquals([textOf(fake, "b"), fake.object("bucket", "b")?.fields], ["old new old ", {
    contentType: "text/csv",
  }]);
  await compose(store, ["b", "a"], "b", {
    contentType: "text/x",
    metadata: { Name: "1" },
    cacheControl: "no-store",
  });
  const { fields, md5, metadata } = fake.object("bucket", "b") ?? {};
  assertEquals([textOf(fake, "b"), metadata, md5], ["old new old new ", new Map([["name", "1"]]), undefined]);
  assertEquals(fields, { contentType: "text/x", cacheControl: "no-store" });
});

Deno.test("compose() of what has no checksum is held to its size", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const [keys, all] = putAll(fake, 3);
  const action = { kind: "rewrite", from: /"crc32c":"[^"]*",/, to: "" } as const;
  fake.faults.add({ match: { operation: "objects.get", nth: 2 }, action });
  await compose(store, keys, "out");
  assertEquals(textOf(fake, "out"), all);
});

Deno.test("compose() holds conditions on the target, in as many steps as it takes", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const [keys] = putAll(fake, 40);
  const { generation } = fake.putObject("bucket", "out", "there");
  const error = await assertRejects(
    () => compose(store, keys, "out", { ifNoneMatch: "*" }),
    AlreadyExistsError,
  );
  assertStringIncludes(error.message, `Cannot compose "gs://bucket/out": the object exists already`);
  await assertRejects(() => compose(store, keys, "out", { ifMatch: "1" }), PreconditionFailedError);
  assertEquals([textOf(fake, "out"), fake.objects("bucket").length], ["there", 41]);
  await compose(store, keys, "out", { ifMatch: generation });
  assertEquals(fake.objects("bucket").length, 41);
});

Deno.test("compose() is of what was seen: a source that changes or goes meanwhile fails it, and nothing stays", async () => {
  for (const change of ["put", "remove"]) {
    await using opened = await openFake();
    const { fake, store } = opened;
    const [keys] = putAll(fake, 40);
    const run = () => {
      if (change === "put") fake.putObject("bucket", keys[35] ?? "", "other");
      else fake.removeObject("bucket", keys[35] ?? "");
    };
    fake.faults.add({ match: { operation: "objects.compose", nth: 1 }, action: { kind: "before", run } });
    const error = await assertRejects(() => compose(store, keys, "out"), PreconditionFailedError);
    assertStringIncludes(error.message, "a source changed or was removed meanwhile");
    assert(fake.objects("bucket").every(({ name }) => keys.includes(name)));
  }
});

Deno.test("compose() whose answers are lost is made again, under a condition unless the object may be its own", async () => {
  await using opened = await openFake({ ...withoutWaits(), server: { settings: { versioning: true } } });
  const { fake, store } = opened;
  const [keys, all] = putAll(fake, 40);
  const lose = (key: RegExp | string, kind: "drop-answer" | "cut-request") =>
    fake.faults.add({
      match: { operation: "objects.compose", key, times: 1 },
      action: kind === "drop-answer" ? { kind, how: "rst" } : { kind, afterBytes: 0, how: "rst" },
    });
  const create = { ifNoneMatch: "*" };
  lose(/^\.lade/, "drop-answer");
  lose("out", "drop-answer");
  await compose(store, keys, "out");
  assertEquals([textOf(fake, "out"), fake.objects("bucket").length], [all, 41]);
  fake.removeObject("bucket", "out");
  lose(/^\.lade/, "cut-request");
  lose("out", "cut-request");
  await compose(store, keys, "out", create);
  assertEquals([textOf(fake, "out"), fake.objects("bucket").length], [all, 41]);
  fake.removeObject("bucket", "out");
  fake.faults.clear();
  lose("out", "drop-answer");
  const error = await assertRejects(() => compose(store, keys, "out", create), UnavailableError);
  assertStringIncludes(error.message, "an object of the same content is there now");
  assertEquals([textOf(fake, "out"), fake.objects("bucket").length], [all, 41]);
  const left = await Array.fromAsync(store.listVersions(".lade"));
  assertEquals(left, []);
  await assertRejects(() => compose(store, keys, "out", create), AlreadyExistsError);
  fake.removeObject("bucket", "out");
  // What asks to try again was not done; the object is not its own only where it may have been.
  fake.faults.add({
    match: { operation: "objects.compose", key: "out", times: 1 },
    action: [
      { kind: "before", run: () => void fake.putObject("bucket", "out", all) },
      { kind: "status", status: 503 },
    ],
  });
  await assertRejects(() => compose(store, keys, "out", create), UnavailableError, "nothing shows whose");
});

Deno.test("compose() that fails on the way says why, and nothing stays of what may have been made", async () => {
  await using opened = await openFake({ transport: { retry: { maxAttempts: 1 } } });
  const { fake, store } = opened;
  const [keys] = putAll(fake, 40);
  const match = { operation: "objects.compose", key: /^\.lade/ } as const;
  fake.faults.add({ match, action: { kind: "status", status: 403 } });
  await assertRejects(() => compose(store, keys, "out"), PermissionDeniedError);
  fake.faults.add({ match: { ...match, times: Infinity }, action: { kind: "drop-answer", how: "rst" } });
  await assertRejects(() => compose(store, keys, "out"), UnavailableError);
  assertEquals(fake.objects("bucket").length, 40);
});

Deno.test("compose() makes what it needs on the way beside the target, as long as keys may be, by the key of the configuration", async () => {
  const kmsKey = "projects/p/locations/us/keyRings/r/cryptoKeys/k";
  await using opened = await openFake({ config: { kmsKey } });
  const { fake, store } = opened;
  const [keys] = putAll(fake, 40);
  for (const [to, beside] of [["dir/out", "dir/.lade-"], [`${"d".repeat(1000)}/out`, ".lade-"]] as const) {
    fake.requests.length = 0;
    await compose(store, keys, to);
    const made = fake.requests.flatMap(({ operation, key = "" }) =>
      operation === "objects.compose" ? [key] : []
    );
    assertEquals(made.map((key) => key.startsWith(beside)), [true, true, false]);
    assertEquals(fake.object("bucket", to)?.kmsKeyName, kmsKey);
  }
});

Deno.test("compose() that adds to a source adds to what was seen, and once", async () => {
  await using opened = await openFake(withoutWaits());
  const { fake, store } = opened;
  const match = { operation: "objects.compose" } as const;
  fake.putObject("bucket", "log", "1,");
  fake.putObject("bucket", "new", "2,");
  await compose(store, ["log", "new"], "log");
  assertEquals(textOf(fake, "log"), "1,2,");
  fake.faults.add({ match: { ...match, times: 1 }, action: { kind: "drop-answer", how: "rst" } });
  const lost = await assertRejects(() => compose(store, ["log", "new"], "log"), UnavailableError);
  assertStringIncludes(lost.message, "an object of the same content is there now");
  assertEquals(textOf(fake, "log"), "1,2,2,");
  const run = () => void fake.putObject("bucket", "log", "theirs,");
  fake.faults.add({ match: { ...match, times: 1 }, action: { kind: "before", run } });
  await assertRejects(() => compose(store, ["log", "new"], "log"), PreconditionFailedError);
  assertEquals(textOf(fake, "log"), "theirs,");
});

Deno.test("compose() that is not to replace anything adds to no source", async () => {
  await using opened = await openFake(withoutWaits());
  const { fake, store } = opened;
  fake.putObject("bucket", "log", "1,");
  await assertRejects(
    () => compose(store, ["log", "log"], "log", { ifNoneMatch: "*" }),
    AlreadyExistsError,
  );
  assertEquals(textOf(fake, "log"), "1,");
});

Deno.test("compose() that is of other bytes is removed again, and what stays behind of it is told", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const [keys] = putAll(fake, 40);
  const wrong = { kind: "rewrite", from: /"crc32c":"[^"]*"/, to: `"crc32c":"AAAAAA=="` } as const;
  fake.faults.add({ match: { operation: "objects.compose", key: "out" }, action: wrong });
  await assertRejects(() => compose(store, keys, "out"), ChecksumMismatchError);
  assertEquals(fake.objects("bucket").length, 40);
  fake.faults.add({
    match: { operation: "objects.delete", times: Infinity },
    action: { kind: "status", status: 500 },
  });
  const error = await assertRejects(() => compose(store, keys, "out"), UnavailableError);
  assertStringIncludes(error.message, `what was composed on the way (".lade-compose-`);
  const refused = { kind: "status", status: 403 } as const;
  fake.faults.add({ match: { operation: "objects.compose", key: "out" }, action: refused });
  const denied = await assertRejects(() => compose(store, keys, "out"), PermissionDeniedError);
  assertStringIncludes(denied.message, `what was composed on the way (".lade-compose-`);
});

Deno.test("compose() is of objects in one bucket of gs://, of one class, and of some", async () => {
  await using opened = await openFake({ server: { buckets: ["bucket", "other"] } });
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "1");
  fake.putObject("bucket", "b", "2", { storageClass: "NEARLINE" });
  await assertRejects(() => compose(store, [], "out"), TypeError, "there are no sources");
  await assertRejects(
    () => compose(store, ["a", "none"], "out"),
    NotFoundError,
    `"gs://bucket/none": no such object`,
  );
  await assertRejects(() => compose(store, ["a", "b"], "out"), UnsupportedError, "several storage classes");
  await assertRejects(() => compose(store, ["a"], "."), InvalidNameError);
  await using memory = new MemoryStore();
  await assertRejects(() => compose(memory, ["a"], "out"), UnsupportedError, "in no bucket of gs://");
  fake.putObject("bucket", "dir/a", "3");
  await compose(new PrefixStore(store, "dir/"), ["a"], "out");
  assertEquals(textOf(fake, "dir/out"), "3");
  await using other = openBucket(fake, {}, "other");
  const both = new ForwardingStore(store);
  both.beneath = (key) => ({ store: key === "x" ? other : store, key });
  await assertRejects(() => compose(both, ["a", "x"], "out"), UnsupportedError, "in another bucket");
  await using nowhere = openBucket(fake, {}, "nowhere");
  await assertRejects(() => compose(nowhere, ["a"], "out"), NotFoundError);
});
