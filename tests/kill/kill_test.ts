import { assertEquals } from "@std/assert";
import { contentOf, type Here, killing } from "./kill_here.ts";
import { killedAzure, killedGcs, killedS3, type KilledService, WIDTH } from "./killed_service.ts";
import type { KilledTransfer } from "./transfer_process.ts";

/** The bytes of a part that is written to `file://` and to `direct://`. */
const FILE_PART = 2 ** 20;
const DIRECT_PART = 2 ** 24;
/** The bytes of a request of a synchronization, which nobody chooses. */
const CHUNK = 2 ** 23;
/** The last part is a short one. */
const SHORT = 1000;

interface Killed {
  readonly name: string;
  readonly rounds: number;
  readonly service: () => Promise<KilledService>;
  /** Bytes of the large object. */
  readonly large: number;
  /** Parts of it in flight. */
  readonly width?: number;
}

/** Several MiB of parts at the stores that take small ones. */
const PARTS = 20;
const KIB_64 = 64 * 1024;
const S3 = { service: killedS3, large: PARTS * KIB_64 - SHORT };
const AZURE = { service: killedAzure, large: PARTS * KIB_64 - SHORT };
const GCS = { service: killedGcs, large: 5 * 5 * 2 ** 20 - SHORT };

function killingUpload(killed: Killed, operation: "cp" | "sync"): void {
  const { large: size, width = WIDTH } = killed;
  killing(killed, async (here, random, kill, why) => {
    const { key, path, journals } = here.next();
    const content = contentOf(random, size);
    await here.write(path, content);
    const before = here.service.requests.length;
    const kills = await kill(here.request(operation, `${path}/`, here.service.uri(key), journals));
    here.assertUploaded(key, content, why);
    await here.assertNoJournal(journals, why);
    here.assertSentOnce(before, { key: `${key}large`, size, kills, width }, why);
  });
}

function killingDownload(
  killed: Killed & { readonly to?: "file" | "direct" },
  operation: "cp" | "mv" | "sync" = "cp",
): void {
  const { large: size, to = "file" } = killed;
  const partSize = to === "file" ? FILE_PART : DIRECT_PART;
  killing(killed, async (here, random, kill, why) => {
    const { key, path, journals } = here.next();
    const content = contentOf(random, size);
    here.put(key, content);
    const before = here.service.requests.length;
    const transfer: KilledTransfer = {
      ...here.request(operation, here.service.uri(key), `${to}://${path}/`, journals),
      resumableBytes: 2 * partSize,
    };
    // A move that keeps no journal yet leaves nothing by which to know, once it has removed its last source.
    const isMoved = () =>
      operation === "mv" && [...content.keys()].every((name) => !here.service.bytes(key + name));
    await kill(transfer, isMoved);
    await here.assertDownloaded(path, content, why);
    await here.assertNoJournal(journals, why);
    const unit = operation === "sync" ? Math.max(partSize, CHUNK) : partSize;
    // The MD5 in an etag, which a move compares, is of all bytes in a row: the object is begun anew.
    if (operation !== "mv") here.assertReadOnce(before, { key: `${key}large`, size, partSize: unit }, why);
    if (operation === "mv") assertMovedAway(here, key, content.keys(), why);
  });
}

function assertMovedAway({ service }: Here, key: string, names: Iterable<string>, why: string): void {
  for (const name of names) assertEquals(service.bytes(key + name), undefined, why);
}

killingUpload({ name: "an upload", rounds: 14, ...S3 }, "cp");
killingUpload({ name: "an upload to az://", rounds: 4, ...AZURE }, "cp");
killingUpload({ name: "an upload to gs://", rounds: 4, ...GCS }, "cp");

const FROM_S3 = { ...S3, large: 12 * FILE_PART - SHORT };
killingDownload({ name: "a download", rounds: 12, ...FROM_S3 });
killingDownload({ name: "a download from az://", rounds: 3, ...AZURE, large: 12 * FILE_PART - SHORT });
killingDownload({ name: "a download from gs://", rounds: 3, ...GCS, large: 12 * FILE_PART - SHORT });
killingDownload({
  name: "a download to direct://",
  rounds: 4,
  ...S3,
  large: 3 * DIRECT_PART - SHORT,
  to: "direct",
});

killing({ name: "a copy by the service", rounds: 6, ...S3 }, async (here, random, kill, why) => {
  const { key, journals } = here.next();
  const content = contentOf(random, S3.large);
  here.put(key, content);
  const { service } = here;
  await kill(here.request("cp", service.uri(key), service.uri(`copy-${key}`), journals));
  here.assertUploaded(`copy-${key}`, content, why);
  await here.assertNoJournal(journals, why);
});

killingDownload({ name: "a move", rounds: 8, ...FROM_S3 }, "mv");

killingUpload({ name: "a synchronization", rounds: 10, ...S3 }, "sync");
killingUpload({ name: "a synchronization to az://", rounds: 3, ...AZURE }, "sync");
// Under a condition parts go one after the other.
killingUpload({ name: "a synchronization to gs://", rounds: 3, ...GCS, width: 1 }, "sync");
killingDownload({
  name: "a synchronization from s3://",
  rounds: 3,
  ...S3,
  large: 5 * CHUNK - SHORT,
}, "sync");
