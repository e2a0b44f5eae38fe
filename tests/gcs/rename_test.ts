import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  AlreadyExistsError,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  StoreError,
} from "@lade/core";
import type { FakeGcs } from "../fakes/gcs/mod.ts";
import { bearer, foreignPage, openBucket, openFake, operations } from "./open_fake.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const MOVED = { "objects.get": 1, "objects.move": 1 };

function keys(fake: FakeGcs): string[] {
  return fake.objects("bucket").map(({ name }) => name);
}

Deno.test("rename() moves in one step, with all that the object has, and says from then on that it does", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  assertEquals(store.capabilities.atomicRename, "unknown");
  const { metadata } = fake.putObject("bucket", "dir/a b", "content", { metadata: new Map([["Name", "x"]]) });
  await store.rename("dir/a b", "ä/ö?#%+", { ifNoneMatch: "*" });
  assertEquals(operations(fake), MOVED);
  assertEquals([keys(fake), fake.object("bucket", "ä/ö?#%+")?.metadata], [["ä/ö?#%+"], metadata]);
  assertEquals(store.capabilities.atomicRename, true);
});

Deno.test("rename() copies and deletes where an endpoint knows no moves, and remembers that", async () => {
  await using opened = await openFake({ server: { refusesMoves: true } });
  const { fake, store } = opened;
  for (const name of ["a", "b"]) fake.putObject("bucket", name, "content");
  await store.rename("a", "c");
  assertEquals(operations(fake)["objects.move"], 1);
  assertEquals(store.capabilities.atomicRename, false);
  await store.rename("b", "d");
  assertEquals(operations(fake), { "objects.get": 2, "objects.rewrite": 1, "objects.delete": 1 });
  assertEquals(keys(fake), ["c", "d"]);
});

Deno.test("rename() of an object onto itself asks for no move, and leaves it as it is", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const { generation } = fake.putObject("bucket", "a", "content");
  await store.rename("a", "a");
  assertEquals(operations(fake), { "objects.get": 1 });
  await assertRejects(() => store.rename("a", "a", { ifNoneMatch: "*" }), AlreadyExistsError);
  await assertRejects(() => store.rename("missing", "missing"), NotFoundError);
  assertEquals([keys(fake), fake.object("bucket", "a")?.generation], [["a"], generation]);
});

Deno.test("rename() with other attributes is a copy and a deletion", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "content");
  await store.rename("a", "b", { attributes: { contentType: "text/plain" } });
  assertEquals(operations(fake)["objects.move"], undefined);
  assertEquals([keys(fake), fake.object("bucket", "b")?.fields], [["b"], { contentType: "text/plain" }]);
});

Deno.test("rename() holds conditions on both sides, and tells which one did not hold", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const { generation } = fake.putObject("bucket", "a", "content");
  fake.putObject("bucket", "b", "there");
  const there = await assertRejects(() => store.rename("a", "b", { ifNoneMatch: "*" }), AlreadyExistsError);
  assertStringIncludes(there.message, `Cannot rename to "gs://bucket/b": the object exists already`);
  const other = await assertRejects(() => store.rename("a", "b", { ifMatch: "1" }), PreconditionFailedError);
  assertStringIncludes(other.message, `"gs://bucket/b"`);
  await assertRejects(() => store.rename("a", "c", { sourceIfMatch: "1" }), PreconditionFailedError);
  await assertRejects(() => store.rename("none", "c"), NotFoundError, `"gs://bucket/none": no such object`);
  await assertRejects(() => store.rename("a", "a", { ifNoneMatch: "*" }), AlreadyExistsError);
  await store.rename("a", "a", { ifMatch: generation });
  assertEquals(keys(fake), ["a", "b"]);
});

Deno.test("rename() is of what was seen: a source that changes or goes meanwhile stays as it is", async () => {
  for (const [change, type] of [["put", PreconditionFailedError], ["remove", NotFoundError]] as const) {
    await using opened = await openFake();
    const { fake, store } = opened;
    fake.putObject("bucket", "a", "content");
    const run = () => {
      if (change === "put") fake.putObject("bucket", "a", "other");
      else fake.removeObject("bucket", "a");
    };
    fake.faults.add({ match: { operation: "objects.move" }, action: { kind: "before", run } });
    const error = await assertRejects(() => store.rename("a", "b"), type);
    assertStringIncludes(error.message, `"gs://bucket/a"`);
    assertEquals(keys(fake), change === "put" ? ["a"] : []);
    assertEquals(store.capabilities.atomicRename, "unknown");
  }
});

Deno.test("rename() whose answer is lost succeeds where the object is in its new place alone", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const lost = { kind: "drop-answer", how: "rst" } as const;
  const match = { operation: "objects.move" } as const;
  fake.putObject("bucket", "a", "content");
  fake.faults.add({ match, action: lost });
  await store.rename("a", "b");
  assertEquals([keys(fake), fake.bytes("bucket", "b")], [["b"], bytes("content")]);
  fake.faults.add({ match, action: [lost, { kind: "cut-request", afterBytes: 0, how: "rst" }] });
  await assertRejects(() => store.rename("b", "c"), StoreError);
  assertEquals(keys(fake), ["b"]);
});

/** Makes the object `a`, and what moves it to `b` as the service would. */
function movedBy(fake: FakeGcs): () => void {
  const object = fake.putObject("bucket", "a", "content");
  return () => {
    fake.putObject("bucket", "b", bytes("content"), object);
    fake.removeObject("bucket", "a");
  };
}

Deno.test("rename() that was made although the service asked for another try has succeeded", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const run = movedBy(fake);
  fake.faults.add({
    match: { operation: "objects.move", times: 1 },
    action: [{ kind: "before", run }, { kind: "status", status: 503 }],
  });
  await store.rename("a", "b");
  assertEquals([operations(fake)["objects.move"], keys(fake)], [2, ["b"]]);
});

Deno.test("rename() that another one was faster with has not succeeded", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const run = movedBy(fake);
  fake.faults.add({ match: { operation: "objects.move" }, action: { kind: "before", run } });
  await assertRejects(() => store.rename("a", "b"), NotFoundError, `"gs://bucket/a"`);
});

Deno.test("rename() that may not move tells the permission, and copies nothing behind that", async () => {
  await using opened = await openFake();
  const { fake } = opened;
  const permissions = new Set(["get", "create", "delete"].map((name) => `storage.objects.${name}`));
  const credential = bearer(() => fake.issueToken({ email: "w@example.com", permissions }));
  await using store = openBucket(fake, { credential });
  fake.putObject("bucket", "a", "content");
  const error = await assertRejects(() => store.rename("a", "b"), PermissionDeniedError);
  assertStringIncludes(error.message, "storage.objects.move");
  assertEquals(keys(fake), ["a"]);
});

Deno.test("rename() takes it from what is no answer of the service that an endpoint knows no moves, unless it made one", async () => {
  const match = { operation: "objects.move" } as const;
  for (const status of [400, 404, 405, 501]) {
    await using opened = await openFake();
    const { fake, store } = opened;
    fake.putObject("bucket", "a", "content");
    fake.faults.add({ match, action: foreignPage(status) });
    await store.rename("a", "b");
    assertEquals([keys(fake), store.capabilities.atomicRename], [["b"], false], `${status}`);
    await using other = openBucket(fake);
    await other.rename("b", "c");
    fake.faults.add({ match, action: foreignPage(status) });
    await assertRejects(() => other.rename("c", "d"), StoreError);
    assertEquals([keys(fake), other.capabilities.atomicRename], [["c"], true], `${status}`);
  }
});
