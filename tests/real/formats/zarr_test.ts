import { assert, assertEquals } from "@std/assert";
import { openFileStore } from "@lade/fs";
import { openZarr, openZarrArray, ZarrGroup } from "@lade/formats/zarr";
import { format } from "../../../packages/formats/zarr/format.ts";
import { testWithPython } from "./python.ts";

/** Writes arrays of all types, codecs, orders and shapes, and prints their names, shapes and bytes in base64. */
const MAKE = `
import base64, json
import numpy as np, zarr, numcodecs
from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, ShardingCodec, TransposeCodec, ZstdCodec

out = {}
def note(name, array):
    values = np.ascontiguousarray(array[...])
    if values.dtype.byteorder == ">": values = values.astype(values.dtype.newbyteorder("<"))
    if values.dtype.kind in "mM": values = values.view("i8")
    out[name] = [list(array.shape), base64.b64encode(values.tobytes()).decode()]

rng = np.random.default_rng(3)
def values(dtype, shape):
    t = np.dtype(dtype)
    if t.kind == "b": return rng.random(shape) < 0.5
    if t.kind in "iu": return rng.integers(-50 if t.kind == "i" else 0, 100, shape).astype(t)
    if t.kind in "mM": return rng.integers(0, 10 ** 6, shape).astype("i8").view(t.str.replace(">", "<"))
    if t.kind == "c": return (rng.random(shape) + 1j * rng.random(shape)).astype(t)
    return rng.random(shape).astype(t)

def make(name, version, shape, chunks, dtype, part=True, **options):
    array = zarr.create_array(name + ".zarr", shape=shape, chunks=chunks, dtype=dtype, zarr_format=version, **options)
    if shape == (): array[...] = values(dtype, shape)
    else:
        # Some chunks are left out, so that they are the fill value.
        rows = max(1, shape[0] * 2 // 3) if part else shape[0]
        array[:rows] = values(dtype, (rows,) + shape[1:])
    note(name, array)

V3 = ["bool", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16", "M8[ms]", "m8[s]"]
for dtype in V3:
    name = dtype.replace("[", "").replace("]", "")
    fill = {} if dtype[0] in "Mmb" else {"fill_value": 7}
    for version in 2, 3: make(f"v{version} {name}", version, (11, 5), (4, 3), dtype, **fill)
for dtype in ">i2", ">f8", ">c16", ">M8[us]", ">u4":
    make("v2 big " + dtype[1:3], 2, (7, 3), (2, 2), dtype)
make("v3 big", 3, (7, 3), (2, 2), "f4", serializer=BytesCodec(endian="big"), fill_value=1.5)
for fill in "NaN", "Infinity", "-Infinity":
    for version in 2, 3: make(f"v{version} fill {fill}", version, (9,), (2,), "f4", fill_value=float(fill.replace("inity", "")))
for version in 2, 3:
    make(f"v{version} large fill", version, (9,), (2,), "i8", fill_value=2 ** 53 + 1)
    make(f"v{version} complex fill", version, (9,), (2,), "c8", fill_value=1.5 - 2j)
    make(f"v{version} no dimensions", version, (), (), "f8")
    make(f"v{version} nothing", version, (0, 3), (2, 2), "i4", part=False)
    make(f"v{version} F", version, (7, 6, 5), (3, 4, 2), "i4", order="F")
make("v3 transposed", 3, (7, 6, 5), (3, 4, 2), "i4", filters=[TransposeCodec(order=(1, 2, 0))])
make("v3 transposed twice", 3, (7, 6, 5), (3, 4, 2), "i2", filters=[TransposeCodec(order=(1, 2, 0)), TransposeCodec(order=(2, 1, 0))])
V3C = {"none": None, "zstd": ZstdCodec(level=3, checksum=True), "zstd plain": ZstdCodec(level=1), "gzip": GzipCodec(level=4),
    "blosc": BloscCodec(cname="zstd", shuffle="shuffle"), "blosc lz4": BloscCodec(cname="lz4", shuffle="bitshuffle"),
    "crc": [Crc32cCodec()], "zstd crc": [ZstdCodec(), Crc32cCodec()], "crc zstd": [Crc32cCodec(), ZstdCodec()]}
for name, codecs in V3C.items(): make("v3 by " + name, 3, (100, 30), (33, 30), "f4", compressors=codecs)
V2C = {"none": None, "zstd": numcodecs.Zstd(level=2), "gzip": numcodecs.GZip(3), "zlib": numcodecs.Zlib(3), "lz4": numcodecs.LZ4(),
    "blosc": numcodecs.Blosc(cname="lz4", shuffle=1), "blosc zlib": numcodecs.Blosc(cname="zlib", shuffle=2)}
for name, codec in V2C.items(): make("v2 by " + name, 2, (100, 30), (33, 30), "f4", compressors=codec)
make("v2 shuffled", 2, (100, 30), (33, 30), "f4", filters=[numcodecs.Shuffle(4)], compressors=numcodecs.Zlib(3))
make("v2 slashes", 2, (7, 6), (2, 3), "i4", chunk_key_encoding={"name": "v2", "separator": "/"})
make("v3 dots", 3, (7, 6), (2, 3), "i4", chunk_key_encoding={"name": "default", "separator": "."})
make("v3 old keys", 3, (7, 6), (2, 3), "i4", chunk_key_encoding={"name": "v2", "separator": "."})
make("sharded", 3, (50, 40), (5, 4), "f4", shards=(20, 20), fill_value=3)
make("sharded crc", 3, (50, 40), (5, 4), "i8", shards=(20, 20), compressors=[ZstdCodec(), Crc32cCodec()])
make("sharded start", 3, (50, 40), (5, 4), "u2", shards={"shape": (20, 20), "index_location": "start"}, compressors=None)
make("sharded blosc", 3, (50,), (5,), "c8", shards=(20,), compressors=BloscCodec())

for version in 2, 3:
    for consolidated in False, True:
        name = f"group {version} {consolidated}.zarr"
        root = zarr.create_group(name, zarr_format=version, attributes={"made": "by zarr", "n": 3})
        for path in "a", "deep/er/b", "deep/c é":
            array = root.create_array(path, shape=(6,), chunks=(4,), dtype="i2")
            array[:] = np.arange(6)
        if consolidated: zarr.consolidate_metadata(name, zarr_format=version)
print(json.dumps(out))
`;

