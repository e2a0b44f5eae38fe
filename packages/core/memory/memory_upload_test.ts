import { assert, assertEquals, assertRejects } from "@std/assert";
import { NotFoundError, UnavailableError } from "../errors/errors.ts";
import { MemoryContainer } from "./memory_container.ts";
import { MemoryStore } from "./memory_store.ts";

const PART = new Uint8Array(10).fill(1);
const OPTIONS = { partSize: 10, resumable: true } as const;

Deno.test("another store of a container goes on with a write, one of another container of the same name does not", async () => {
  const container = new MemoryContainer({ name: "a" });
  const writer = await new MemoryStore({ container }).createPartWriter("key", 20, OPTIONS);
  await writer.writePart(1, PART);
  await writer.detach();
  const other = new MemoryStore({ container: new MemoryContainer({ name: "a" }) });
  await assertRejects(() => other.resumePartWriter("key", 20, writer.token ?? ""), NotFoundError);
  const same = await new MemoryStore({ container }).resumePartWriter("key", 20, writer.token ?? "");
  assert(same.isWritten(1));
  await same.writePart(0, PART);
  await same.close();
  assertEquals((await new MemoryStore({ container }).head("key")).size, 20);
});

Deno.test("a second writer of one write is an UnavailableError until the first one has ended", async () => {
  const store = new MemoryStore();
  const first = await store.createPartWriter("key", 20, OPTIONS);
  const resume = () => store.resumePartWriter("key", 20, first.token ?? "");
  await assertRejects(resume, UnavailableError, "another writer is at it");
  await first.detach();
  const second = await resume();
  await assertRejects(resume, UnavailableError);
  await second.abort();
  await assertRejects(resume, NotFoundError);
});

Deno.test("listUploads() tells the bytes that are there, and abortUpload() ends the writer", async () => {
  const store = new MemoryStore();
  const writer = await store.createPartWriter("key", 15, OPTIONS);
  await writer.writePart(1, PART.subarray(5));
  const [upload] = await Array.fromAsync(store.listUploads());
  assertEquals([upload?.key, upload?.bytes, upload?.id], ["key", 5, JSON.parse(writer.token ?? "").id]);
  await store.abortUpload("key", upload?.token ?? "");
  await assertRejects(() => writer.writePart(0, PART), NotFoundError, "the upload was aborted");
});
