import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext, getBytes } from "@lade/core";
import { byteLengthOf, type DType } from "@lade/formats/array";
import {
  openSafetensors,
  openSafetensorsSet,
  planSafetensors,
  type TensorToWrite,
  writeSafetensors,
  writeSafetensorsSet,
} from "@lade/formats/safetensors";
import { convert } from "@lade/formats/convert";
import { openDirectStore, openFileStore } from "@lade/fs";
import { testWithPython } from "./python.ts";

/** The dtypes that the library writes, by its own names; it has none for 6 bits. */
const DTYPES: Readonly<Record<string, DType>> = {
  bool: "bool",
  int8: "int8",
  uint8: "uint8",
  int16: "int16",
  uint16: "uint16",
  int32: "int32",
  uint32: "uint32",
  int64: "int64",
  uint64: "uint64",
  float16: "float16",
  float32: "float32",
  float64: "float64",
  bfloat16: "bfloat16",
  float8_e4m3fn: "float8_e4m3",
  float8_e4m3fnuz: "float8_e4m3fnuz",
  float8_e5m2: "float8_e5m2",
  float8_e5m2fnuz: "float8_e5m2fnuz",
  float8_e8m0fnu: "float8_e8m0",
  float4_e2m1fn_x2: "float4_e2m1",
  complex64: "complex64",
};

/** Bytes that count up from the length of a name. */
function bytesFor(name: string, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, at) => name.length + at);
}

function shapeFor(dtype: DType): readonly number[] {
  return dtype === "float4_e2m1" ? [3, 10] : [3, 5];
}

function tensors(): TensorToWrite[] {
  return Object.entries(DTYPES).map(([name, dtype]) => {
    const shape = shapeFor(dtype);
    const length = byteLengthOf(dtype, (shape[0] ?? 0) * (shape[1] ?? 0)) ?? 0;
    return { name, dtype, shape, data: bytesFor(name, length) };
  });
}

const SAVE = `
import sys
import numpy as np
from safetensors import TensorSpec, serialize_file
specs, kept = {}, []
for name in sys.argv[1].split(","):
    bits = {"bool": 8, "complex64": 64, "bfloat16": 16}.get(name) or int("".join(c for c in name.split("_")[0] if c.isdigit()))
    count = 15 if name != "float4_e2m1fn_x2" else 30
    data = (np.arange(count * bits // 8) + len(name)).astype(np.uint8)
    kept.append(data)
    specs[name] = TensorSpec(dtype=name, shape=[3, 5], data_ptr=data.ctypes.data, data_len=data.nbytes)
serialize_file(specs, "python.safetensors", {"who": "é☃ \\"\\n\\u0001"})
`;

testWithPython(
  "safetensors: what the library writes is read, and written the same byte for byte",
  async (python) => {
    await python.run(SAVE, Object.keys(DTYPES).join(","));
    await using store = await openFileStore(python.directory, { context: createStoreContext() });
    const file = await openSafetensors(store, "python.safetensors");
    assertEquals(file.metadata, { who: 'é☃ "\n\u0001' });
    for (const { name, dtype, shape, data } of tensors()) {
      const { data: read, ...array } = await file.read(name);
      assertEquals(array, { dtype, shape, order: "C" });
      assertEquals(new Uint8Array(read.buffer, read.byteOffset, read.byteLength), data);
    }
    await writeSafetensors(store, "lade.safetensors", tensors(), { metadata: file.metadata });
    const [theirs, ours] = await Promise.all(
      ["python.safetensors", "lade.safetensors"].map((key) => getBytes(store, key)),
    );
    assertEquals(ours?.bytes, theirs?.bytes);
  },
);

const READ = `
import json, sys
from safetensors import deserialize, safe_open
data = open(sys.argv[1], "rb").read()
read = {name: [view["dtype"], view["shape"], bytes(view["data"]).hex()] for name, view in deserialize(data)}
with safe_open(sys.argv[1], framework="np") as file:
    print(json.dumps([read, file.metadata(), sorted(file.keys())]))
`;

testWithPython(
  "safetensors: what Lade writes is read by the library, aligned and streamed, six bits too",
  async (python) => {
    await using store = await openDirectStore(python.directory, { context: createStoreContext() });
    const six = { name: "six", dtype: "float6_e3m2", shape: [4, 2], data: bytesFor("six", 6) } as const;
    const streamed = {
      name: "a/b.é☃😀\\",
      dtype: "float32",
      shape: [],
      data: () => [Uint8Array.of(1, 2), Uint8Array.of(3, 4)],
    } as const;
    const empty = { name: "empty", dtype: "int16", shape: [0, 7], data: new Int16Array(0) } as const;
    await writeSafetensors(store, "m", [...tensors(), six, streamed, empty], {
      metadata: { format: "np" },
      alignment: 4096,
    });
    const [read, metadata, names] = JSON.parse(await python.run(READ, "m"));
    assertEquals(metadata, { format: "np" });
    assertEquals(read["six"], ["F6_E3M2", [4, 2], "030405060708"]);
    assertEquals(read["a/b.é☃😀\\"], ["F32", [], "01020304"]);
    assertEquals(read["empty"], ["I16", [0, 7], ""]);
    for (const { name, shape, data } of tensors()) {
      if (typeof data === "function") throw new TypeError("These are arrays");
      assertEquals(read[name].slice(1), [shape, new Uint8Array(data.buffer).toHex()]);
    }
    assertEquals(names.length, Object.keys(DTYPES).length + 3);
  },
);

