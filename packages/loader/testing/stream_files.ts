import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { getBytes, MemoryStore, type ObjectStore } from "@lade/core";
import { TarWriter } from "@lade/formats/tar";
import { createRecordWriter } from "@lade/formats/tfrecord";

/** Samples that tell their number, in several objects of one kind that can only be gone through. */
export interface StreamFiles {
  /** What their objects end in. */
  readonly suffix: string;
  /** The bytes of an object of these samples. */
  make(ids: readonly number[]): Promise<Uint8Array>;
  /** The number that a sample tells; all of it is looked at. */
  idOf(sample: unknown): number;
}

const text = (id: number) => `${id} ${"x".repeat(id % 90)}`;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The bytes of what `write` puts under a name. */
async function written(write: (store: ObjectStore) => Promise<void>): Promise<Uint8Array> {
  const store = new MemoryStore();
  await write(store);
  return (await getBytes(store, "o")).bytes;
}

const records = (ids: readonly number[]) =>
  written(async (store) => {
    await using writer = await createRecordWriter(store, "o");
    for (const id of ids) await writer.write(encoder.encode(text(id)));
    await writer.close();
  });

const tar = (ids: readonly number[]) =>
  written(async (store) => {
    await using writer = await TarWriter.create(store, "o");
    for (const id of ids) await writer.add({ name: `${id}.txt` }, encoder.encode(text(id)));
    await writer.close();
  });

const rows = (delimiter: string) => (ids: readonly number[]) =>
  Promise.resolve(
    encoder.encode(`id${delimiter}name\n${ids.map((id) => `${id}${delimiter}"${text(id)}"\n`).join("")}`),
  );

const lines = (ids: readonly number[]) =>
  Promise.resolve(encoder.encode(ids.map((id) => `${JSON.stringify({ id, name: text(id) })}\n`).join("")));

function checked(told: string): number {
  const id = parseInt(told);
  if (told !== text(id)) throw new TypeError(`a sample is ${told}`);
  return id;
}

const idOfRecord = (sample: unknown) => checked(decoder.decode(sample as Uint8Array));
const idOfSample = (sample: unknown) => {
  const { key, fields: { txt } } = sample as { key: string; fields: Record<string, Uint8Array> };
  if (parseInt(key) !== checked(decoder.decode(txt))) throw new TypeError(`sample ${key} is another one`);
  return parseInt(key);
};
const idOfRow = (sample: unknown) => {
  const { id, name } = sample as { id: bigint; name: string };
  if (BigInt(checked(name)) !== BigInt(id)) throw new TypeError(`row ${id} is another one`);
  return Number(id);
};

const packed = (
  make: StreamFiles["make"],
  pack: (bytes: Uint8Array) => Uint8Array,
): StreamFiles["make"] =>
async (ids) => pack(await make(ids));

/** All kinds of streams. */
export const STREAM_FILES: readonly StreamFiles[] = [
  { suffix: ".tfrecord", make: records, idOf: idOfRecord },
  { suffix: ".tfrecord.gz", make: packed(records, gzipSync), idOf: idOfRecord },
  { suffix: ".zlib.tfrecord", make: packed(records, deflateSync), idOf: idOfRecord },
  { suffix: ".tar", make: tar, idOf: idOfSample },
  { suffix: ".tar.gz", make: packed(tar, gzipSync), idOf: idOfSample },
  { suffix: ".tar.zst", make: packed(tar, zstdCompressSync), idOf: idOfSample },
  { suffix: ".csv", make: rows(","), idOf: idOfRow },
  { suffix: ".tsv.gz", make: packed(rows("\t"), gzipSync), idOf: idOfRow },
  { suffix: ".jsonl", make: lines, idOf: idOfRow },
  { suffix: ".jsonl.zst", make: packed(lines, zstdCompressSync), idOf: idOfRow },
];

/** Writes objects of so many samples each, which are numbered through all of them. */
export async function writeStreamFiles(
  store: ObjectStore,
  { suffix, make }: StreamFiles,
  counts: readonly number[],
): Promise<void> {
  let from = 0;
  for (const [object, count] of counts.entries()) {
    const ids = Array.from({ length: count }, (_, i) => from + i);
    await store.put(`${object}${suffix}`, await make(ids));
    from += count;
  }
}
