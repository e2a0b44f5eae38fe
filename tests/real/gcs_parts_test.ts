import { assertEquals } from "@std/assert";
import { getBytes, listUploads } from "@lade/core";
import { sampleBytes } from "@lade/testing/conformance";
import { FAKE_GCS_SERVER, openNewBucket } from "./fake_gcs_server.ts";
import { whereInstalled } from "./where_installed.ts";

const DATA = sampleBytes(2 ** 24 + 7, 3);

whereInstalled(FAKE_GCS_SERVER, (server) => {
  Deno.test("fake-gcs-server, which has no uploads in parts, gets what is large by sessions", async () => {
    const traits: { takesParts?: boolean } = {};
    await using opened = await openNewBucket(server(), { traits });
    const { store } = opened;
    const writes = [
      () => store.put("object", DATA, { metadata: { name: "a" } }),
      async () => {
        await using writer = await store.createWriter("object", { metadata: { name: "a" } });
        for (let at = 0; at < DATA.length; at += 2 ** 20) await writer.write(DATA.subarray(at, at + 2 ** 20));
        return await writer.close();
      },
    ];
    for (const write of [...writes, ...writes.toReversed()]) {
      const { etag = "" } = await write();
      assertEquals(traits.takesParts, false);
      const { bytes, info, verified } = await getBytes(store, "object");
      assertEquals([bytes.length, info.etag, info.metadata, verified], [
        DATA.length,
        etag,
        { name: "a" },
        true,
      ]);
      delete traits.takesParts;
      // Its answer is a list of objects.
      assertEquals(await Array.fromAsync(listUploads(store)), []);
    }
  });
});
