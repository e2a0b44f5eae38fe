import type { ObjectStore } from "@lade/core";
import { indexObject } from "@lade/formats/index";
import { writeNpy } from "@lade/formats/npy";
import { TarWriter } from "@lade/formats/tar";
import type { NdArray } from "@lade/formats/array";
import { writeSafetensors } from "@lade/formats/safetensors";
import { loadFormat } from "@lade/formats/formats";
import { batchOf, parseSchema } from "@lade/formats/table";
import { createRecordWriter } from "@lade/formats/tfrecord";
import type { MapDataset } from "../datasets/dataset.ts";
import { filesDataset } from "../datasets/files_dataset.ts";
import { recordsDataset } from "../datasets/records_dataset.ts";
import { rowsDataset } from "../datasets/rows_dataset.ts";
import { samplesDataset } from "../datasets/samples_dataset.ts";
import { tensorsDataset } from "../datasets/tensors_dataset.ts";
import { zarrDataset } from "../datasets/zarr_dataset.ts";
import { ObjectTable } from "../datasets/object_table.ts";
import { tableDataset } from "../datasets/table_dataset.ts";
import type { TableFormat } from "../datasets/table_samples.ts";

/** Samples that tell their number, in several files of one kind. */
export interface SampleFiles {
  /** What they are called in tests. */
  readonly name: string;
  /** Writes as many samples. */
  write(store: ObjectStore, samples: number): Promise<void>;
  /** Opens them. */
  open(store: ObjectStore): Promise<MapDataset<unknown>>;
  /** The number that a sample tells; every byte of it is looked at. */
  idOf(sample: unknown): number;
}

const PER_FILE = 16;

/** All kinds of data sets. */
export const SAMPLE_FILES: readonly SampleFiles[] = [
  {
    name: "files",
    async write(store, samples) {
      for (let id = 0; id < samples; id++) {
        await store.put(`files/${String(id).padStart(6, "0")}`, contentOf(id));
      }
    },
    open: async (store) => await filesDataset(store, "files/"),
    idOf: (sample) => idIn((sample as { bytes: Uint8Array }).bytes),
  },
  {
    name: "tfrecord",
    write: (store, samples) =>
      inFiles(samples, async (file, ids) => {
        await using writer = await createRecordWriter(store, `records/${file}.tfrecord`);
        for (const id of ids) await writer.write(contentOf(id));
        await writer.close();
        await indexObject(store, `records/${file}.tfrecord`);
      }),
    open: async (store) => await recordsDataset(store, await keysOf(store, "records/", ".tfrecord")),
    idOf: (sample) => idIn(sample as Uint8Array),
  },
  {
    name: "webdataset",
    write: (store, samples) =>
      inFiles(samples, async (file, ids) => {
        await using writer = await TarWriter.create(store, `tars/${file}.tar`);
        for (const id of ids) {
          await writer.add({ name: `${id}.bin` }, contentOf(id));
          await writer.add({ name: `${id}.cls` }, new TextEncoder().encode(`${id}`));
        }
        await writer.close();
        if (file % 2 === 0) await indexObject(store, `tars/${file}.tar`);
      }),
    open: async (store) => await samplesDataset(store, await keysOf(store, "tars/", ".tar")),
    idOf(sample) {
      const { key, fields: { bin = new Uint8Array(0), cls } } = sample as {
        key: string;
        fields: Record<string, Uint8Array>;
      };
      const id = idIn(bin);
      if (key !== `${id}` || new TextDecoder().decode(cls) !== key) {
        throw new TypeError(`sample ${id} is ${key}`);
      }
      return id;
    },
  },
  {
    name: "npy rows",
    write: (store, samples) =>
      inFiles(samples, async (file, ids) => {
        const data = Int32Array.from(ids.flatMap((id) => [id, id, id, id, id, id]));
        await writeNpy(store, `rows/${file}.npy`, {
          dtype: "int32",
          shape: [ids.length, 2, 3],
          order: "C",
          data,
        });
      }),
    open: async (store) => await rowsDataset(store, await keysOf(store, "rows/", ".npy")),
    idOf(sample) {
      const { shape, data } = sample as { shape: readonly number[]; data: Int32Array };
      if (`${shape}` !== "2,3" || data.some((value) => value !== data[0])) {
        throw new TypeError(`a row is ${data}`);
      }
      return Number(data[0]);
    },
  },
  tableFiles("parquet"),
  tableFiles("arrow"),
  {
    name: "safetensors rows",
    write: (store, samples) =>
      inFiles(samples, async (file, ids) => {
        const shape = [ids.length, 2];
        const pairs = ids.flatMap((id) => [id, id]);
        await writeSafetensors(store, `tensors/${file}.safetensors`, [
          { name: "low", dtype: "uint8", shape, data: Uint8Array.from(pairs) },
          { name: "id", dtype: "int32", shape, data: Int32Array.from(pairs) },
        ]);
      }),
    open: async (store) => await tensorsDataset(store, await keysOf(store, "tensors/", ".safetensors")),
    idOf(sample) {
      const { low, id } = sample as { low: NdArray; id: NdArray };
      const number = Number(id.data[0]);
      const sound = id.data[1] === number && [...low.data].every((value) => value === number % 256);
      if (!sound || `${low.shape} ${id.shape}` !== "2 2") {
        throw new TypeError(`a row is ${id.data}, ${low.data}`);
      }
      return number;
    },
  },
  {
    name: "zarr rows",
    async write(store, samples) {
      const step = 7;
      const metadata = {
        zarr_format: 2,
        shape: [samples, 3],
        chunks: [step, 3],
        dtype: ">i4",
        compressor: null,
        filters: null,
        fill_value: 0,
        order: "C",
      };
      await store.put("zarr/all.zarr/.zarray", new TextEncoder().encode(JSON.stringify(metadata)));
      for (let chunk = 0; chunk * step < samples; chunk++) {
        const bytes = new DataView(new ArrayBuffer(step * 12));
        for (let i = 0; i < step * 3; i++) bytes.setInt32(i * 4, chunk * step + Math.floor(i / 3));
        await store.put(`zarr/all.zarr/${chunk}.0`, new Uint8Array(bytes.buffer));
      }
    },
    open: async (store) => await zarrDataset(store, await ObjectTable.of(store.list("zarr/"))),
    idOf(sample) {
      const { shape, data } = sample as NdArray;
      if (`${shape}` !== "3" || data.some((value) => value !== data[0])) {
        throw new TypeError(`a row is ${data}`);
      }
      return Number(data[0]);
    },
  },
];

