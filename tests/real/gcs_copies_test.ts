import { assertEquals } from "@std/assert";
import { listVersions } from "@lade/core";
import { compose } from "@lade/gcs";
import { FAKE_GCS_SERVER, openNewBucket } from "./fake_gcs_server.ts";
import { whereInstalled } from "./where_installed.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

whereInstalled(FAKE_GCS_SERVER, (server) => {
  Deno.test("fake-gcs-server knows no moves: the first rename() finds that out, and both copy and delete", async () => {
    await using opened = await openNewBucket(server());
    const { store } = opened;
    for (const from of ["a/b ä", "c"]) {
      await store.put(from, bytes(from), { contentType: "text/csv" });
      await store.rename(from, `to/${from}`);
      assertEquals(store.capabilities.atomicRename, false);
      assertEquals((await store.head(`to/${from}`)).contentType, "text/csv");
    }
    const listed = await Array.fromAsync(store.list());
    assertEquals(listed.map(({ key }) => key), ["to/a/b ä", "to/c"]);
  });

  Deno.test("fake-gcs-server deletes by batches, with versions too", async () => {
    await using opened = await openNewBucket(server());
    const { store } = opened;
    const keys = Array.from({ length: 150 }, (_, i) => `dir/ä %+?#&${i}`);
    for (const key of keys) await store.put(key, bytes(key));
    const { version = "" } = await store.put("kept", bytes("1"));
    await store.put("kept", bytes("2"));
    const asked = [...keys, { key: "kept", version }, "missing"];
    const results = await Array.fromAsync(store.deleteMany(asked));
    assertEquals(results.filter(({ error }) => error), []);
    assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), ["kept"]);
    assertEquals((await Array.fromAsync(listVersions(store, "kept"))).length, 1);
  });

  Deno.test("fake-gcs-server composes 70 objects in three steps", async () => {
    await using opened = await openNewBucket(server());
    const { store } = opened;
    const keys = Array.from({ length: 70 }, (_, i) => `in/${i}`);
    for (const key of keys) await store.put(key, bytes(`${key},`));
    await compose(store, keys, "out", { contentType: "text/x", metadata: { a: "b" } });
    const { body, info } = await store.get("out");
    assertEquals(await new Response(body).text(), keys.map((key) => `${key},`).join(""));
    assertEquals([info.contentType, info.metadata], ["text/x", { a: "b" }]);
    assertEquals((await Array.fromAsync(store.list())).length, 71);
  });
});
