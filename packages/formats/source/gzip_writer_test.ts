import { assertEquals, assertRejects } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { getBytes, MemoryStore, type ObjectWriter } from "@lade/core";
import { GzipWriter } from "./gzip_writer.ts";

const CONTENT = Uint8Array.from({ length: 700_000 }, (_, index) => (index * index) >> 5);

Deno.test("GzipWriter writes what gunzip gives back, from memory that is used again", async () => {
  await using store = new MemoryStore();
  await using writer = new GzipWriter(await store.createWriter("k"));
  const piece = new Uint8Array(70_000);
  for (let at = 0; at < CONTENT.length; at += piece.length) {
    piece.set(CONTENT.subarray(at, at + piece.length));
    await writer.write(piece);
  }
  assertEquals(writer.bytesWritten, CONTENT.length);
  await writer.close();
  assertEquals(new Uint8Array(gunzipSync((await getBytes(store, "k")).bytes)), CONTENT);
});

Deno.test("GzipWriter tells what the writer below fails with, and leaves nothing behind", async () => {
  const reasons: unknown[] = [];
  const below = {
    bytesWritten: 0,
    write: () => Promise.reject(new Error("the disk is full")),
    close: () => Promise.reject(new Error("it is not closed")),
    abort: (reason: unknown) => Promise.resolve(void reasons.push(reason)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  } as unknown as ObjectWriter;
  const writer = new GzipWriter(below);
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  const write = async () => {
    for (let times = 0; times < 20; times++) await writer.write(noise);
  };
  await assertRejects(write, Error, "the disk is full");
  await writer.abort("over");
  assertEquals(reasons, ["over"]);
});
