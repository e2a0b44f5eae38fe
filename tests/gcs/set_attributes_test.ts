import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { NotFoundError, PermissionDeniedError, PreconditionFailedError } from "@lade/core";
import { openFake, operations } from "./open_fake.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const CHANGED = { "objects.get": 1, "objects.patch": 1 };

Deno.test("setAttributes() replaces metadata as a whole and takes back what is empty, and makes no version", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const fields = { contentType: "text/csv", contentLanguage: "de", customTime: "2026-11-28T08:00:00Z" };
  const metadata = new Map([["Old", "1"], ["kept", "2"]]);
  const { generation } = fake.putObject("bucket", "a", "content", { fields: { ...fields }, metadata });
  const result = await store.setAttributes("a", { contentLanguage: "", metadata: { Kept: "3", "new": "4" } });
  assertEquals([result.etag, result.version, result.size], [generation, generation, 7]);
  assertEquals(operations(fake), CHANGED);
  const { contentLanguage: _, ...rest } = fields;
  const changed = fake.object("bucket", "a");
  assertEquals(changed?.fields, rest);
  assertEquals(Object.fromEntries(changed?.metadata ?? []), { kept: "3", "new": "4" });
  await store.setAttributes("a", {});
  assertEquals(operations(fake), { "objects.get": 1 });
});

Deno.test("setAttributes() begins again where others changed the description alone", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "content", { metadata: new Map([["old", "1"]]) });
  const run = () => {
    const object = fake.object("bucket", "a");
    if (!object) return;
    object.metadata = new Map([["theirs", "1"]]);
    object.fields["cacheControl"] = "no-store";
    object.metageneration++;
  };
  fake.faults.add({ match: { operation: "objects.patch", nth: 1 }, action: { kind: "before", run } });
  await store.setAttributes("a", { metadata: { ours: "1" } });
  assertEquals(operations(fake), { "objects.get": 2, "objects.patch": 2 });
  const { fields, metadata } = fake.object("bucket", "a") ?? {};
  assertEquals([fields, metadata], [{ cacheControl: "no-store" }, new Map([["ours", "1"]])]);
});

Deno.test("setAttributes() ends where the description changes time and again, and where the content did", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "content");
  const match = { operation: "objects.patch" } as const;
  const touch = () => {
    const object = fake.object("bucket", "a");
    if (object) object.metageneration++;
  };
  fake.faults.add({ match: { ...match, times: Infinity }, action: { kind: "before", run: touch } });
  const set = () => store.setAttributes("a", { contentType: "text/plain" });
  await assertRejects(set, PreconditionFailedError);
  assertEquals(operations(fake)["objects.patch"], 5);
  for (const type of [PreconditionFailedError, NotFoundError]) {
    fake.faults.clear();
    fake.putObject("bucket", "a", "content");
    const run = () => {
      if (type === NotFoundError) fake.removeObject("bucket", "a");
      else fake.putObject("bucket", "a", "other");
    };
    fake.faults.add({ match, action: { kind: "before", run } });
    const error = await assertRejects(set, type);
    assertStringIncludes(error.message, `Cannot set the attributes of "gs://bucket/a": `);
  }
  assertEquals(fake.object("bucket", "a"), undefined);
});

Deno.test("setAttributes() whose answer is lost is made again", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "content");
  fake.faults.add({ match: { operation: "objects.patch" }, action: { kind: "drop-answer", how: "rst" } });
  await store.setAttributes("a", { contentType: "text/plain" });
  assertEquals(fake.object("bucket", "a")?.fields, { contentType: "text/plain" });
});

Deno.test("setAttributes() moves to another class by a copy onto itself, which keeps the rest and the key", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  const kmsKeyName = "projects/p/locations/us/keyRings/r/cryptoKeys/k";
  const metadata = new Map([["Name", "x"]]);
  const fields = { contentType: "text/csv" };
  const { generation } = fake.putObject("bucket", "a", "content", { fields, metadata, kmsKeyName });
  const result = await store.setAttributes("a", { storageClass: "COLDLINE", cacheControl: "no-store" });
  assertEquals(operations(fake), { "objects.get": 1, "objects.rewrite": 1 });
  const changed = fake.object("bucket", "a");
  assertEquals(result.etag, changed?.generation);
  assertEquals([changed?.storageClass, changed?.kmsKeyName, changed?.metadata], [
    "COLDLINE",
    kmsKeyName,
    metadata,
  ]);
  assertEquals(changed?.fields, { contentType: "text/csv", cacheControl: "no-store" });
  assertEquals(fake.bytes("bucket", "a"), bytes("content"));
  await assertRejects(
    () => store.setAttributes("a", { storageClass: "ARCHIVE" }, { ifMatch: generation }),
    PreconditionFailedError,
  );
});

Deno.test("setAttributes() to another class begins again where others changed the description meanwhile", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "content");
  const run = () => {
    const object = fake.object("bucket", "a");
    if (!object) return;
    object.fields["contentType"] = "text/theirs";
    object.metageneration++;
  };
  fake.faults.add({ match: { operation: "objects.rewrite", nth: 1 }, action: { kind: "before", run } });
  await store.setAttributes("a", { storageClass: "COLDLINE" });
  const { fields, storageClass } = fake.object("bucket", "a") ?? {};
  assertEquals([fields, storageClass], [{ contentType: "text/theirs" }, "COLDLINE"]);
});

Deno.test("setAttributes() that is refused is not made again", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "content");
  fake.faults.add({
    match: { operation: "objects.patch", times: Infinity },
    action: { kind: "status", status: 403 },
  });
  await assertRejects(() => store.setAttributes("a", { contentType: "text/plain" }), PermissionDeniedError);
  assertEquals(operations(fake), CHANGED);
});
