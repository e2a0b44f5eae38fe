import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore, type ObjectStore } from "@lade/core";
import { NotEmptyError, UnavailableError } from "@lade/core/errors";
import { parseExample } from "@lade/formats/example";
import { injectFaults } from "@lade/testing";
import { createLoader } from "../loader/create_loader.ts";
import { openDataset } from "../open/open_dataset.ts";
import { epoch, range } from "../testing/range_dataset.ts";
import { SAMPLE_FILES } from "../testing/sample_files.ts";
import { readManifest } from "../manifest/manifest.ts";
import type { PackFormat } from "../manifest/pack_plan.ts";
import { packDataset } from "./pack_dataset.ts";
import { packObjects } from "./pack_objects.ts";

const SHUFFLES = [false, "full", { block: 4, window: 2, lanes: 3 }] as const;

/** The samples of what lies below a prefix, in the order of `shuffle`, kept. */
async function samples(
  store: ObjectStore,
  prefix: string,
  options: { shuffle?: (typeof SHUFFLES)[number]; seed?: number } = {},
): Promise<unknown[]> {
  await using dataset = await openDataset(store, prefix);
  await using loader = createLoader<unknown, unknown>(dataset, {
    ...options,
    epochs: 1,
    batchSize: 7,
    transform: (sample) => structuredClone(sample),
  });
  return (await epoch(loader)).flat();
}

async function keys(store: ObjectStore, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(prefix))).map(({ key }) => key.slice(prefix.length));
}

/** Rows that are objects of arrays. */
const UNPACKED = ["safetensors rows"];

/** What samples are packed to here. */
function formatOf(name: string): PackFormat {
  if (name === "webdataset") return "tar";
  if (name === "parquet rows") return "arrow";
  if (name === "arrow rows") return "parquet";
  return /^(?:npy|zarr) rows$/.test(name) ? "npy" : "tfrecord";
}

for (const { name, write } of SAMPLE_FILES.filter(({ name }) => UNPACKED.includes(name))) {
  Deno.test(`${name} are no samples that can be packed, which is said before anything is written`, async () => {
    await using from = new MemoryStore();
    await using to = new MemoryStore();
    await write(from, 20);
    const [prefix = ""] = /^.*?\//.exec((await keys(from, ""))[0] ?? "") ?? [];
    const options = { format: "tfrecord" } as const;
    await assertRejects(
      () => packObjects({ store: from, key: prefix }, { store: to, key: "p/" }, options),
      TypeError,
      "rows of several tensors",
    );
    assertEquals(await keys(to, "p/"), []);
  });
}

for (const { name, write, idOf } of SAMPLE_FILES.filter(({ name }) => !UNPACKED.includes(name))) {
  for (const shuffle of SHUFFLES) {
    const how = typeof shuffle === "object" ? "block" : `${shuffle}`;
    Deno.test(`packed ${name} in the order ${how} are the same samples in the loader's own order`, async () => {
      await using from = new MemoryStore();
      await using to = new MemoryStore();
      await write(from, 50);
      const [prefix = ""] = /^.*?\//.exec((await keys(from, ""))[0] ?? "") ?? [];
      const wanted = (await samples(from, prefix, { shuffle, seed: 5 })).map((sample) => idOf(sample));
      const format = formatOf(name);
      const options = {
        format,
        shuffle,
        seed: 5,
        shardSize: 700,
        ...(format === "tfrecord" && { records: "bytes" as const }),
      } as const;
      const packed = await packObjects({ store: from, key: prefix }, { store: to, key: "p/" }, options);
      const found = await samples(to, "p/");
      const ids = found.map((sample) => idOf(name === "files" ? { bytes: sample } : sample));
      assertEquals(ids, wanted);
      assertEquals([packed.samples, packed.resumed, packed.shards > 1], [50, 0, true]);
      const below = await keys(to, "p/");
      assertEquals(below.filter((key) => key.endsWith(`.${format}`)).length, packed.shards);
      assertEquals(below.includes("lade-pack.json"), false);
      // Once more does nothing.
      const faulty = injectFaults(to, []);
      const again = await packObjects({ store: from, key: prefix }, { store: faulty, key: "p/" }, options);
      assertEquals(again, { ...packed, resumed: 50 });
      assertEquals(faulty.calls.filter(({ operation }) => /put|writer/i.test(operation)), []);
    });
  }
}

async function contents(store: ObjectStore, prefix: string): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const key of await keys(store, prefix)) {
    all[key] = (await new Response((await store.get(prefix + key)).body).bytes()).toHex();
  }
  return all;
}

