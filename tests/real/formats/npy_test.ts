import { Buffer } from "node:buffer";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createStoreContext, getBytes, MemoryStore, type ObjectStore, type ObjectWriter } from "@lade/core";
import { ForwardingStore } from "@lade/core/layers";
import { UnsupportedError } from "@lade/core/errors";
import { openFormat } from "@lade/formats/formats";
import { type NpyArray, readNpy, readNpyHeader, writeNpy } from "@lade/formats/npy";
import { createNpzWriter, openNpz, readNpz, writeNpz } from "@lade/formats/npz";
import { openFileStore } from "@lade/fs";
import { testWithPython } from "./python.ts";

/** Every dtype of NumPy that npy has without pickling, in either byte order, in every kind of shape, by names. */
const ARRAYS = `
import json, sys, zipfile
import numpy as np

dtypes = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16", "U5", "S7", "V6",
  "M8[ns]", "M8[25s]", "M8[D]", "M8", "m8[us]", "m8[3W]", "m8"]
dtypes = [np.dtype(d).newbyteorder(o) for d in dtypes for o in "<>"] + [
  np.dtype([("a", "<i4"), ("b", ">f8", (2, 3)), ("n", [("x", "?"), ("y", "S3"), ("z", ">U2")])]),
  np.dtype({"names": ["a", "b"], "formats": ["i1", ">f8"], "offsets": [2, 8], "itemsize": 24}),
  np.dtype([(("a title", "a"), ">i2"), (("another", "b"), "M8[s]")]),
  np.dtype([("é'\\n\\x85\\"", "<i4")]),
  np.dtype([("é☃", "<i4"), ("😀", "<c8", 2)]),
  np.dtype([("f%d" % i, "<f4") for i in range(6000)]),
]
shapes = [(), (0,), (5,), (2, 3), (2, 0, 3), (2, 3, 4), (1, 1, 2, 1)]
def native_bytes(array):
  """The elements as they lie in a file, in little-endian order: astype() turns neither padding nor times without a unit."""
  order = "C" if array.flags.c_contiguous else "F"
  raw = np.frombuffer(array.tobytes(order), "u1").copy()
  raw = raw.reshape(-1, array.dtype.itemsize) if raw.size else raw
  def turn(dtype, at):
    if dtype.names:
      for name in dtype.names: turn(dtype.fields[name][0], at + dtype.fields[name][1])
    elif dtype.subdtype:
      base, shape = dtype.subdtype
      for index in range(int(np.prod(shape))): turn(base, at + index * base.itemsize)
    elif dtype.byteorder == ">":
      width = 4 if dtype.kind == "U" else dtype.itemsize // (2 if dtype.kind == "c" else 1)
      for start in range(at, at + dtype.itemsize, width):
        raw[:, start:start + width] = raw[:, start:start + width][:, ::-1].copy()
  if raw.size: turn(array.dtype, 0)
  return raw.tobytes()

arrays = {}
rng = np.random.default_rng(7)
for number, dtype in enumerate(dtypes):
  for shape in shapes if dtype.itemsize < 10000 else [(2,)]:
    for order in "CF":
      size = int(np.prod(shape)) * dtype.itemsize
      raw = rng.integers(0, 256, size, dtype="u1")
      if dtype == np.dtype("?"): raw %= 2
      if dtype.kind == "U": raw = np.tile(np.array([0x61, 0x2603, 0x1f600, 0, 0xe9], dtype.newbyteorder("<").byteorder + "u4")
        .astype(dtype.byteorder + "u4"), size // 20).view("u1") if size else raw
      if dtype.names and "n" in dtype.names: raw[:] = 1; 
      array = np.frombuffer(raw.tobytes(), dtype).reshape(shape) if size else np.zeros(shape, dtype)
      if dtype.names and "n" in dtype.names and size:
        array = array.copy(); array["n"]["z"] = "ab"
      arrays["%d %s %s" % (number, "x".join(map(str, shape)), order)] = array.copy(order=order)
`;

