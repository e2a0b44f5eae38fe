import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import { Hdf5File, openHdf5 } from "@lade/formats/hdf5";
import { ObjectSource } from "@lade/formats/source";
import { openFileStore } from "@lade/fs";
import { format } from "../../../packages/formats/hdf5/format.ts";
import { testWithPython } from "./python.ts";

const MAKE = `
import sys
import h5py
import numpy as np
kinds = "i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split()
for name, libver in (("old.h5", ("earliest", "latest")), ("new.h5", "latest")):
    with h5py.File(name, "w", libver=libver) as file:
        for kind in kinds:
            data = (np.arange(30) - 3).astype("f8").astype(kind).reshape(5, 6)
            file[kind] = data
            if kind[0] != "c":
                file["big/" + kind] = data.astype(data.dtype.newbyteorder(">"))
            file.create_dataset("packed/" + kind, data=data, chunks=(2, 4), compression="gzip", shuffle=True, fletcher32=True)
        file["bool"] = np.array([True, False, True])
        file["scalar"] = np.float64(2.5)
        file["empty"] = np.zeros((0, 3), "i4")
        file["null"] = h5py.Empty("f4")
        file["texts"] = ["é☃", "", "abc"]
        file["bytes"] = np.array([b"ab", b"c"])
        file["pad"] = np.array("word", dtype=h5py.string_dtype("ascii", 6))
        file["struct"] = np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])
        file["ragged"] = h5py.Empty(h5py.vlen_dtype("i4"))
        file["enum"] = np.array([1, 7], dtype=h5py.enum_dtype({"A": 1, "B": 7}, basetype="u2"))
        file["loop"] = h5py.SoftLink("/")
        file["hard"] = file["f4"]
        file.create_dataset("lzf", data=np.arange(100), chunks=(10,), compression="lzf")
        file.create_dataset("scaled", data=np.arange(100), chunks=(10,), scaleoffset=0)
        layout = h5py.VirtualLayout(shape=(2,), dtype="i4")
        layout[0:2] = h5py.VirtualSource("other.h5", "x", shape=(2,))
        file.create_virtual_dataset("virtual", layout)
`;

/** 30 numbers from -3 up, as NumPy puts them into a kind of numbers. */
function expected(kind: string): readonly (number | bigint)[] {
  const bits = Number(kind.slice(1)) * 8;
  return Array.from({ length: 30 }, (_, at) => {
    const value = BigInt.asIntN(64, BigInt(at - 3));
    if (kind.startsWith("u")) {
      return bits === 64 ? BigInt.asUintN(64, value) : Number(BigInt.asUintN(bits, value));
    }
    return kind === "i8" ? value : at - 3;
  }).flatMap((value) => kind.startsWith("c") ? [value, 0] : [value]);
}

testWithPython(
  "hdf5: what h5py writes is read, in old and new files, all numbers and texts",
  async (python) => {
    await python.run(MAKE);
    await using store = await openFileStore(python.directory, { context: createStoreContext() });
    for (const key of ["old.h5", "new.h5"]) {
      using file = await openHdf5(store, key);
      for (const kind of "i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split(" ")) {
        for (const path of [kind, `packed/${kind}`, ...kind.startsWith("c") ? [] : [`big/${kind}`]]) {
          const { data, shape } = await file.read(path);
          // What is below zero is not told of unsigned numbers: NumPy leaves it open what a cast of floats gives.
          const from = kind.startsWith("u") ? 3 : 0;
          assertEquals([path, shape, [...data].slice(from)], [path, [5, 6], expected(kind).slice(from)]);
        }
        const block = await file.read(`packed/${kind}`, { slice: [{ from: 1, to: 4 }, { from: 5 }] });
        const step = kind.startsWith("c") ? 2 : 1;
        assertEquals(
          [...block.data].filter((_, at) => at % step === 0),
          [11, 17, 23].map((at) => expected(kind)[at * step]),
        );
      }
      assertEquals((await file.read("bool")).dtype, "bool");
      assertEquals([...(await file.read("bool")).data], [1, 0, 1]);
      assertEquals([...(await file.read("scalar")).data], [2.5]);
      assertEquals((await file.read("empty")).shape, [0, 3]);
      assertEquals((await file.read("null")).shape, [0]);
      assertEquals([...(await file.read("enum")).data], [1, 7]);
      assertEquals([...(await file.read("scaled")).data], Array.from({ length: 100 }, (_, at) => BigInt(at)));
      assertEquals((await file.read("hard")).dtype, "float32");
      assertEquals(await file.readText("texts"), ["é☃", "", "abc"]);
      assertEquals(await file.readText("bytes"), ["ab", "c"]);
      assertEquals(await file.readText("pad"), ["word"]);
      await assertRejects(() => file.read("lzf"), UnsupportedError, "compressed by lzf");
      await assertRejects(() => file.read("virtual"), UnsupportedError, "made of other files");
      await assertRejects(() => file.read("struct"), UnsupportedError, "compound {a: int32, b: float64}");
      await assertRejects(() => file.read("ragged"), UnsupportedError, "vlen");
      assertEquals([...file.datasets.keys()].some((path) => path.startsWith("loop/")), false);
    }
  },
);

testWithPython(
  "hdf5: a chunk whose checksum does not fit is found by verify() and by a read",
  async (python) => {
    await python.run(`
import h5py, numpy as np
with h5py.File("f.h5", "w") as file:
    for name in ("a", "b", "c"):
        file.create_dataset(name, data=np.full(1000, ord(name), "u1"), chunks=(500,), fletcher32=True)
    file["plain"] = np.arange(10.0)
`);
    await using store = await openFileStore(python.directory, { context: createStoreContext() });
    const target = { store, key: "f.h5", open: () => ObjectSource.open(store, "f.h5") };
    const sound = await format.verify(target);
    assertEquals([sound.checked, sound.unchecked], [{ "Fletcher-32 of a data set": 3 }, 80]);
    assertEquals((await format.describe(target)).checksums, ["Fletcher-32 of each chunk"]);
    const path = `${python.directory}/f.h5`;
    const bytes = await Deno.readFile(path);
    const at = bytes.findIndex((byte, index) =>
      byte === 98 && bytes[index + 1] === 98 && bytes[index + 2] === 98
    );
    bytes[at + 100] = 0;
    await Deno.writeFile(path, bytes);
    const { checked, faults } = await format.verify(target);
    assertEquals([checked, faults.length], [{ "Fletcher-32 of a data set": 2 }, 1]);
    using file = await Hdf5File.open(await target.open(), store.context);
    await assertRejects(() => file.read("b"), FormatError, '"b": filter returned failure');
    assertEquals((await file.read("c")).data[999], 99);
  },
);

testWithPython("hdf5: bfloat16, which the library takes for float16, is refused", async (python) => {
  await python.run(`
import h5py, numpy as np
kind = h5py.h5t.IEEE_F16LE.copy()
kind.set_fields(15, 7, 8, 0, 7)
kind.set_ebias(127)
with h5py.File("f.h5", "w") as file:
    space = h5py.h5s.create_simple((2,))
    h5py.h5d.create(file.id, b"brain", kind, space)
    file["x"] = np.float32([1, 2])
`);
  await using store = await openFileStore(python.directory, { context: createStoreContext() });
  using file = await openHdf5(store, "f.h5");
  await assertRejects(() => file.read("brain"), UnsupportedError, "the file has bfloat16 too");
  assertEquals((await file.read("x")).data, Float32Array.of(1, 2));
});
