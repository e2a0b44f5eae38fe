import { assert, assertEquals } from "@std/assert";
import { copyCheckpoint, openCheckpoints } from "@lade/checkpoint";
import { getBytes, type ObjectStore } from "@lade/core";
import { killRanks, SEED } from "../../checkpoint/kill_ranks.ts";
import {
  assertAllWhole,
  assertWhole,
  keysNamed,
  openAll,
  saveTogether,
} from "../../checkpoint/trained_world.ts";
import { useSeries } from "../../checkpoint/use_series.ts";
import { AZURITE, type AzuriteServer, openNewContainer } from "../azurite.ts";
import { FAKE_GCS_SERVER, openNewBucket } from "../fake_gcs_server.ts";
import { whereInstalled } from "../where_installed.ts";

const ROUNDS = 4;

/** Two ranks save, the second step by naming parts of the first. */
async function saveTwo(store: ObjectStore): Promise<void> {
  const all = await openAll(store, 2, "a", { reuse: "digest" });
  for (const step of [2, 3]) {
    for (const end of await saveTogether(all, step, step, { kept: true })) {
      assertEquals(end.status, "fulfilled");
    }
  }
}

/** What a series is made of, by key below its prefix. */
async function contentOf(store: ObjectStore, prefix: string): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for await (const { key } of store.list(prefix)) {
    if (!key.endsWith("/latest.json")) {
      content.set(key.slice(prefix.length), (await getBytes(store, key)).bytes.toBase64());
    }
  }
  return content;
}

function connectionString({ url, account, key }: AzuriteServer): string {
  return `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${url}/${account};`;
}

whereInstalled(AZURITE, (azurite) => {
  Deno.test("a series is saved by two ranks, gone on with by three, and tidied on Azurite", async () => {
    await using opened = await openNewContainer(azurite());
    await useSeries(opened.store);
  });

  Deno.test(`ranks that are killed at any call of a save leave whole checkpoints on Azurite (seed ${SEED})`, async () => {
    const server = azurite();
    await using opened = await openNewContainer(server);
    const { containerName } = opened.container;
    await killRanks({
      uri: `az://${new URL(server.url).host}/${server.account}/${containerName}/c/`,
      config: { az: { connectionString: connectionString(server) } },
      rounds: ROUNDS,
    });
  });

  whereInstalled(FAKE_GCS_SERVER, (fake) => {
    Deno.test("a checkpoint that goes from az:// to gs:// and back is the same, byte by byte", async () => {
      await using az = await openNewContainer(azurite());
      await using gs = await openNewBucket(fake());
      await saveTwo(az.store);
      const there = { store: gs.store, prefix: "there" };
      const copied = await copyCheckpoint({ store: az.store, prefix: "c" }, "latest", there, {
        verify: "full",
      });
      assert(copied.objects > 2);
      await copyCheckpoint(there, "latest", { store: az.store, prefix: "back" }, { verify: "full" });
      const [first, second] = [await contentOf(gs.store, "there/"), await contentOf(az.store, "back/")];
      assertEquals(second, first);
      const original = await contentOf(az.store, "c/");
      for (const [key, bytes] of second) assertEquals(bytes, original.get(key), key);
      const named = (await keysNamed(az.store)).map((key) => key.slice(2));
      assert([...second.keys()].every((key) => named.includes(key) || /^(?:lade\.json|runs\/)/.test(key)));
      for (const [store, prefix] of [[gs.store, "there"], [az.store, "back"]] as const) {
        const reader = await openCheckpoints(store, prefix, { readOnly: true });
        assertEquals((await reader.gc()).removed, []);
        await using checkpoint = await reader.open("latest");
        assertEquals((await checkpoint.verify("full")).faults, []);
        await assertWhole(checkpoint);
      }
      // The original goes: the copies are no matter of it.
      const origin = await openCheckpoints(az.store, "c", { readOnly: true, graceMs: 0 });
      await origin.gc({ keep: { last: 1 } });
      assertEquals((await assertAllWhole(origin)).map(({ step }) => step), [3]);
    });
  });
});

whereInstalled(FAKE_GCS_SERVER, (fake) => {
  Deno.test("a series is saved by two ranks, gone on with by three, and tidied on fake-gcs-server", async () => {
    await using opened = await openNewBucket(fake());
    await useSeries(opened.store);
  });

  Deno.test(`ranks that are killed at any call of a save leave whole checkpoints on fake-gcs-server (seed ${SEED})`, async () => {
    await using opened = await openNewBucket(fake());
    await killRanks({
      uri: `gs://${opened.bucket}/c/`,
      config: { gs: { endpoint: fake().url } },
      rounds: ROUNDS,
    });
  });
});