const SAVE = `${ARRAYS}
manifest = []
for number, (name, array) in enumerate(arrays.items()):
  np.save("%d.npy" % number, array)
  with open("%d.bin" % number, "wb") as f: f.write(native_bytes(array))
  with open("%d.npy" % number, "rb") as f: version = np.lib.format.read_magic(f)
  manifest.append({"name": name, "shape": array.shape, "order": "C" if array.flags.c_contiguous else "F", "version": "%d.%d" % version,
    "little": array.dtype.newbyteorder("<").descr == array.dtype.descr})
np.savez("stored.npz", **arrays)
np.savez_compressed("deflate.npz", **arrays)
print(json.dumps(manifest))
`;

/** What NumPy reads has to be the arrays, in the machine's byte order. */
const COMPARE = `${ARRAYS}
def check(name, found):
  expected = arrays[name]
  native = expected.dtype.newbyteorder("<")
  assert found.shape == expected.shape, (name, found.shape)
  assert found.dtype == native, (name, found.dtype, native)
  assert found.dtype.fields is None or {k: v[1:] for k, v in found.dtype.fields.items()} == {k: v[1:] for k, v in expected.dtype.fields.items()}
  assert found.flags.c_contiguous == expected.flags.c_contiguous, name
  # What lies between fields is arbitrary.
  parts = [(found[n].copy(), expected[n].copy()) for n in found.dtype.names] if found.dtype.names else [(found, expected)]
  for one, other in parts[:10]: assert native_bytes(one) == native_bytes(other), name

for number, name in enumerate(arrays): check(name, np.load("w%d.npy" % number, allow_pickle=False, max_header_size=200_000))
for kind in ["stored", "deflate"]:
  assert zipfile.ZipFile("w-%s.npz" % kind).testzip() is None
  with np.load("w-%s.npz" % kind, allow_pickle=False, max_header_size=200_000) as found:
    assert found.files == list(arrays), found.files
    for name in arrays: check(name, found[name])
print(len(arrays))
`;

/** One of the arrays has thousands of fields. */
const LONG = { maxHeader: 200_000 };

interface Saved {
  readonly name: string;
  readonly shape: readonly number[];
  readonly order: "C" | "F";
  readonly version: string;
  readonly little: boolean;
}

