import type { CallOptions } from "@lade/core";
import type { ArrayDescription, Format } from "../registry/format.ts";
import { isKnown } from "./codec_specs.ts";
import { openZarr } from "./open_zarr.ts";
import { verifyZarr } from "./verify_zarr.ts";
import { ZarrArray } from "./zarr_array.ts";

const SUMS: Readonly<Record<string, string>> = {
  crc32c: "CRC-32C of a chunk",
  gzip: "CRC-32 of a gzip stream",
  zlib: "Adler-32 of a zlib stream",
  zstd: "XXH64 of a zstd frame, where its writer put one",
};

/** What commands ask of a Zarr array or group. */
export const format: Format = {
  name: "zarr",

  async describe({ store, key }, options: CallOptions = {}) {
    const node = await openZarr(store, key, options);
    const arrays: ArrayDescription[] = [];
    const checksums = new Set<string>();
    const describe = (name: string, array: ZarrArray) => {
      arrays.push(describeArray(name, array));
      const { chunk, shard } = array.metadata;
      for (const { name } of chunk.codecs) if (SUMS[name]) checksums.add(SUMS[name]);
      if (shard && shard.indexCodecs.length > 0) checksums.add("CRC-32C of a shard's index");
    };
    if (node instanceof ZarrArray) describe("", node);
    else for await (const [path, array] of node.arrays(options)) describe(path, array);
    let [size, chunks] = [0, 0];
    for await (const object of store.list(node.prefix, options)) {
      size += object.size;
      if (!/(?:^|\/)(?:zarr\.json|\.z[a-z]+)$/.test(object.key)) chunks++;
    }
    const version = node instanceof ZarrArray ? node.metadata.version : node.version;
    const metadata = Object.entries(node.attributes).map(([name, value]) => [name, textOf(value)]);
    return {
      format: "zarr",
      version: `${version}`,
      size,
      arrays,
      chunks,
      checksums: [...checksums],
      ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
    };
  },

  verify: async ({ store, key }, options) => await verifyZarr(store, key, options),
};

function describeArray(name: string, { metadata, shape, dtype }: ZarrArray): ArrayDescription {
  const { chunk, shard, type } = metadata;
  const codecs = chunk.codecs.map((codec) => isKnown(codec) ? codec.name : `${codec.name} (unknown)`);
  const compression = codecs.filter((codec) => codec !== "crc32c").join(", ");
  return {
    name,
    dtype: dtypeText(type.text, type.dtype, dtype),
    shape,
    ...(type.dtype && { bytes: shape.reduce((product, length) => product * length, type.bytes) }),
    chunks: chunk.shape,
    ...(compression !== "" && { compression: shard ? `${compression}, in shards` : compression }),
  };
}

/** What the metadata call an element, and what it is read as where that says something else: `<M8[s] (int64)`. */
function dtypeText(text: string, stored: string | undefined, dtype: string | undefined): string {
  if (stored === undefined || text === dtype) return text;
  return /^[<>|][biufc]\d+$/.test(text) ? stored : `${text} (${stored})`;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value, (_key, part) => typeof part === "bigint" ? `${part}` : part);
}
