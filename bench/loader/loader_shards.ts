import { indexObject } from "../../packages/formats/index/mod.ts";
import { TarWriter } from "../../packages/formats/tar/mod.ts";
import { createRecordWriter } from "../../packages/formats/tfrecord/mod.ts";
import type { ObjectStore } from "../../packages/core/mod.ts";
import { openFileStore } from "../../packages/fs/mod.ts";
import type { Bench } from "../bench.ts";
import { ground } from "../ground/ground.ts";
import { prepareRow } from "./loader_row.ts";

const IMAGE = 150_528;
const IMAGES = 4000;
const FILES = 8;
const OURS = "lade loader, blocks";
const WEBDATASET = "webdataset, shuffle(100)";
const IN_ORDER = "tfrecord (PyPI), in order, nothing checked";

/** Noise that images are cut from. */
function makeNoise(): Uint8Array {
  const noise = new Uint8Array(1_200_000);
  for (let at = 0; at < noise.length; at += 60_000) crypto.getRandomValues(noise.subarray(at, at + 60_000));
  return noise;
}

/** Writes the images into TFRecord files with their indexes. */
export async function writeRecords(store: ObjectStore, prefix: string, images = IMAGES): Promise<void> {
  const noise = makeNoise();
  for (let file = 0; file < FILES; file++) {
    const key = `${prefix}${file}.tfrecord`;
    await using writer = await createRecordWriter(store, key);
    for (let i = file * images / FILES; i < (file + 1) * images / FILES; i++) {
      const at = i * 4096 % 1_000_000;
      await writer.write(noise.subarray(at, at + IMAGE));
    }
    await writer.close();
    await indexObject(store, key);
  }
}

async function writeTars(store: ObjectStore): Promise<void> {
  const noise = makeNoise();
  for (let file = 0; file < FILES; file++) {
    await using writer = await TarWriter.create(store, `tars/${file}.tar`);
    for (let i = file * IMAGES / FILES; i < (file + 1) * IMAGES / FILES; i++) {
      const at = i * 4096 % 1_000_000;
      await writer.add({ name: `${String(i).padStart(6, "0")}.bin` }, noise.subarray(at, at + IMAGE));
    }
    await writer.close();
    await indexObject(store, `tars/${file}.tar`);
  }
}

/** A directory in memory that `write` fills. */
async function directoryOf(write: (store: ObjectStore) => Promise<void>): Promise<string> {
  const directory = await Deno.makeTempDir({ dir: ground().memory });
  await using store = await openFileStore(directory);
  await write(store);
  return directory;
}

/** Records of 150 kB, shuffled by blocks, every checksum compared. */
export const loaderRecords: Bench = {
  name: "loader-records",
  title:
    `loader over ${IMAGES} records of 150 kB in ${FILES} TFRecord files, shuffled by blocks, checksums compared`,
  async prepare() {
    const directory = await directoryOf((store) => writeRecords(store, "records/"));
    return prepareRow({
      uri: `file://${directory}/records/`,
      total: IMAGES * IMAGE,
      batch: 64,
      works: { [OURS]: "blocks", "lade loader, in order": "order" },
      peers: [IN_ORDER],
      bars: [{ ours: OURS, baseline: IN_ORDER, atLeast: 1 }],
      dispose: () => Deno.remove(directory, { recursive: true }),
    });
  },
};

/** Samples of webdataset shards, shuffled by blocks. */
export const loaderTar: Bench = {
  name: "loader-tar",
  title: `loader over ${IMAGES} samples of 150 kB in ${FILES} tars with an index, shuffled by blocks`,
  async prepare() {
    const directory = await directoryOf(writeTars);
    const inOrder = "lade loader, in order";
    return prepareRow({
      uri: `file://${directory}/tars/`,
      total: IMAGES * IMAGE,
      batch: 64,
      works: { [OURS]: "blocks", [inOrder]: "order" },
      peers: [WEBDATASET],
      bars: [
        { ours: OURS, baseline: WEBDATASET, atLeast: 3 },
        { ours: OURS, baseline: inOrder, atLeast: 0.8 },
      ],
      dispose: () => Deno.remove(directory, { recursive: true }),
    });
  },
};