function bytesIn({ data: { buffer, byteOffset, byteLength } }: NpyArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Writes files with holes in place of zeros, so that they take no disk. */
class HoleStore extends ForwardingStore {
  readonly #directory: string;

  constructor(directory: string) {
    super(new MemoryStore());
    this.#directory = directory;
  }

  override async createWriter(key: string): Promise<ObjectWriter> {
    const file = await Deno.open(`${this.#directory}/${key}`, { write: true, create: true });
    const zeros = new Uint8Array(2 ** 20);
    let size = 0;
    const write = async (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length; at += zeros.length) {
        const piece = bytes.subarray(at, at + zeros.length);
        if (Buffer.compare(piece, zeros.subarray(0, piece.length)) === 0) {
          await file.seek(piece.length, Deno.SeekMode.Current);
        } else await writeAll(file, piece);
      }
      size += bytes.length;
    };
    const close = () => {
      file.close();
      return Promise.resolve({ size });
    };
    const abort = () => Promise.resolve(file.close());
    return { bytesWritten: size, write, close, abort, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

async function storeIn(directory: string): Promise<ObjectStore> {
  return await openFileStore(directory, { context: createStoreContext() });
}

testWithPython(
  "npy, npz: every dtype, shape and order of NumPy's is read, and what is written NumPy reads",
  async (python) => {
    const manifest: readonly Saved[] = JSON.parse(await python.run(SAVE));
    await using store = await storeIn(python.directory);
    const arrays = new Map<string, NpyArray>();
    const versions = new Set<string>();
    for (const [number, { name, shape, order, version, little }] of manifest.entries()) {
      const array = await readNpy(store, `${number}.npy`, LONG);
      assertEquals([array.shape, array.order], [shape, order], name);
      const { bytes } = await getBytes(store, `${number}.bin`);
      assertEquals(Array.from(bytesIn(array)), Array.from(bytes), name);
      assertEquals((await readNpyHeader(store, `${number}.npy`, LONG)).version, version);
      versions.add(version);
      arrays.set(name, array);
      const { size } = await writeNpy(store, `w${number}.npy`, array);
      const written = (await getBytes(store, `w${number}.npy`)).bytes;
      assertEquals(size, written.length);
      if (little) assertEquals(written, (await getBytes(store, `${number}.npy`)).bytes, name);
    }
    assertEquals([...versions].sort(), ["1.0", "2.0", "3.0"]);
    for (const compression of ["stored", "deflate"] as const) {
      assertEquals(await readNpz(store, `${compression}.npz`, LONG), arrays);
      await writeNpz(store, `w-${compression}.npz`, arrays, { compression });
    }
    assertEquals(await python.run(COMPARE), String(manifest.length));
  },
);

testWithPython("npy, npz: arrays of Python's objects are refused", async (python) => {
  await python.run(`
import numpy as np
np.save("o.npy", np.array([1, "a", None], dtype=object))
np.savez("o.npz", a=np.zeros(3), o=np.array([{}], dtype=[("x", object)]))
np.save("t.npy", np.array(["a", "b"], dtype=np.dtypes.StringDType()))
np.save("g.npy", np.zeros(2, np.longdouble))
`);
  await using store = await storeIn(python.directory);
  for (const key of ["o.npy", "t.npy"]) {
    await assertRejects(() => readNpy(store, key), UnsupportedError, "pickled");
  }
  await assertRejects(() => readNpy(store, "g.npy"), UnsupportedError, "no number of this platform");
  await assertRejects(() => readNpz(store, "o.npz"), UnsupportedError, "pickled");
  assertEquals((await readNpz(store, "o.npz", { names: ["a"] })).get("a")?.shape, [3]);
  const { format, target } = await openFormat(store, "o.npz");
  assertEquals((await format.describe(target)).arrays?.map(({ dtype }) => dtype), [
    "float64",
    "[('x', '|O')]",
  ]);
  const { checked, faults } = await format.verify(target);
  assertEquals([checked, faults], [{ "CRC-32 of a member": 2 }, []]);
});

testWithPython(
  "npz: archives of more than 4 GiB are read, and what is written NumPy reads",
  async (python) => {
    await python.run(`
import numpy as np
class Sparse:
  def __init__(self, name): self.file = open(name, "w+b"); self.zeros = bytes(2**24)
  def write(self, data):
    data = memoryview(data).cast("B")
    if len(data) > 4096 and data == self.zeros[:len(data)]: self.file.seek(len(data), 1)
    else: self.file.write(data)
    return len(data)
  def __getattr__(self, name): return getattr(self.file, name)
large = np.zeros((4200, 2**20), "u1")
large[4100, 5] = 7
sparse = Sparse("large.npz")
np.savez(sparse, large=large, small=np.arange(5, dtype=">i2"))
sparse.close()
`);
    await using store = await storeIn(python.directory);
    const file = await openNpz(store, "large.npz");
    assertEquals(file.names, ["large", "small"]);
    assert((file.members[0]?.size ?? 0) > 2 ** 32);
    assert((file.members[1]?.offset ?? 0) > 2 ** 32);
    assertEquals([...(await file.read("small")).data], [0, 1, 2, 3, 4]);
    const { data } = await (await file.open("large")).readRows(4100, 4101);
    assertEquals([...data.subarray(4, 7)], [0, 7, 0]);
    await store.delete("large.npz");
    await using holes = new HoleStore(python.directory);
    const writer = await createNpzWriter(holes, "written.npz");
    const large = await writer.createArray("large", { dtype: "uint8", shape: [4200, 2 ** 20] });
    const rows = new Uint8Array(100 * 2 ** 20);
    for (let row = 0; row < 4200; row += 100) {
      rows[5] = row / 100;
      await large.write(rows);
    }
    await large.close();
    await writer.write("small", { dtype: "int16", shape: [2], order: "C", data: Int16Array.of(3, 4) });
    await writer.close();
    const read = `
import numpy as np, zipfile
with np.load("written.npz") as found: print(found.files, found["small"].tolist())
with zipfile.ZipFile("written.npz") as archive:
  with archive.open("large.npy") as member:
    version = np.lib.format.read_magic(member)
    print(np.lib.format.read_array_header_1_0(member))
    member.seek(4100 * 2**20, 1); print(member.read(6)[5])
`;
    assertEquals(
      await python.run(read),
      "['large', 'small'] [3, 4]\n((4200, 1048576), False, dtype('uint8'))\n41",
    );
  },
);
