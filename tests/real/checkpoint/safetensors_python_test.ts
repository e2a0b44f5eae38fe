import { assertEquals } from "@std/assert";
import { exportCheckpoint, loadForeign, openCheckpoints } from "@lade/checkpoint";
import type { DType } from "@lade/formats/array";
import { openFileStore } from "@lade/fs";
import { testWithPython } from "../formats/python.ts";
import { EXPECTED_ROWS } from "./expected_rows.ts";

/** The dtypes that NumPy has too, with the bytes of an element. */
const DTYPES: Readonly<Record<string, readonly [DType, number]>> = {
  bool: ["bool", 1],
  int8: ["int8", 1],
  uint8: ["uint8", 1],
  int16: ["int16", 2],
  uint16: ["uint16", 2],
  int32: ["int32", 4],
  uint32: ["uint32", 4],
  int64: ["int64", 8],
  uint64: ["uint64", 8],
  float16: ["float16", 2],
  float32: ["float32", 4],
  float64: ["float64", 8],
  complex64: ["complex64", 8],
};

/** The bytes that `expected` in Python has: rows of 3, of which a rank has 2 of 4. */
function bytesOf(size: number, from: number, count: number): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from({ length: count * 3 * size }, (_, at) => (from * 3 * size + at) % 97);
  return bytes;
}

const EXPECTED = `${EXPECTED_ROWS}import glob
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
`;

const CHECK_SHARDS = `${EXPECTED}
seen = 0
for path in sorted(glob.glob("run/data/*/*.safetensors")):
    with safe_open(path, framework="numpy") as file:
        info = json.loads(file.metadata()["DCP_SHARDING_INFO"])
        for name in file.keys():
            at = info[name]["saved_offsets"][0]
            assert info[name]["global_shape"] == [4, 3], name
            whole = expected(name, DTYPES[name])
            assert same(file.get_tensor(name), whole[at:at + 2]), name
            seen += 1
print(seen)
`;

const CHECK_EXPORT = `${EXPECTED}
index = json.load(open("hf/model.safetensors.index.json"))
seen = {}
for path in sorted(set(index["weight_map"].values())):
    with safe_open("hf/" + path, framework="numpy") as file:
        assert file.metadata()["format"] == "pt"
    for name, array in load_file("hf/" + path).items():
        assert index["weight_map"][name] == path
        assert same(array, expected(name, DTYPES[name])), name
        seen[name] = array.nbytes
assert set(seen) == set(DTYPES)
assert sum(seen.values()) == index["metadata"]["total_size"]
print(len(set(index["weight_map"].values())))
`;

const SAVE = `${EXPECTED}
save_file({name: expected(name, size) for name, size in DTYPES.items()}, "python.safetensors", metadata={"by": "numpy"})
info = {}
for rank in range(2):
    arrays = {name: expected(name, size)[2 * rank:2 * rank + 2].copy() for name, size in DTYPES.items()}
    info = {name: {"saved_offsets": [2 * rank, 0]} for name in arrays}
    metadata = {"format": "pt", "DCP_VERSION": "1.0", "DCP_SHARDING_INFO": json.dumps(info)}
    import os; os.makedirs("dcp", exist_ok=True)
    save_file(arrays, f"dcp/shard-0000{rank + 1}-model-00001-of-00001.safetensors", metadata=metadata)
`;

testWithPython(
  "Python's safetensors reads every shard, and what is exported, as NumPy has it",
  async (python) => {
    await using store = await openFileStore(python.directory);
    const ranks = await Promise.all(
      [0, 1].map((rank) => openCheckpoints(store, "run", { run: "a", rank, worldSize: 2 })),
    );
    await Promise.all(ranks.map((checkpoints, rank) =>
      checkpoints.save(5, {
        tensors: Object.entries(DTYPES).map(([name, [dtype, size]]) => {
          const bytes = bytesOf(size, 2 * rank, 2);
          const data = name === "bool" ? bytes.map((value) => value % 2) : bytes;
          return { name, dtype, shape: [2, 3], offsets: [2 * rank, 0], globalShape: [4, 3], data };
        }),
      }).committed
    ));
    const sizes = JSON.stringify(
      Object.fromEntries(Object.entries(DTYPES).map(([name, [, size]]) => [name, size])),
    );
    assertEquals(await python.run(CHECK_SHARDS, sizes), String(2 * Object.keys(DTYPES).length));
    await using reader = await openCheckpoints(store, "run", { readOnly: true });
    await using checkpoint = await reader.open("latest");
    await exportCheckpoint(checkpoint, store, "hf", { fileBytes: 200 });
    assertEquals(Number(await python.run(CHECK_EXPORT, sizes)) > 1, true);
    for (const checkpoints of ranks) await checkpoints[Symbol.asyncDispose]();
  },
);

testWithPython("what Python's safetensors saved is loaded, whole and by parts", async (python) => {
  await using store = await openFileStore(python.directory);
  const sizes = JSON.stringify(
    Object.fromEntries(Object.entries(DTYPES).map(([name, [, size]]) => [name, size])),
  );
  await python.run(SAVE, sizes);
  for (const place of ["python.safetensors", "dcp"]) {
    const foreign = await loadForeign(store, place);
    const all = await foreign.loadAll();
    assertEquals(all.size, Object.keys(DTYPES).length);
    for (const [name, [dtype, size]] of Object.entries(DTYPES)) {
      const due = name === "bool" ? bytesOf(size, 0, 4).map((value) => value % 2) : bytesOf(size, 0, 4);
      const { dtype: found, shape, data } = all.get(name) ??
        { dtype: "", shape: [], data: new Uint8Array(0) };
      assertEquals([found, shape], [dtype, [4, 3]]);
      assertEquals(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), due);
      const middle = new Uint8Array(2 * 3 * size);
      await foreign.load([{ name, offsets: [1, 0], shape: [2, 3], data: middle }]);
      assertEquals(middle, due.subarray(3 * size, 9 * size));
    }
  }
});