/** Rows of tables with four groups to a file. */
function tableFiles(format: TableFormat): SampleFiles {
  const schema = parseSchema("id: int64, text: string?, content: binary");
  return {
    name: `${format} rows`,
    write: (store, samples) =>
      inFiles(samples, async (file, ids) => {
        const { createTable } = await loadFormat(format);
        await using writer = await createTable?.(store, `${format}/${file}.${format}`, {
          schema,
          groupRows: 4,
        });
        const rows = ids.map((id) => ({
          id: BigInt(id),
          text: id % 3 === 0 ? null : `${id}`,
          content: contentOf(id),
        }));
        await writer?.write(batchOf(schema, rows));
        await writer?.close();
      }),
    open: async (store) => await tableDataset(store, await keysOf(store, `${format}/`, `.${format}`), format),
    idOf(sample) {
      const { content, text, ...rest } = sample as {
        id: bigint;
        text: string | null;
        content: Uint8Array;
      };
      const id = idIn(content);
      if (rest.id !== BigInt(id) || text !== (id % 3 === 0 ? null : `${id}`)) {
        throw new TypeError(`a row of ${id} is ${rest.id}, ${text}`);
      }
      return id;
    },
  };
}

/** What a sample holds: its number, and from 8 bytes on as many of its last byte as that says. */
function contentOf(id: number): Uint8Array {
  const bytes = new Uint8Array(8 + id % 50).fill(id % 256);
  new DataView(bytes.buffer).setFloat64(0, id);
  return bytes;
}

function idIn(bytes: Uint8Array): number {
  const id = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0);
  const sound = bytes.length === 8 + id % 50 && bytes.subarray(8).every((byte) => byte === id % 256);
  if (!sound) throw new TypeError(`sample ${id} has ${bytes.length} bytes, or others`);
  return id;
}

async function inFiles(
  samples: number,
  write: (file: number, ids: number[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < samples; from += PER_FILE) {
    const count = Math.min(PER_FILE, samples - from);
    await write(from / PER_FILE, Array.from({ length: count }, (_, i) => from + i));
  }
}

async function keysOf(store: ObjectStore, prefix: string, suffix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) if (key.endsWith(suffix)) keys.push(key);
  return keys.sort((a, b) => parseInt(a.slice(prefix.length)) - parseInt(b.slice(prefix.length)));
}