const REFUSE = `
import sys
from safetensors import safe_open
from safetensors.numpy import load
for path in sys.argv[1:]:
    try:
        load(open(path, "rb").read())
        print("taken")
    except Exception as error:
        print("refused")
`;

testWithPython("safetensors: what the library refuses is refused", async (python) => {
  await using store = await openFileStore(python.directory, { context: createStoreContext() });
  const { header } = planSafetensors([{ name: "w", dtype: "uint8", shape: [4] }]);
  const text = new TextDecoder().decode(header.subarray(8));
  const changes: readonly (readonly [from: string, to: string])[] = [
    ["[0,4]", "[0,3]"],
    ["[0,4]", "[1,5]"],
    ["[0,4]", "[4,0]"],
    ["[4]", "[4.0]"],
    ["[4]", "[-4]"],
    ["[4]", "[4,null]"],
    ["[4]", "[4,18446744073709551615]"],
    ["U8", "V8"],
    ['"shape"', '"shapes"'],
    ['{"w"', '{"__metadata__":{"a":1},"w"'],
    ['{"w"', '{"__metadata__":[],"w"'],
    ["}}", "}},"],
    ["{", "["],
    ["w", "\\ud800"],
    ["w", "\\q"],
  ];
  for (const [index, [from, to]] of changes.entries()) {
    const json = new TextEncoder().encode(text.replace(from, to));
    const bytes = new Uint8Array(8 + json.length + 4);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
    bytes.set(json, 8);
    await store.put(`${index}`, bytes);
    await assertRejects(() => openSafetensors(store, `${index}`), Error, "Cannot read safetensors");
  }
  const answers = await python.run(REFUSE, ...changes.keys().map(String));
  assertEquals(answers.split("\n"), changes.map(() => "refused"));
});

const SAVE_NPZ = `
import numpy as np
arrays = {kind: np.arange(24).reshape(2, 3, 4).astype(kind) for kind in "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 >i4 >f8".split()}
arrays["fortran"] = np.asfortranarray(np.arange(24).reshape(2, 3, 4) * 1.5)
np.savez_compressed("deflated.npz", **arrays)
np.savez("stored.npz", **arrays)
`;

const COMPARE_NPZ = `
import numpy as np
from safetensors.numpy import load_file
for name in ("deflated", "stored"):
    with np.load(name + ".npz", allow_pickle=False) as npz:
        tensors = load_file(name + ".safetensors")
        assert set(tensors) == set(npz.files)
        for key in npz.files:
            assert tensors[key].dtype == npz[key].dtype.newbyteorder("=") and np.array_equal(tensors[key], npz[key]), key
print("equal")
`;

testWithPython(
  "safetensors: npz that NumPy writes is converted, and equal where the library reads it",
  async (python) => {
    await python.run(SAVE_NPZ);
    await using store = await openFileStore(python.directory, { context: createStoreContext() });
    for (const name of ["deflated", "stored"]) {
      await convert({ store, key: `${name}.npz` }, { store, key: `${name}.safetensors` });
    }
    assertEquals(await python.run(COMPARE_NPZ), "equal");
  },
);

const READ_SET = `
import json
from safetensors import safe_open
index = json.load(open("model.safetensors.index.json"))
total = 0
for name, path in index["weight_map"].items():
    with safe_open(path, framework="np") as file:
        array = file.get_tensor(name)
        assert array.shape == (100,) and (array == len(name)).all(), name
        total += array.nbytes
assert total == index["metadata"]["total_size"]
print(len(index["weight_map"]), len(set(index["weight_map"].values())))
`;

testWithPython("safetensors: a set that Lade writes is read by its index", async (python) => {
  await using store = await openFileStore(python.directory, { context: createStoreContext() });
  const names = Array.from({ length: 30 }, (_, index) => "w".repeat(index + 1));
  await writeSafetensorsSet(
    store,
    "model.safetensors.index.json",
    names.map((name) => ({
      name,
      dtype: "float32",
      shape: [100],
      data: new Float32Array(100).fill(name.length),
    })),
    { maxSize: 3000 },
  );
  assertEquals(await python.run(READ_SET), "30 5");
  await (await openSafetensorsSet(store, "model.safetensors.index.json")).check();
});