testWithPython(
  "Zarr: arrays of all types, codecs, orders and versions, sharded too, are those of zarr-python",
  async (python) => {
    const made: Record<string, [shape: number[], bytes: string]> = JSON.parse(await python.run(MAKE));
    await using store = await openFileStore(python.directory);
    assert(Object.keys(made).length > 70);
    for (const [name, [shape, bytes]] of Object.entries(made)) {
      const array = await openZarrArray(store, `${name}.zarr`);
      const { data, shape: found } = await array.read();
      assertEquals([name, found], [name, shape]);
      const read = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      assertEquals([name, read.toBase64()], [name, bytes]);
      // A region from within is the same as that of the whole.
      if (shape.length === 2 && shape.every((length) => length > 4)) {
        const region = [[1, (shape[0] ?? 0) - 1], [2, (shape[1] ?? 0) - 1]] as const;
        const part = await array.read({ region });
        const size = read.length / ((shape[0] ?? 0) * (shape[1] ?? 0));
        const due: number[] = [];
        for (let row = 1; row < region[0][1]; row++) {
          const start = (row * (shape[1] ?? 0) + 2) * size;
          due.push(...read.subarray(start, start + (region[1][1] - 2) * size));
        }
        const { buffer, byteOffset, byteLength } = part.data;
        assertEquals([name, [...new Uint8Array(buffer, byteOffset, byteLength)]], [name, due]);
      }
      const target = { store, key: `${name}.zarr/`, open: () => Promise.reject(new Error("no object")) };
      const { faults } = await format.verify(target);
      assertEquals([name, faults], [name, []]);
      const { arrays } = await format.describe(target);
      assertEquals(arrays?.[0]?.shape, shape);
    }
  },
);

testWithPython(
  "Zarr: groups are listed, by what they have of all below them and without it",
  async (python) => {
    await python.run(MAKE);
    await using store = await openFileStore(python.directory);
    for (const version of [2, 3]) {
      for (const consolidated of ["False", "True"]) {
        const key = `group ${version} ${consolidated}.zarr`;
        const group = await openZarr(store, key);
        assert(group instanceof ZarrGroup);
        assertEquals([group.version, group.attributes["made"], group.attributes["n"]], [
          version,
          "by zarr",
          3,
        ]);
        const arrays = await Array.fromAsync(group.arrays());
        assertEquals(arrays.map(([path]) => path).toSorted(), ["a", "deep/c é", "deep/er/b"]);
        for (const [, array] of arrays) {
          assertEquals(
            (await array.read()).data,
            Int16Array.of(0, 1, 2, 3, 4, 5),
          );
        }
        assertEquals((await Array.fromAsync(group.names())).toSorted(), ["a", "deep"]);
        const deep = await group.open("deep/er");
        assert(deep instanceof ZarrGroup);
        assertEquals((await Array.fromAsync(deep.arrays())).map(([path]) => path), ["b"]);
        const target = { store, key: `${key}/`, open: () => Promise.reject(new Error("no object")) };
        const { arrays: described, chunks } = await format.describe(target);
        assertEquals([described?.length, chunks], [3, 6]);
      }
    }
  },
);