const text = (hex: string) => new TextDecoder().decode(Uint8Array.fromHex(hex));

/** The contents of a manifest but for tags, which are other ones wherever bytes are written. */
function withoutTags(contents: Record<string, string>): Record<string, string> {
  const manifest = text(contents["lade-manifest.tsv"] ?? "");
  return { ...contents, "lade-manifest.tsv": manifest.replaceAll(/\t.*\t/g, "\t\t") };
}

for (const format of ["tfrecord", "tar", "npy"] as const) {
  Deno.test(`a pack to ${format} that fails at any call is not taken for whole, and goes on to the same objects`, async () => {
    const { write } = SAMPLE_FILES.find(({ name }) => name === (format === "npy" ? "npy rows" : "files")) ??
      SAMPLE_FILES[0] as (typeof SAMPLE_FILES)[number];
    await using from = new MemoryStore();
    await write(from, 40);
    const source = { store: from, key: format === "npy" ? "rows/" : "files/" };
    const options = {
      format,
      shuffle: "full",
      shardSize: { npy: 300, tfrecord: 900, tar: 9000 }[format],
    } as const;
    const clean = injectFaults(new MemoryStore(), []);
    await packObjects(source, { store: clean, key: "p/" }, options);
    const made = clean.calls.map(({ operation }) => operation);
    const whole = withoutTags(await contents(clean, "p/"));
    for (const [key, bytes] of Object.entries(whole)) {
      if (key.endsWith(`.${format}`)) assertEquals(bytes.length / 2 <= options.shardSize, true, key);
    }
    let failures = 0;
    for (const operation of ["put", "createWriter", "close", "delete", "list"] as const) {
      const counted = operation === "close" ? "createWriter" : operation;
      const calls = made.filter((each) => each === counted).length;
      for (let nth = 1; nth <= calls; nth++) {
        const plain = new MemoryStore();
        const fault = { kind: "throw", error: new Error("killed") } as const;
        const faulty = injectFaults(plain, [{ operation, nth, fault }]);
        await assertRejects(
          () => packObjects(source, { store: faulty, key: "p/" }, options),
          Error,
          "killed",
        );
        failures++;
        assertEquals(faulty.openWriters, 0);
        const left = await keys(plain, "p/");
        if (left.length > 0 && !left.includes("lade-manifest.tsv")) {
          await assertRejects(
            () => openDataset(plain, "p/"),
            UnavailableError,
            "a pack there is not finished",
          );
        }
        const { "lade-pack.json": marker = "" } = await contents(plain, "p/");
        const isDone = left.includes("lade-manifest.tsv") || text(marker).includes('"done"');
        const packed = await packObjects(source, { store: plain, key: "p/" }, options);
        assertEquals(packed.samples, 40);
        assertEquals(packed.resumed > 0, isDone);
        assertEquals(withoutTags(await contents(plain, "p/")), whole);
      }
    }
    assertEquals(failures > 10, true);
  });
}

Deno.test("a pack that is done and lacks a shard, or has another one, is never told to be there", async () => {
  await using store = new MemoryStore();
  for (const { write } of SAMPLE_FILES) await write(store, 20);
  const pack = (more = {}) =>
    packObjects({ store, key: "files/" }, { store, key: "p/" }, { shardSize: 400, ...more });
  const { samples, shards } = await pack();
  assertEquals((await pack()).resumed, samples);
  for (
    const [damage, words] of [
      [() => store.delete("p/000001.tfrecord"), '"000001.tfrecord" is gone; replace it'],
      [() => store.delete("p/000001.tfrecord.idx"), '"000001.tfrecord.idx" is gone'],
      [
        () => store.put("p/000001.tfrecord", new Uint8Array(3)),
        '000001.tfrecord": the pack there is not as it was \
written: it has 3 bytes, not ',
      ],
    ] as const
  ) {
    await damage();
    await assertRejects(() => pack(), NotEmptyError, words);
    const again = await pack({ replacePack: true });
    assertEquals([again.resumed, again.shards], [0, shards]);
    assertEquals((await pack()).resumed, samples);
  }
});

