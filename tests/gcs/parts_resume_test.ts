import { assertEquals, assertRejects } from "@std/assert";
import {
  abortUpload,
  getBytes,
  listUploads,
  NotFoundError,
  resumePartWriter,
  UnavailableError,
} from "@lade/core";
import { resumeAfterKill } from "../resume_after_kill.ts";
import { openBucket, operations } from "./open_fake.ts";
import { DATA, left, lose, openParts, PART, partOf, SUM } from "./open_parts.ts";

Deno.test("a write of a process that was killed goes on in another one", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  const script = new URL("./resumable_process.ts", import.meta.url);
  const process = { script, setting: [fake.url, fake.issueToken(), "any"] };
  for (const kept of [0, 1, 3]) {
    await resumeAfterKill(process, store, { partSize: PART, size: 2 * PART + 7, kept });
    await store.delete("object");
  }
});

Deno.test("a resumed write lists its parts, and is found done where its last answer is lost", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  const token = await left(store, [2, 0], { metadata: { name: "a" } });
  operations(fake);
  await using writer = await resumePartWriter(store, "object", DATA.length, token);
  assertEquals([0, 1, 2].map((index) => writer.isWritten(index)), [true, false, true]);
  await writer.writePart(1, partOf(1));
  lose(fake, "xml.completeMultipart");
  const { version, checksums } = await writer.close();
  assertEquals([version, checksums], [fake.object("bucket", "object")?.generation, { crc32c: SUM }]);
  assertEquals(operations(fake), {
    "xml.listParts": 2,
    "xml.putPart": 1,
    "xml.completeMultipart": 2,
    "xml.headObject": 2,
  });
  const { bytes, info: { metadata } } = await getBytes(store, "object");
  assertEquals([bytes, metadata], [DATA, { name: "a" }]);
  await assertRejects(
    () => resumePartWriter(store, "object", DATA.length, token),
    NotFoundError,
    "no such upload",
  );
});

Deno.test("an object of another writer is not taken for that of a resumed write", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  await store.put("object", DATA);
  // The object that was there before, of as many parts, and one of as many bytes that came since.
  for (
    const [putOther, isSeen] of [
      [() => {}, true],
      [() => {}, false],
      [() => void fake.putObject("bucket", "object", DATA), true],
    ] as const
  ) {
    if (!isSeen) {
      fake.faults.add({ match: { operation: "xml.headObject" }, action: { kind: "status", status: 403 } });
    }
    const giveUp = () => {
      fake.bucket("bucket").uploads.clear();
      putOther();
    };
    fake.faults.add({
      match: { operation: "xml.completeMultipart" },
      action: [{ kind: "before", run: giveUp }, { kind: "drop-answer", how: "rst" }],
    });
    await using writer = await resumePartWriter(store, "object", DATA.length, await left(store, [0, 1, 2]));
    await assertRejects(() => writer.close(), NotFoundError, "no such upload");
  }
});

Deno.test("a token of parts with a condition is none of this service", async () => {
  await using bench = await openParts();
  const { store } = bench;
  const token = JSON.parse(await left(store, [0]));
  for (const condition of [{ ifNoneMatch: "*" }, { ifMatch: "1" }]) {
    const changed = JSON.stringify({ ...token, ...condition });
    const resume = () => resumePartWriter(store, "object", DATA.length, changed);
    await assertRejects(resume, TypeError, "not one of this service");
  }
});

Deno.test("an endpoint that is not known to take parts is asked for an upload before it deletes one", async () => {
  await using bench = await openParts({ traits: {} });
  const { fake, store } = bench;
  fake.putObject("bucket", "object", "precious");
  await using other = openBucket(fake);
  const token = await left(store, [0]);
  operations(fake);
  await abortUpload(other, "object", token);
  await abortUpload(other, "object", token);
  assertEquals(operations(fake), { "xml.listParts": 2, "xml.abortMultipart": 1 });
  await abortUpload(store, "object", token);
  assertEquals(operations(fake), { "xml.abortMultipart": 1 });
  // Who passes over the name of the upload gives the object.
  const action = { kind: "answer", status: 200, headers: { etag: '"e"' }, body: "precious" } as const;
  fake.faults.add({ match: { operation: "xml.listParts", times: Infinity }, action });
  await assertRejects(() => abortUpload(other, "object", token), UnavailableError, "stays behind");
  assertEquals(operations(fake), { "xml.listParts": 1 });
  assertEquals(fake.bytes("bucket", "object")?.length, 8);
});

Deno.test("a part of another size is written again", async () => {
  await using bench = await openParts();
  const { fake, store } = bench;
  const token = await left(store, [0, 1]);
  const [upload] = fake.bucket("bucket").uploads.values();
  const last = upload?.parts.get(2);
  const third = { ...last, number: 3 };
  if (last) upload?.parts.set(3, third as typeof last);
  await using writer = await resumePartWriter(store, "object", DATA.length, token);
  assertEquals([0, 1, 2].map((index) => writer.isWritten(index)), [true, true, false]);
  await writer.writePart(2, partOf(2));
  await writer.close();
  assertEquals((await getBytes(store, "object")).bytes, DATA);
});

Deno.test("uploads are listed over pages and by prefix, and given up by name", async () => {
  await using bench = await openParts({ server: { maxPageSize: 2 } });
  const { fake, store } = bench;
  const keys = ["a/1", "a/1", "a/ö", "a/+ %41", "b"];
  for (const key of keys) {
    await using writer = await store.createPartWriter(key, DATA.length, { resumable: true });
    await writer.writePart(0, partOf(0));
  }
  const found = await Array.fromAsync(listUploads(store, "a/"));
  assertEquals(found.map(({ key }) => key).sort(), keys.slice(0, 4).sort());
  for (const { key, token } of found) await abortUpload(store, key, token);
  const [first] = found;
  await abortUpload(store, first?.key ?? "", first?.token ?? "");
  assertEquals((await Array.fromAsync(listUploads(store))).map(({ key }) => key), ["b"]);
  assertEquals(fake.unfinished("bucket"), 1);
});
