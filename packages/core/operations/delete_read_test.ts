import { assertEquals, assertRejects } from "@std/assert";
import { MemoryContainer, MemoryStore, type ObjectInfo, PreconditionFailedError } from "../mod.ts";
import { deleteRead } from "./delete_read.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A store with the object `x`, and what a read told of it. */
async function withObject(conditionalDelete: boolean): Promise<{ store: MemoryStore; read: ObjectInfo }> {
  const store = new MemoryStore({ container: new MemoryContainer() });
  Object.assign(store, { capabilities: { ...store.capabilities, conditionalDelete } });
  await store.put("x", bytes("12345"));
  return { store, read: await store.head("x") };
}

const isThere = (store: MemoryStore) => store.head("x").then(() => true, () => false);

Deno.test("deleteRead() deletes what is as it was read", async () => {
  for (const conditional of [true, false]) {
    const { store, read } = await withObject(conditional);
    await deleteRead(store, "x", read);
    assertEquals(await isThere(store), false);
  }
});

Deno.test("deleteRead() keeps what has changed, also where the read told no etag", async () => {
  for (const conditional of [true, false]) {
    const { store, read } = await withObject(conditional);
    const { etag: _, ...withoutEtag } = read;
    await store.put("x", bytes("67890"));
    for (const told of [read, withoutEtag]) {
      await assertRejects(() => deleteRead(store, "x", told), PreconditionFailedError, "has changed");
    }
    assertEquals(await isThere(store), true);
  }
});

Deno.test("deleteRead() takes what is gone for deleted where there is no condition", async () => {
  const { store, read } = await withObject(false);
  await store.delete("x");
  await deleteRead(store, "x", read);
});

Deno.test("deleteRead() compares versions only where both requests tell one", async () => {
  for (
    const [before, now, isDeleted] of [["1", undefined, true], [undefined, "1", true], ["1", "2", false]]
  ) {
    const { store, read } = await withObject(false);
    const told = (version: unknown) => typeof version === "string" ? { ...read, version } : read;
    Object.assign(store, { head: () => Promise.resolve(told(now)) });
    const deletion = deleteRead(store, "x", told(before));
    assertEquals(
      await deletion.then(() => true, (error) => !(error instanceof PreconditionFailedError)),
      isDeleted,
    );
  }
});