Deno.test("a pack refuses what lies at its place, names it, and replaces only another pack when that is asked for", async () => {
  await using store = new MemoryStore();
  for (const { write } of SAMPLE_FILES) await write(store, 20);
  const from = { store, key: "files/" };
  const to = { store, key: "p/" };
  await store.put("p/notes.txt", new Uint8Array(1));
  const refused = (words: string, options = {}) =>
    assertRejects(() => packObjects(from, to, { shardSize: 400, ...options }), NotEmptyError, words);
  await refused('"notes.txt" lies there; choose an empty place');
  assertEquals(await keys(store, "p/"), ["notes.txt"]);
  await store.delete("p/notes.txt");
  await packObjects(from, to, { shardSize: 400 });
  const first = await contents(store, "p/");
  await refused('another pack lies there: its order is {"version":1,"kind":"sequential"', {
    shuffle: "full",
  });
  await refused("its shardSize is 400, not 500", { shardSize: 500 });
  // What somebody put among its shards is never removed.
  for (const name of ["x.txt", "000099.tfrecord", "000099.tfrecord.idx"]) {
    await store.put(`p/${name}`, new Uint8Array(1));
    await refused(`"${name}" lies there, which the pack there has not written`, {
      replacePack: true,
      shardSize: 500,
    });
    await store.delete(`p/${name}`);
    assertEquals(await contents(store, "p/"), first);
  }
  const replaced = await packObjects(from, to, { format: "tar", shardSize: 5000, replacePack: true });
  const after = await keys(store, "p/");
  assertEquals(after.filter((key) => !/^0000\d\d\.(?:tar|idx)$/.test(key)), ["lade-manifest.tsv"]);
  assertEquals(after.length, 1 + 2 * replaced.shards);
  // A data set of others keeps its manifest.
  const { listDataset } = await import("../open/open_dataset.ts");
  const { writeManifest } = await import("../manifest/manifest.ts");
  await writeManifest(store, "rows/", await listDataset(store, "rows/"));
  await assertRejects(
    () => packObjects(from, { store, key: "rows/" }, { replacePack: true }),
    NotEmptyError,
    "a data set that is no pack has its manifest there",
  );
});

for (const operation of ["delete", "put", "close"] as const) {
  Deno.test(`a pack that fails at any ${operation} while it replaces another is never a mixture of both`, async () => {
    await using from = new MemoryStore();
    for (const { write } of SAMPLE_FILES) await write(from, 20);
    const earlier = { shardSize: 300, records: "bytes" } as const;
    const later = { ...earlier, shuffle: "full", replacePack: true } as const;
    const source = { store: from, key: "files/" };
    const wanted = new MemoryStore();
    await packObjects(source, { store: wanted, key: "p/" }, later);
    const whole = withoutTags(await contents(wanted, "p/"));
    for (let nth = 1;; nth++) {
      const plain = new MemoryStore();
      await packObjects(source, { store: plain, key: "p/" }, earlier);
      const before = withoutTags(await contents(plain, "p/"));
      const fault = { kind: "throw", error: new Error("killed") } as const;
      const faulty = injectFaults(plain, [{ operation, nth, fault }]);
      const failed = await packObjects(source, { store: faulty, key: "p/" }, later).then(
        () => false,
        () => true,
      );
      if (!failed) {
        assertEquals(nth > 2, true);
        return;
      }
      const left = await keys(plain, "p/");
      if (left.includes("lade-manifest.tsv")) {
        const { "lade-pack.json": _, ...rest } = withoutTags(await contents(plain, "p/"));
        assertEquals([before, whole].some((each) => JSON.stringify(each) === JSON.stringify(rest)), true);
      } else {
        await assertRejects(() => openDataset(plain, "p/"), UnavailableError);
      }
      // Once the earlier pack is being removed, it goes on without the option, too.
      const replacePack = left.includes("lade-manifest.tsv");
      await packObjects(source, { store: plain, key: "p/" }, { ...later, replacePack });
      assertEquals(withoutTags(await contents(plain, "p/")), whole);
    }
  });
}

Deno.test("shards of a pack that is being replaced are none of the pack that comes after it", async () => {
  await using from = new MemoryStore();
  for (const { write } of SAMPLE_FILES) await write(from, 20);
  const source = { store: from, key: "files/" };
  const [earlier, later] = [{ shardSize: 300, records: "bytes" }, { shardSize: 300 }] as const;
  const wanted = new MemoryStore();
  await packObjects(source, { store: wanted, key: "p/" }, later);
  const { pack } = await readManifest(wanted, "p/");
  await using plain = new MemoryStore();
  await packObjects(source, { store: plain, key: "p/" }, earlier);
  await plain.delete("p/lade-manifest.tsv");
  const marker = { format: "lade-pack", version: 1, plan: pack?.plan, replaces: "%06d.tfrecord" };
  await plain.put("p/lade-pack.json", new TextEncoder().encode(JSON.stringify(marker)));
  await packObjects(source, { store: plain, key: "p/" }, later);
  assertEquals(withoutTags(await contents(plain, "p/")), withoutTags(await contents(wanted, "p/")));
});

