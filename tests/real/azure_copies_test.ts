import { assertEquals, assertRejects } from "@std/assert";
import { AlreadyExistsError, getBytes, NotFoundError, StoreError } from "@lade/core";
import { AZURITE, openNewContainer } from "./azurite.ts";
import { whereInstalled } from "./where_installed.ts";

const BYTES = Uint8Array.from({ length: 100_000 }, (_, at) => at * 31 ^ at >> 8);
const ATTRIBUTES = { contentType: "text/csv", metadata: { a: "b" }, tags: { c: "d" } };

whereInstalled(AZURITE, (running) => {
  for (const [way, refused] of [["block by block", []], ["on its own", ["blocks"]]] as const) {
    Deno.test(`Azurite: copies between containers, which it makes ${way}, keep what describes the object`, async () => {
      const traits = { refusedCopies: new Set(["whole", ...refused]) };
      await using source = await openNewContainer(running());
      await using target = await openNewContainer(running(), { traits });
      await source.store.put("dir/ä b", BYTES, ATTRIBUTES);
      const info = await source.store.head("dir/ä b");
      const copied = await target.store.copyFrom?.(source.store, "dir/ä b", "to");
      assertEquals([copied?.size, copied?.sourceEtag], [BYTES.length, info.etag]);
      assertEquals((await getBytes(target.store, "to")).bytes, BYTES);
      const made = await target.store.head("to");
      assertEquals([made.contentType, made.metadata, made.checksums], [
        info.contentType,
        info.metadata,
        info.checksums,
      ]);
      assertEquals(await target.store.getTags?.("to"), ATTRIBUTES.tags);
      const again = () =>
        Promise.resolve(target.store.copyFrom?.(source.store, "dir/ä b", "to", { ifNoneMatch: "*" }));
      await assertRejects(again, AlreadyExistsError);
    });
  }

  Deno.test("Azurite: snapshots are listed, read, copied and deleted by name", async () => {
    await using opened = await openNewContainer(running());
    const { store, container } = opened;
    await store.put("key", BYTES, ATTRIBUTES);
    const { snapshot } = await container.getBlobClient("key").createSnapshot();
    const version = `snapshot=${snapshot}`;
    await store.put("key", BYTES.subarray(1));
    const listed = await Array.fromAsync(store.listVersions?.() ?? []);
    assertEquals(listed.map((each) => [each.version, each.size]), [["null", 99_999], [version, 100_000]]);
    await store.copy("key", "old", { sourceVersion: version });
    assertEquals([(await getBytes(store, "old")).bytes, await store.getTags?.("old")], [
      BYTES,
      ATTRIBUTES.tags,
    ]);
    await assertRejects(() => store.delete("key"), StoreError, "snapshots");
    await store.delete("key", { version });
    await assertRejects(() => store.head("key", { version }), NotFoundError);
    await store.delete("key");
  });
});
