import { assert, assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore, type ObjectStore } from "@lade/core";
import { openFileStore } from "@lade/fs";
import fc from "fast-check";
import { filesToTar } from "../../../packages/formats/convert/mod.ts";
import { FormatError, StaleIndexError } from "../../../packages/formats/errors/mod.ts";
import { TarWriter } from "../../../packages/formats/tar/mod.ts";
import { SampleReader, streamSamples, writeSampleIndex } from "../../../packages/formats/webdataset/mod.ts";
import { testWithPython } from "./python.ts";

/** Prints the samples that webdataset reads of each shard: key and fields, their bytes as Latin-1; or its error. */
const READ = `
import json, sys, webdataset as wds
from webdataset.tariterators import tarfile_samples
for shard in sys.argv[1:]:
    try:
        rows = []
        for sample in tarfile_samples([dict(url=shard)]):
            rows.append([sample["__key__"], [[k, v.decode("latin-1")] for k, v in sample.items() if k not in ("__key__", "__url__", "__local_path__")]])
        print(json.dumps(rows))
    except ValueError as error:
        print(json.dumps("duplicate" if "duplicate file name" in str(error) else str(error)))
`;

const WRITE = `
import sys, webdataset as wds
with wds.TarWriter(sys.argv[1], mtime=0) as sink:
    for i in range(50):
        sample = {"__key__": f"train/{i:04d}", "jpg": bytes([i]) * 3000, "CLS": i, "json": {"id": i}}
        if i % 7 == 0: del sample["json"]
        sink.write(sample)
`;

async function samplesOf(store: ObjectStore, key: string): Promise<unknown[]> {
  const rows = [];
  for await (const { key: sample, fields } of streamSamples(store, key)) rows.push([sample, latin(fields)]);
  return rows;
}

function latin(fields: Readonly<Record<string, Uint8Array>>): [string, string][] {
  return Object.entries(fields).map((
    [name, bytes],
  ) => [name, Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")]);
}

async function readByIndex(store: ObjectStore, key: string): Promise<unknown[]> {
  const reader = await SampleReader.open(store, key);
  assert(reader.isIndexStored);
  const rows = [];
  for (let index = 0; index < reader.length; index++) {
    const { key: sample, fields } = await reader.read(index);
    rows.push([sample, latin(fields)]);
  }
  return rows;
}

for (const suffix of ["tar", "tar.gz"]) {
  testWithPython(
    `webdataset: what its TarWriter writes is read as it reads it, as .${suffix}`,
    async (python) => {
      const shard = `s-0.${suffix}`;
      await python.run(WRITE, shard);
      const expected = JSON.parse(await python.run(READ, shard));
      assertEquals(expected.length, 50);
      await using store = await openFileStore(python.directory);
      assertEquals(await samplesOf(store, shard), expected);
      if (suffix !== "tar") return;
      await writeSampleIndex(store, shard);
      assertEquals(await readByIndex(store, shard), expected);
    },
  );
}

testWithPython("webdataset: what Lade writes is read by it, in shards and with an index", async (python) => {
  await using from = new MemoryStore();
  for (let index = 0; index < 40; index++) {
    await from.put(`é/${index}.jpg`, new Uint8Array(2000).fill(index));
    await from.put(`é/${index}.cls.txt`, new TextEncoder().encode(`${index}`));
  }
  await using store = await openFileStore(python.directory);
  const written = await filesToTar(from, "", store, "s-%03d.tar", { maxBytes: 40_000 });
  assert(written.length > 2);
  const lines = (await python.run(READ, ...written.map(({ key }) => key))).split("\n");
  assertEquals(lines.flatMap((line) => JSON.parse(line)).length, 40);
  for (const [place, { key, samples }] of written.entries()) {
    const expected = JSON.parse(lines[place] ?? "");
    assertEquals(expected.length, samples);
    assertEquals(await samplesOf(store, key), expected);
    assertEquals(await readByIndex(store, key), expected);
  }
});

testWithPython("webdataset: groups as it does, whatever the names", async (python) => {
  const part = fc.stringMatching(/^[abAB._ -]{0,4}$/);
  const name = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
    fc.constantFrom("a.x", "a.X", "a.y", "b.x", "b.y", "a"),
    fc.constantFrom("__meta__/a.b", "__a__.b", "__a__", "a/__b__/c.d", "____/x.y"),
  ).filter((path) =>
    path !== "" && !path.startsWith("/") && !path.endsWith("/") && !path.split("/").includes("..")
  )
    // webdataset takes a hidden file of a folder for a sample called "folder/".
    .filter((path) => !/\/\.[^/]*$/.test(path));
  const shards = fc.sample(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), { numRuns: 300, seed: 7 });
  await using store = await openFileStore(python.directory);
  const keys = shards.map((_, index) => `${index}.tar`);
  for (const [index, names] of shards.entries()) {
    await using writer = await TarWriter.create(store, `${index}.tar`);
    for (const each of names) await writer.add({ name: each }, new TextEncoder().encode(each));
    await writer.close();
  }
  const lines = (await python.run(READ, ...keys)).split("\n");
  let [compared, torn] = [0, 0];
  for (const [index, key] of keys.entries()) {
    const expected = JSON.parse(lines[index] ?? "");
    const samples = expected === "duplicate" ? [] : expected.map(([sample]: [string]) => sample);
    // A key that comes back is two samples there, and an error here.
    if (expected === "duplicate" || new Set(samples).size < samples.length) {
      torn++;
      await assertRejects(() => samplesOf(store, key), FormatError);
      continue;
    }
    compared++;
    assertEquals(await samplesOf(store, key), expected, JSON.stringify(shards[index]));
  }
  assert(compared > 100 && torn > 0, `${compared} compared, ${torn} torn`);
});