Deno.test("files that webdataset puts together are one sample of a tar, whatever lies between them", async () => {
  await using store = new MemoryStore();
  const text = (text: string) => new TextEncoder().encode(text);
  const names = [
    "d/1.jpg",
    "d/1.parts/x.bin",
    "d/1.JSON",
    "d/2.jpg",
    "d/2.json",
    "plain",
    "tab\there.jpg",
    "😀.jpg",
    "line\nfeed.cls",
  ];
  for (const name of names) await store.put(`in/${name}`, text(name));
  const packed = await packObjects({ store, key: "in/" }, { store, key: "out/t-%04d.tar" }, {
    shuffle: "full",
    shardSize: 3000,
  });
  assertEquals([packed.format, packed.samples], ["tar", 7]);
  const found = await samples(store, "out/") as { key: string; fields: Record<string, Uint8Array> }[];
  const told = Object.fromEntries(found.map(({ key, fields }) => [
    key,
    Object.fromEntries(
      Object.entries(fields).map(([field, bytes]) => [field, new TextDecoder().decode(bytes)]),
    ),
  ]));
  assertEquals(told, {
    "d/1": { json: "d/1.JSON", jpg: "d/1.jpg" },
    "d/1.parts/x": { bin: "d/1.parts/x.bin" },
    "d/2": { jpg: "d/2.jpg", json: "d/2.json" },
    "plain": { bin: "plain" },
    "tab\there": { jpg: "tab\there.jpg" },
    "😀": { jpg: "😀.jpg" },
    "line\nfeed": { cls: "line\nfeed.cls" },
  });
  assertEquals((await keys(store, "out/")).slice(0, 3), ["lade-manifest.tsv", "t-0000.idx", "t-0000.tar"]);
  await store.put("in/.hidden", text("x"));
  await assertRejects(
    () => packObjects({ store, key: "in/" }, { store, key: "other/" }, { format: "tar" }),
    Error,
    '.hidden": webdataset passes over files',
  );
  assertEquals(await keys(store, "other/"), []);
});

Deno.test("records of samples that are no records keep their names, shapes and fields as tf.Examples", async () => {
  await using store = new MemoryStore();
  for (const { write } of SAMPLE_FILES) await write(store, 3);
  const first = async (key: string, to: string) => {
    await packObjects({ store, key }, { store, key: to });
    const [record] = await samples(store, to);
    return parseExample(record as Uint8Array).features;
  };
  const named = await first("files/", "a/");
  assertEquals(Object.keys(named), ["name", "data"]);
  assertEquals(new TextDecoder().decode((named.name as Uint8Array[])[0]), "000000");
  assertEquals(Object.keys(await first("tars/", "b/")), ["__key__", "bin", "cls"]);
  const row = await first("rows/", "c/");
  assertEquals((row.data as Uint8Array[])[0]?.length, 24);
  await assertRejects(
    () => packObjects({ store, key: "tars/" }, { store, key: "d/" }, { records: "bytes" }),
    TypeError,
    'Cannot pack sample 0: it has 2 fields, and "bytes" are of samples with one',
  );
});

Deno.test("a pack refuses places and sizes that make no sense, before anything is written", async () => {
  await using store = new MemoryStore();
  for (const { write } of SAMPLE_FILES) await write(store, 5);
  const from = { store, key: "files/" };
  const refused = (key: string, words: string, options = {}) =>
    assertRejects(() => packObjects(from, { store, key }, options), Error, words);
  await refused("out.tar", 'end it in "/"');
  await refused("out-%06d.tar", "has to end in", { format: "npy" });
  await refused("files/out/", "among the objects that are packed");
  await refused("files/", "among the objects that are packed");
  await refused("out/", "shards of 0 bytes", { shardSize: 0 });
  await refused("out/", "not arrays of one shape", { format: "npy" });
  await assertRejects(() => packDataset(range(0), store, "out/"), TypeError, "it has no samples");
  await assertRejects(
    () => packDataset(range(3), store, "out/"),
    TypeError,
    "Cannot pack sample 0: it is no object",
  );
  await store.delete("out/lade-pack.json");
  for (const { write } of SAMPLE_FILES) await write(store, 20);
  await refused("out/%01d.tfrecord", "more than 10 shards: name them with more digits", { shardSize: 1 });
});
