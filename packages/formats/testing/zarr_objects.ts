import { crc32c } from "@lade/codec/checksum";
import { MemoryStore } from "@lade/core";

/** JSON as bytes. */
export const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** What the metadata of an array say. */
export interface ArrayOptions {
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly type?: unknown;
  readonly codecs?: readonly unknown[];
  readonly fill?: unknown;
  readonly more?: object;
}

/** The codec that every chunk has. */
export const BYTES = { name: "bytes", configuration: { endian: "little" } };

/** Metadata of an array of version 3. */
export function v3(
  { shape, chunks, type = "uint8", codecs = [BYTES], fill = 0, more = {} }: ArrayOptions,
): Uint8Array {
  return encode({
    zarr_format: 3,
    node_type: "array",
    shape,
    data_type: type,
    chunk_grid: { name: "regular", configuration: { chunk_shape: chunks } },
    chunk_key_encoding: { name: "default" },
    fill_value: fill,
    codecs,
    ...more,
  });
}

/** The codec of shards. */
export function sharded(
  chunk_shape: readonly number[],
  codecs: readonly unknown[],
  index_location = "end",
): unknown {
  const configuration = { chunk_shape, codecs, index_codecs: [BYTES, { name: "crc32c" }], index_location };
  return { name: "sharding_indexed", configuration };
}

/** A store of these objects. */
export async function storeOf(objects: Readonly<Record<string, Uint8Array>>): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const [key, bytes] of Object.entries(objects)) await store.put(key, bytes);
  return store;
}

/** Bytes and their CRC-32C. */
export function withCrc(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(bytes.length + 4);
  all.set(bytes);
  new DataView(all.buffer).setUint32(bytes.length, crc32c(bytes), true);
  return all;
}
