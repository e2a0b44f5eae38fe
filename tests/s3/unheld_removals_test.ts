import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { listVersions, NotFoundError, PreconditionFailedError, UnsupportedError } from "@lade/core";
import { noise } from "./noise.ts";
import { openBucket } from "./open_fake.ts";
import { CONDITIONS, keysOf, openWithHabits, operationsOf } from "./open_with_habits.ts";

const { copy: COPY, delete: DELETE } = CONDITIONS;

Deno.test("rename() looks before it deletes where the service holds no condition on that", async () => {
  for (const habits of [{ ignored: DELETE }, { refused: DELETE }]) {
    await using opened = await openWithHabits(habits);
    const { fake, store } = opened;
    await store.put("from", noise(10));
    await store.rename("from", "to");
    assertEquals(keysOf(fake), ["to"]);
    assertEquals(operationsOf(fake).slice(-3), ["CopyObject", "HeadObject", "DeleteObject"]);
  }
});

Deno.test("rename() of a source that changes meanwhile keeps both, and says that the copy was made", async () => {
  for (const habits of [{}, { ignored: DELETE }]) {
    await using opened = await openWithHabits(habits);
    const { fake, store } = opened;
    await store.put("from", noise(10));
    await store.rename("from", "other");
    await store.rename("other", "from");
    fake.faults.add({
      match: { operation: "HeadObject", nth: "ignored" in habits ? 3 : 99 },
      action: { kind: "before", run: () => void fake.putObject("bucket", "from", "changed") },
    });
    fake.faults.add({
      match: { operation: "DeleteObject", nth: "ignored" in habits ? 99 : 1 },
      action: { kind: "before", run: () => void fake.putObject("bucket", "from", "changed") },
    });
    const error = await assertRejects(() => store.rename("from", "to"), PreconditionFailedError);
    assertStringIncludes(error.message, 'the copy "s3://bucket/to" was made, and the source stays');
    assertEquals(keysOf(fake), ["from", "to"]);
    assertEquals(new TextDecoder().decode(fake.bytes("bucket", "from")), "changed");
  }
});

Deno.test("rename() with sourceIfMatch is refused before the copy where its deletion cannot be held to that", async () => {
  await using opened = await openWithHabits({ refused: DELETE });
  const { fake, store } = opened;
  const { etag: sourceIfMatch = "" } = await store.put("from", noise(10));
  await assertRejects(() => store.rename("from", "to", { sourceIfMatch }), UnsupportedError);
  assertEquals(keysOf(fake), ["from"]);
  await store.rename("from", "to", { sourceIfMatch, ifIgnored: "look" });
  assertEquals(keysOf(fake), ["to"]);
});

Deno.test("copy() with sourceIfMatch sees a source that changed, where the service passes over the condition", async () => {
  for (const size of [10, 3000]) {
    await using opened = await openWithHabits({ ignored: COPY });
    const { fake, store } = opened;
    const { etag: sourceIfMatch = "" } = await store.put("from", noise(size));
    await store.copy("from", "to", { sourceIfMatch });
    assertEquals(fake.bytes("bucket", "to"), noise(size));
    await assertRejects(() => store.copy("from", "to", { sourceIfMatch: "other" }), PreconditionFailedError);
    fake.faults.add({
      match: { operation: "CopyObject" },
      action: { kind: "before", run: () => void fake.putObject("bucket", "from", "changed") },
    });
    const error = await assertRejects(
      () => store.copy("from", "to", { sourceIfMatch }),
      PreconditionFailedError,
    );
    assertStringIncludes(error.message, "may be of another content");
  }
});

Deno.test("a version that a service passes over is no other object: reads fail, and nothing is deleted", async () => {
  await using opened = await openWithHabits({ ignoresVersions: true });
  const { fake, store } = opened;
  fake.putObject("bucket", "object", "content");
  const version = "v".padEnd(32, "1");
  await assertRejects(() => store.get("object", { version }), UnsupportedError);
  await assertRejects(() => store.head("object", { version }), UnsupportedError);
  await assertRejects(() => store.copy("object", "copy", { sourceVersion: version }), UnsupportedError);
  await assertRejects(() => store.delete("object", { version }), UnsupportedError);
  const results = await Array.fromAsync(
    store.deleteMany([{ key: "object", version }, { key: "object", version: `${version}2` }]),
  );
  assertEquals(results.map(({ error }) => error instanceof UnsupportedError), [true, true]);
  assertEquals(keysOf(fake), ["object"]);
  await store.delete("object", { version: "null" });
  assertEquals(keysOf(fake), []);
});

