import { assertEquals } from "@std/assert";
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
