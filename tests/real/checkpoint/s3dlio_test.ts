import { assertEquals, assertRejects } from "@std/assert";
import { InvalidCheckpointError, openS3dlio } from "@lade/checkpoint";
import { getBytes } from "@lade/core";
import { openFileStore } from "@lade/fs";

const SAVE = `
import sys, s3dlio
base = sys.argv[1]
data = lambda step, rank: bytes((step * 31 + rank * 7 + at) % 251 for at in range(100_000))
for strategy in ("flat", "round_robin", "binary"):
    store = s3dlio.PyCheckpointStore(f"file://{base}/{strategy}/", strategy=strategy)
    store.save(2, 1, "torch", data(2, 0), None)
    store.save(1, 1, "torch", data(1, 0), None)
s3dlio.PyCheckpointStore(f"file://{base}/zstd/", compression_level=3).save(1, 1, "torch", data(1, 0), None)
uri = f"file://{base}/ranks/"
shards = [s3dlio.save_distributed_shard(uri, 3, 0, "torch", data(3, rank), 3, rank) for rank in range(3)]
s3dlio.finalize_distributed_checkpoint(uri, 3, 0, "torch", shards, 3, 0, None)
`;

function bytes(step: number, rank: number): Uint8Array {
  return Uint8Array.from({ length: 100_000 }, (_, at) => (step * 31 + rank * 7 + at) % 251);
}

/** The Python of the peers (`LADE_PEERS`), where it has s3dlio. */
function findPython(): string | undefined {
  const peers = Deno.env.get("LADE_PEERS");
  if (peers === undefined) return undefined;
  try {
    const [version] = Array.from(Deno.readDirSync(`${peers}/venv/lib`), ({ name }) => name);
    Deno.statSync(`${peers}/venv/lib/${version}/site-packages/s3dlio`);
    return `${peers}/venv/bin/python`;
  } catch {
    return undefined;
  }
}

const python = findPython();
const name = "what s3dlio wrote is read by rank, and its checksums are compared";
if (python === undefined) {
  Deno.test.ignore(`${name} (skipped: s3dlio is not installed below LADE_PEERS)`, () => {});
} else {
  Deno.test(name, async () => {
    const directory = await Deno.makeTempDir({ prefix: "lade-s3dlio-" });
    try {
      const { success, stderr } = await new Deno.Command(python, { args: ["-c", SAVE, directory] }).output();
      if (!success) throw new Error(`Python failed:\n${new TextDecoder().decode(stderr)}`);
      await using store = await openFileStore(directory);
      for (const place of ["flat", "round_robin", "binary"]) {
        const checkpoints = openS3dlio(store, place);
        assertEquals((await checkpoints.list()).map(({ manifest }) => manifest.step), [2, 1]);
        const newest = await checkpoints.open("latest");
        assertEquals(await newest.read(0), bytes(2, 0));
        assertEquals(await newest.verify(), { verified: 1, unchecked: [], faults: [] });
      }
      assertEquals(await (await openS3dlio(store, "zstd").open(1)).read(0), bytes(1, 0));
      const ranks = await openS3dlio(store, "ranks").open("latest");
      for (const rank of [0, 1, 2]) assertEquals(await ranks.read(rank), bytes(3, rank));
      const key = `ranks/${ranks.manifest.shards[1]?.key}`;
      const { bytes: shard } = await getBytes(store, key);
      shard.set([1 ^ (shard[50_000] ?? 0)], 50_000);
      await store.put(key, shard);
      await assertRejects(() => ranks.read(1), InvalidCheckpointError, "does not match crc32c:");
      assertEquals((await ranks.verify()).verified, 2);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
