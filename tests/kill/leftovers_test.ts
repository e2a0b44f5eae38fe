import { assert, assertEquals } from "@std/assert";
import { Lade, sweepUri } from "@lade/lade";
import { seededRandom } from "@lade/testing";
import { contentOf, Here, SEED } from "./kill_here.ts";
import { killedS3 } from "./killed_service.ts";

/** Sweeps all uploads of the bucket, however young: how many were shown, and how many removed. */
async function sweepAll({ service }: Here): Promise<{ shown: number; removed: number }> {
  await using lade = new Lade({ config: service.config });
  const sweep = async (dryRun: boolean) =>
    (await Array.fromAsync(sweepUri(lade, service.uri(""), { olderThanMs: 0, dryRun }))).filter(({ error }) =>
      error === undefined
    ).length;
  return { shown: await sweep(true), removed: await sweep(false) };
}

Deno.test(`what a killed copy in parts by the service leaves is swept (seed ${SEED})`, async () => {
  await using here = await Here.start(killedS3({ maxCopySize: 1000 }));
  const content = contentOf(seededRandom(SEED), 100_000);
  let left = 0;
  // It begins the upload, copies the parts and completes it, of which the last may have been done.
  for (const nth of [2, 3, 4, 5]) {
    const { key, journals } = here.next();
    here.put(key, content);
    const { service } = here;
    const transfer = here.request("cp", service.uri(key), service.uri(`copy-${key}`), journals);
    await here.run(transfer, nth, `^copy-${key}large$`);
    await here.run(transfer);
    here.assertUploadedOver(`copy-${key}`, content);
    await here.assertNoJournal(journals, `request ${nth}`);
    const uploads = service.uploads().length;
    left += uploads;
    assertEquals(await sweepAll(here), { shown: uploads, removed: uploads });
    assertEquals(service.uploads(), []);
  }
  assert(left > 0, "no kill left an upload");
});

Deno.test(`what a killed trial of conditions leaves is swept, but for empty objects (seed ${SEED})`, async () => {
  await using here = await Here.start(killedS3());
  const content = contentOf(seededRandom(SEED), 20 * here.service.partSize);
  let left = 0;
  for (const nth of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const { key, path, journals } = here.next();
    await here.write(path, content);
    const transfer = here.request("sync", `${path}/`, here.service.uri(key), journals);
    const { code } = await here.run(transfer, nth, "\\.lade-probe-");
    if (code === 0) break;
    await here.run(transfer);
    here.assertUploadedOver(key, content);
    const probes = here.service.uploads().filter(({ key }) => key.includes("/.lade-probe-"));
    left += probes.length;
    const all = here.service.uploads().length;
    assertEquals(await sweepAll(here), { shown: all, removed: all });
    assertEquals(here.service.uploads(), []);
  }
  assert(left > 0, "no kill left an upload");
});
