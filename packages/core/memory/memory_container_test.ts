import { assertEquals } from "@std/assert";
import { getBytes } from "../read/get_bytes.ts";
import { listVersions } from "../operations/list_versions.ts";
import { MemoryContainer } from "./memory_container.ts";
import { MemoryStore } from "./memory_store.ts";

Deno.test("MemoryContainer with versions marks a deletion, and no deletion of what is not there", async () => {
  const container = new MemoryContainer({ versioning: true });
  const store = new MemoryStore({ container });
  await store.put("a", new Uint8Array(1));
  for (const key of ["a", "a", "missing"]) await store.delete(key);
  const listed = await Array.fromAsync(listVersions(store));
  assertEquals(
    listed.map(({ key, isLatest, isDeleteMarker, size }) => [key, isLatest, isDeleteMarker, size]),
    [
      ["a", true, true, undefined],
      ["a", false, false, 1],
    ],
  );
  assertEquals(container.isEmpty, false);
  for (const { key, version } of listed) await store.delete(key, { version });
  assertEquals(container.isEmpty, true);
});

Deno.test("MemoryContainer without versions keeps none, and no markers", async () => {
  const container = new MemoryContainer();
  const store = new MemoryStore({ container });
  await store.put("a", new Uint8Array(1));
  await store.delete("a");
  assertEquals([container.isEmpty, container.versionsOf("a")], [true, []]);
});

Deno.test("MemoryContainer with checksums tells them by every call, also of copies and in listings", async () => {
  const store = new MemoryStore({ container: new MemoryContainer({ checksums: true }) });
  const checksums = { crc32c: "4waSgw==" };
  const put = await store.put("dir/a", new TextEncoder().encode("123456789"));
  await store.copy("dir/a", "dir/b", { attributes: { contentType: "text/plain" } });
  const listed = [
    ...await Array.fromAsync(store.list()),
    ...await Array.fromAsync(store.listWithDelimiter("dir/")),
  ];
  for (const told of [put, await store.head("dir/b"), ...listed]) {
    assertEquals("checksums" in told && told.checksums, checksums);
  }
  const read = await getBytes(store, "dir/a");
  assertEquals([listed.length, read.verified], [4, true]);
  const plain = new MemoryStore();
  assertEquals("checksums" in await plain.put("a", new Uint8Array(9)), false);
});