/** What DALI's `wds2idx.py` does: two listings of GNU tar, whose columns give names, offsets and sizes. */
const WDS2IDX = `
import subprocess, sys
def listing(*options):
    return subprocess.run(["tar", *options, "--file", sys.argv[1]], stdout=subprocess.PIPE, check=True, env={"LC_ALL": "C"}).stdout.split(b"\\n")
blocks, verbose = listing("--list", "--block-num"), listing("--verbose", "--list")
samples, last = [], None
for line, following, entry in zip(blocks, blocks[1:], verbose):
    if not line or not entry or entry[:1] != b"-": continue
    name = line[line.find(b":") + 2:].decode("ascii")
    end = int(following[following.find(b"block") + 6 : following.find(b":")]) * 512
    head = entry[: -len(name)]
    head = head[: head.rfind(b"-") - 8]
    size = int(head[head.rfind(b" "):])
    offset = end - size
    offset -= offset % 512
    dot = name.find(".", name.rfind("/") + 1)
    key, extension = name[:dot], name[dot + 1:]
    if not key or key.endswith("/"): continue
    if key != last: samples.append([])
    last = key
    samples[-1].append(f"{extension} {offset} {size} {name}")
with open(sys.argv[2], "w") as f:
    f.write(f"v1.2 {len(samples)}\\n")
    for sample in samples: f.write(" ".join(sample) + "\\n")
`;

testWithPython(
  "webdataset: an index is, byte for byte, what DALI's way of making it gives",
  async (python) => {
    await python.run(WRITE, "s-0.tar");
    await python.run(WDS2IDX, "s-0.tar", "theirs.idx");
    await using store = await openFileStore(python.directory);
    await writeSampleIndex(store, "s-0.tar");
    const [theirs, ours] = await Promise.all(["theirs.idx", "s-0.idx"].map((key) => getBytes(store, key)));
    assertEquals(new TextDecoder().decode(ours?.bytes), new TextDecoder().decode(theirs?.bytes));
  },
);

const USTAR = `
import io, sys, tarfile
with tarfile.open(sys.argv[1], "w", format=tarfile.USTAR_FORMAT) as tar:
    for name in ["\\u00e9\\u2603.jpg", "\\u00e9\\u2603.cls", "b.jpg"]:
        info = tarfile.TarInfo(name)
        info.size = 3
        tar.addfile(info, io.BytesIO(b"abc"))
`;

testWithPython(
  "webdataset: DALI's index is read with the escapes of GNU tar, and is stale where it is wrong",
  async (python) => {
    await using store = await openFileStore(python.directory);
    await using writer = await TarWriter.create(store, "s-0.tar");
    for (const name of ["é☃.jpg", "é☃.cls", "b.jpg"]) {
      await writer.add({ name }, new TextEncoder().encode(name));
    }
    await writer.close();
    await python.run(WDS2IDX, "s-0.tar", "s-0.idx");
    // The headers of pax that lie between are counted as data there.
    await assertRejects(
      () => readByIndex(store, "s-0.tar"),
      StaleIndexError,
      "no file of 9 bytes has its data",
    );
    await python.run(USTAR, "s-0.tar");
    await python.run(WDS2IDX, "s-0.tar", "s-0.idx");
    assert((await getBytes(store, "s-0.idx")).bytes.includes("\\".charCodeAt(0)));
    assertEquals(await readByIndex(store, "s-0.tar"), await samplesOf(store, "s-0.tar"));
  },
);