Deno.test("the version null is deleted where reads do not find it, and no other", async () => {
  await using opened = await openWithHabits({ hidesNullVersion: true });
  const { fake, store } = opened;
  fake.putObject("bucket", "object", "content");
  fake.putObject("bucket", "other", "content");
  await store.delete("object", { version: "null" });
  assertEquals(keysOf(fake), ["other"]);
  const results = await Array.fromAsync(store.deleteMany([{ key: "other", version: "null" }]));
  assertEquals(results.map(({ error }) => error), [undefined]);
  assertEquals(keysOf(fake), []);
  await store.delete("object", { version: "null" });

  fake.putObject("bucket", "object", "old");
  fake.createBucket("bucket", { versioning: "enabled" });
  fake.putObject("bucket", "object", "new");
  await store.delete("object", { version: "null" });
  assertEquals(new TextDecoder().decode(fake.bytes("bucket", "object")), "new");
  assertEquals((await Array.fromAsync(listVersions(store, "object"))).length, 1);
});

Deno.test("delete() of a version looks for it until the bucket has shown one", async () => {
  await using opened = await openWithHabits({});
  const { fake, store } = opened;
  fake.createBucket("bucket", { versioning: "enabled" });
  const old = fake.putObject("bucket", "object", "one").versionId;
  const older = fake.putObject("bucket", "object", "two").versionId;
  assertEquals(store.capabilities.versions, "unknown");
  await store.delete("object", { version: old });
  assertEquals(operationsOf(fake), ["HeadObject", "DeleteObject"]);
  assertEquals(store.capabilities.versions, true);
  await store.delete("object", { version: older });
  assertEquals(operationsOf(fake), ["DeleteObject"]);
  await store.delete("object", { version: old });
  assertEquals(fake.bucket("bucket").keys(), []);
});

Deno.test("delete() whose answer is lost deletes nothing that came meanwhile, be the condition held or looked at", async () => {
  for (const habits of [{}, { ignored: DELETE }]) {
    for (const becomes of ["deleted", "another", "the same"]) {
      await using opened = await openWithHabits(habits);
      const { fake, store } = opened;
      const { etag: ifMatch = "" } = await store.put("a", noise(10));
      await store.delete("other", { ifMatch: "x", ifIgnored: "look" }).catch(() => {});
      fake.faults.add({
        match: { operation: "DeleteObject", key: "a" },
        action: becomes === "the same"
          ? { kind: "cut-request", afterBytes: 0, how: "rst" }
          : { kind: "drop-answer", how: "rst" },
      });
      fake.faults.add({
        match: { operation: "HeadObject", key: "a", nth: "ignored" in habits ? 2 : 1 },
        action: {
          kind: "before",
          run: () => void (becomes === "another" && fake.putObject("bucket", "a", "another")),
        },
      });
      const outcome = await store.delete("a", { ifMatch, ifIgnored: "look" }).then(
        () => "deleted",
        (error) => error.code,
      );
      const kept = becomes === "another";
      assertEquals(
        [outcome !== "deleted", keysOf(fake)],
        [kept, kept ? ["a"] : []],
        `${becomes}: ${outcome}`,
      );
    }
  }
});

Deno.test("delete() and deleteMany() in a bucket that is not there fail", async () => {
  await using opened = await openWithHabits({});
  await using store = await openBucket(opened.fake, { bucket: "missing" });
  await assertRejects(() => store.delete("a"), NotFoundError, "no such bucket");
  const results = await Array.fromAsync(store.deleteMany(["a", "b"]));
  assertEquals(results.map(({ error }) => error instanceof NotFoundError), [true, true]);
});
