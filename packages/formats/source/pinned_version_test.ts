import { assertEquals, assertRejects } from "@std/assert";
import { MemoryContainer, MemoryStore } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { ObjectSource } from "./object_source.ts";

const bytesOf = (byte: number) => new Uint8Array(1000).fill(byte);

Deno.test("ObjectSource: of a version that is asked for, all reads are of that version", async () => {
  const store = new MemoryStore({ container: new MemoryContainer({ versioning: true }) });
  const { version } = await store.put("k", bytesOf(1));
  await store.put("k", bytesOf(2));
  if (version === undefined) throw new TypeError("no versions are kept");
  const source = await ObjectSource.open(store, "k", { version, window: 10 });
  const [latest] = await source.readRanges([{ offset: 500, length: 10 }]);
  assertEquals([source.info.version, latest?.[0]], [version, 1]);
  assertEquals((await source.read(500, 1))[0], 1);
  const target = new Uint8Array(10);
  await source.readInto(900, target);
  assertEquals(target, new Uint8Array(10).fill(1));
  for await (const piece of source.stream()) assertEquals(new Set(piece), new Set([1]));
});

Deno.test("ObjectSource: of another tag than the one that is asked for nothing is read", async () => {
  const store = new MemoryStore();
  const { etag = "" } = await store.put("k", bytesOf(1));
  const source = await ObjectSource.open(store, "k", { ifMatch: etag, window: 10 });
  assertEquals((await source.read(500, 1))[0], 1);
  await store.put("k", bytesOf(2));
  await assertRejects(() => ObjectSource.open(store, "k", { ifMatch: etag }), PreconditionFailedError);
  await assertRejects(() => source.read(500, 1), PreconditionFailedError);
});
