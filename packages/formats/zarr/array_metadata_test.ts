import { assertEquals, assertRejects } from "@std/assert";
import { UnsupportedError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import { BYTES, encode, sharded, storeOf, v3, withCrc } from "../testing/zarr_objects.ts";
import { openZarrArray } from "./mod.ts";

const V2 = {
  zarr_format: 2,
  shape: [4],
  chunks: [2],
  dtype: "|u1",
  order: "C",
  fill_value: 0,
  filters: null,
  compressor: null,
};

const INDEX = [BYTES, { name: "crc32c" }];

/** A shard whose configuration says something else. */
function shard(changes: object) {
  const { name, configuration } = sharded([2], [BYTES]) as { name: string; configuration: object };
  return { name, configuration: { ...configuration, ...changes } };
}

Deno.test("Zarr: metadata that say what cannot be, or what is not read, are refused, and nothing is read by them", async () => {
  const four = (more: object = {}) => v3({ shape: [4], chunks: [4], more });
  const cases: [string, Uint8Array, typeof FormatError | typeof UnsupportedError, string][] = [
    [".zarray", encode({ ...V2, zarr_format: 3 }), FormatError, "3 as zarr_format, and not 2"],
    [".zarray", encode({ ...V2, order: "K" }), FormatError, "as order, and neither C nor F"],
    [".zarray", encode({ ...V2, dimension_separator: "-" }), FormatError, "between the parts of keys"],
    [".zarray", encode({ ...V2, chunks: [2, 2] }), FormatError, "chunks of 2 dimensions of 1"],
    [".zarray", encode({ ...V2, chunks: [0] }), FormatError, "chunks"],
    [
      ".zarray",
      encode({ ...V2, filters: [{ id: "shuffle", elementsize: 0 }] }),
      FormatError,
      "0 as elementsize",
    ],
    [
      ".zarray",
      encode({ ...V2, filters: [{ id: "shuffle", elementsize: "4" }] }),
      FormatError,
      "as elementsize",
    ],
    [".zarray", encode({ ...V2, dtype: "u1" }), FormatError, "as dtype, and no type of NumPy's"],
    [".zarray", encode({ ...V2, dtype: 1 }), FormatError, "as dtype, and no type of NumPy's"],
    [
      ".zarray",
      encode({ ...V2, dtype: "<c8", fill_value: [1, 2, 3] }),
      FormatError,
      "as fill_value of complex64",
    ],
    ["zarr.json", four({ data_type: 1 }), FormatError, "as data_type, and no name"],
    ["zarr.json", four({ data_type: { configuration: {} } }), FormatError, "as data_type, and no name"],
    [".zarray", encode({ ...V2, compressor: { level: 1 } }), FormatError, "as the name of a codec"],
    [
      "zarr.json",
      four({ chunk_grid: { name: "rectilinear", configuration: { chunk_shape: [4] } } }),
      UnsupportedError,
      "a chunk grid of kind",
    ],
    ["zarr.json", four({ chunk_key_encoding: { name: "hashed" } }), UnsupportedError, "chunk keys of kind"],
    ["zarr.json", four({ storage_transformers: [{ name: "x" }] }), UnsupportedError, "storage transformer"],
    [
      "zarr.json",
      four({ codecs: [shard({}), { name: "crc32c" }] }),
      UnsupportedError,
      "codecs around shards",
    ],
    ["zarr.json", four({ codecs: [shard({ index_location: "middle" })] }), FormatError, "as index_location"],
    ["zarr.json", four({ codecs: [shard({ chunk_shape: [3] })] }), FormatError, "in shards of"],
    ["zarr.json", four({ codecs: [shard({ chunk_shape: [2, 2] })] }), FormatError, "in shards of"],
    [
      "zarr.json",
      four({ codecs: [shard({ index_codecs: [{ name: "bytes", configuration: { endian: "big" } }] })] }),
      UnsupportedError,
      "whose index is encoded by",
    ],
    [
      "zarr.json",
      four({ codecs: [shard({ index_codecs: [...INDEX, { name: "gzip" }] })] }),
      UnsupportedError,
      "whose index is encoded by crc32c, gzip",
    ],
  ];
  for (const [name, document, type, word] of cases) {
    await using store = await storeOf({ [`a/${name}`]: document });
    await assertRejects(async () => await openZarrArray(store, "a"), type, word);
  }
  await using store = await storeOf({ "a/.zarray": encode(V2), "b/zarr.json": four() });
  assertEquals((await (await openZarrArray(store, "a")).read()).data, new Uint8Array(4));
  assertEquals((await (await openZarrArray(store, "b")).read()).data, new Uint8Array(4));
});

Deno.test("Zarr: chunks that are too short for what encodes them, and codecs that are not known, are refused", async () => {
  const blosc = Uint8Array.fromBase64("AgEzAhAAAAAQAAAAIAAAAAAAAAQAAQAFAAIABgADAAc=");
  const claims = (at: number, value: number) => {
    const bytes = blosc.slice();
    new DataView(bytes.buffer).setUint32(at, value, true);
    return bytes;
  };
  const one = (codec: object, length = 16) =>
    v3({ shape: [length], chunks: [length], codecs: [BYTES, codec] });
  const cases: [Uint8Array, Uint8Array, typeof FormatError | typeof UnsupportedError, string][] = [
    [one({ name: "crc32c" }), new Uint8Array(3), FormatError, "no room for a CRC-32C"],
    [one({ name: "crc32c" }), withCrc(new Uint8Array(15)), FormatError, ""],
    [
      one({ name: "crc32c" }),
      withCrc(new Uint8Array(16)).with(3, 1),
      FormatError,
      "its CRC-32C is another one",
    ],
    [one({ name: "blosc" }), blosc.slice(0, 15), FormatError, "are no Blosc buffer"],
    [one({ name: "blosc" }), new Uint8Array(0), FormatError, "are no Blosc buffer"],
    [one({ name: "blosc" }), claims(4, 17), FormatError, "claims 17 bytes in blocks"],
    [one({ name: "blosc" }), claims(4, 15), FormatError, "claims 15 bytes in blocks"],
    [one({ name: "blosc" }), claims(8, 2 ** 31), FormatError, "in blocks of 2147483648"],
    [one({ name: "lzma" }), blosc, UnsupportedError, "lzma"],
    [
      v3({ shape: [4], chunks: [4], codecs: [sharded([2], [BYTES])] }),
      new Uint8Array(35),
      FormatError,
      "it has 35 bytes, and its index alone takes 36",
    ],
  ];
  for (const [document, chunk, type, word] of cases) {
    await using store = await storeOf({ "a/zarr.json": document, "a/c/0": chunk });
    await assertRejects(async () => await (await openZarrArray(store, "a")).read(), type, word);
  }
  // An LZ4 block of numcodecs: what it comes to, and then four bytes as they are.
  const lz4 = encode({ ...V2, shape: [4], chunks: [4], compressor: { id: "lz4" } });
  for (
    const [chunk, word] of [
      [[4, 0, 0, 0, 0x40, 1, 2, 3, 4], undefined],
      [[4, 0, 0, 0], "are no LZ4 block"],
      [[5, 0, 0, 0, 0x50, 1, 2, 3, 4, 5], "claims 5 bytes"],
      [[3, 0, 0, 0, 0x30, 1, 2, 3], "claims 3 bytes"],
      [[4, 0, 0, 0, 0x30, 1, 2, 3], "comes to 3 bytes, and claims 4"],
      [[4, 0, 0, 0, 0x50, 1, 2, 3, 4, 5], "literals that do not fit"],
      [[255, 255, 255, 255, 0x40, 1, 2, 3, 4], "claims 4294967295 bytes"],
    ] as const
  ) {
    await using store = await storeOf({ "a/.zarray": lz4, "a/0": Uint8Array.from(chunk) });
    const read = async () => await (await openZarrArray(store, "a")).read();
    if (word) await assertRejects(read, FormatError, word);
    else assertEquals((await read()).data, Uint8Array.of(1, 2, 3, 4));
  }
});
