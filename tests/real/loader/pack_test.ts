import { assert, assertEquals, assertRejects } from "@std/assert";
import { QuotaExceededError } from "@lade/core/errors";
import { openFileStore } from "@lade/fs";
import { packObjects } from "@lade/loader/pack";
import { openDataset } from "@lade/loader";
import { openByNumber } from "../../../packages/loader/testing/open_by_number.ts";
import { mount, mountFault } from "../mount.ts";
import { testWithPython } from "../formats/python.ts";

const SAMPLES = 60;

async function fill(directory: string): Promise<void> {
  const store = await openFileStore(directory);
  for (let id = 0; id < SAMPLES; id++) {
    await store.put(`in/${id}.txt`, new TextEncoder().encode(`text ${id}\n`.repeat(id)));
    await store.put(`in/${id}.cls`, new TextEncoder().encode(`${id % 10}`));
  }
}

testWithPython(
  "packed shards are read by webdataset and tfrecord, sample by sample in the loader's order",
  async (python) => {
    await fill(python.directory);
    const store = await openFileStore(python.directory);
    const from = { store, key: "in/" };
    const options = { shuffle: "full", seed: 11, shardSize: 40_000 } as const;
    const tar = await packObjects(from, { store, key: "tar/w-%03d.tar" }, options);
    const records = await packObjects(from, { store, key: "records/" }, { ...options, shardSize: 9000 });
    assertEquals([tar.samples, records.samples], [SAMPLES, 2 * SAMPLES]);
    assert(tar.shards > 1 && records.shards > 1);
    const told = JSON.parse(
      await python.run(`
import glob, json, webdataset as wds
from webdataset.tariterators import tarfile_samples
from tfrecord.reader import tfrecord_loader
tars = [[s["__key__"], s["txt"].decode(), s["cls"].decode()]
        for s in tarfile_samples([dict(url=url) for url in sorted(glob.glob("tar/*.tar"))])]
records = [[bytes(r["name"]).decode(), bytes(r["data"]).decode()]
           for url in sorted(glob.glob("records/*.tfrecord"))
           for r in tfrecord_loader(url, None, {"name": "byte", "data": "byte"})]
print(json.dumps([tars, records]))
`),
    ) as [[string, string, string][], [string, string][]];
    const [tars, found] = told;
    await using dataset = await openByNumber(store, "tar/");
    const keys: string[] = [];
    for (let index = 0; index < dataset.length; index++) {
      const context = { index, epoch: 0, random: Math.random, signal: new AbortController().signal };
      keys.push((await dataset.get(index, context) as { key: string }).key);
    }
    assertEquals(tars.map(([key]) => key), keys);
    assertEquals(
      tars.map(([, text, cls]) => [text, cls]),
      keys.map((key) => [`text ${key}\n`.repeat(+key), `${+key % 10}`]),
    );
    assertEquals(
      found.map(([name]) => name).sort(),
      keys.flatMap((key) => [`${key}.cls`, `${key}.txt`]).sort(),
    );
    for (const [name, data] of found) {
      const id = parseInt(name);
      assertEquals(data, name.endsWith(".cls") ? `${id % 10}` : `text ${id}\n`.repeat(id));
    }
  },
);

const fault = await mountFault();

Deno.test({
  name:
    "a pack to a full disk is a QuotaExceededError, is not taken for whole, and goes on once there is room" +
    (fault === undefined ? "" : ` (skipped: ${fault})`),
  ignore: fault !== undefined,
  async fn() {
    await using disk = await mount("tmpfs", ["-o", "size=6m"]);
    const source = await Deno.makeTempDir({ prefix: "lade-pack-" });
    try {
      const store = await openFileStore(source);
      for (let id = 0; id < 40; id++) await store.put(`${id}.bin`, new Uint8Array(100_000).fill(id));
      const to = { store: await openFileStore(disk.path), key: "" };
      await Deno.writeFile(`${disk.path}/ballast`, new Uint8Array(4 * 2 ** 20));
      const pack = (key: string) =>
        packObjects({ store, key: "" }, { ...to, key }, { format: "tar", shardSize: 500_000 });
      await assertRejects(() => pack("p/"), QuotaExceededError, "the disk is full");
      const left = [...Deno.readDirSync(`${disk.path}/p`)].map(({ name }) => name).sort();
      assert(left.includes("lade-pack.json") && !left.includes("lade-manifest.tsv"), `${left}`);
      assertEquals(left.filter((name) => name.startsWith(".")), []);
      await assertRejects(() => openDataset(to.store, "p/"), Error, "a pack there is not finished");
      await Deno.remove(`${disk.path}/ballast`);
      const { samples, resumed } = await pack("p/");
      assertEquals(samples, 40);
      assert(resumed > 0 && resumed < 40, `${resumed}`);
    } finally {
      await Deno.remove(source, { recursive: true });
    }
  },
});
