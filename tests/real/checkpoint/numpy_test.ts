import { assertEquals, assertRejects } from "@std/assert";
import { exportCheckpoint, loadForeign, openCheckpoints } from "@lade/checkpoint";
import { UnsupportedError } from "@lade/core/errors";
import type { DType } from "@lade/formats/array";
import { openFileStore } from "@lade/fs";
import { testWithPython } from "../formats/python.ts";
import { EXPECTED_ROWS } from "./expected_rows.ts";

const DTYPES: readonly (readonly [DType, number])[] = [
  ...[["bool", 1], ["int8", 1], ["uint16", 2], ["float16", 2], ["int32", 4], ["float32", 4]] as const,
  ...[["uint64", 8], ["float64", 8], ["complex64", 8]] as const,
];
/** What NumPy has, and safetensors has not. */
const ALL = [...DTYPES, ["complex128", 16]] as const;
const sizesOf = (dtypes: typeof DTYPES) => JSON.stringify(Object.fromEntries(dtypes));

/** The bytes of rows of 3 elements, from one of 4 rows on. */
function rowsOf(dtype: DType, size: number, from: number, count: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    { length: count * 3 * size },
    (_, at) => (from * 3 * size + at) % 97 % (dtype === "bool" ? 2 : 97),
  );
}

const EXPECTED = `${EXPECTED_ROWS}import os
`;

const CHECK = `${EXPECTED}
with np.load("out/model.npz", allow_pickle=False) as file:
    assert sorted(file.files) == sorted(DTYPES), file.files
    for name in DTYPES: assert same(file[name], expected(name, DTYPES[name])), name
described = json.load(open("out/model.raw.json"))
assert len(described["tensors"]) == len(DTYPES)
for each in described["tensors"]:
    path, count = "out/" + each["file"], int(np.prod(each["shape"]))
    array = np.fromfile(path, each["dtype"], count, offset=each["offset"]).reshape(each["shape"])
    assert same(array, expected(each["name"], DTYPES[each["name"]])), each
    mapped = np.memmap(path, each["dtype"], "r", each["offset"], tuple(each["shape"]))
    assert mapped.flags.aligned and same(np.asarray(mapped), array)
print("ok")
`;

const SAVE = `${EXPECTED}
arrays = {name: expected(name, size) for name, size in DTYPES.items()}
np.savez("stored.npz", **arrays)
np.savez_compressed("deflated.npz", **arrays)
np.savez("fortran.npz", **{name: np.asfortranarray(array) for name, array in arrays.items()})
np.savez("big.npz", **{name: array.astype(array.dtype.newbyteorder(">")) for name, array in arrays.items()})
np.savez("objects.npz", config=np.array({"lr": 1}), names=np.array(["a", "b"]), **arrays)
os.makedirs("raw", exist_ok=True)
for name, array in arrays.items(): array.tofile(f"raw/{name}.bin")
tensors = [{"name": name, "dtype": name, "shape": array.shape, "file": f"{name}.bin"} for name, array in arrays.items()]
json.dump({"format": "lade-raw", "version": 1, "tensors": tensors}, open("raw/dump.raw.json", "w"))
`;

testWithPython("NumPy opens an npz and raw bytes that were exported, as they were saved", async (python) => {
  await using store = await openFileStore(python.directory);
  const ranks = await Promise.all(
    [0, 1].map((rank) => openCheckpoints(store, "run", { run: "a", rank, worldSize: 2 })),
  );
  await Promise.all(ranks.map((checkpoints, rank) =>
    checkpoints.save(5, {
      tensors: DTYPES.map(([dtype, size]) => ({
        ...{ name: dtype, dtype, shape: [2, 3], offsets: [2 * rank, 0], globalShape: [4, 3] },
        data: rowsOf(dtype, size, 2 * rank, 2),
      })),
    }).committed
  ));
  await using reader = await openCheckpoints(store, "run", { readOnly: true });
  await using checkpoint = await reader.open("latest");
  for (const format of ["npz", "raw"] as const) await exportCheckpoint(checkpoint, store, "out", { format });
  assertEquals(await python.run(CHECK, sizesOf(DTYPES)), "ok");
  for (const checkpoints of ranks) await checkpoints[Symbol.asyncDispose]();
});

testWithPython("what NumPy saved as npz or by tofile() is loaded, whole and by parts", async (python) => {
  await using store = await openFileStore(python.directory);
  await python.run(SAVE, sizesOf(ALL));
  const isNumeric = (name: string) => name !== "config" && name !== "names";
  await assertRejects(() => loadForeign(store, "objects.npz"), UnsupportedError, "leave it out by filter");
  await assertRejects(
    () => loadForeign(store, "objects.npz", { filter: (name) => name === "config" }),
    UnsupportedError,
    "are Python objects, which are pickled",
  );
  for (const place of ["stored.npz", "deflated.npz", "fortran.npz", "big.npz", "objects.npz", "raw"]) {
    const foreign = await loadForeign(store, place, { filter: isNumeric });
    const all = await foreign.loadAll(place === "raw" ? {} : { verify: true });
    assertEquals(all.size, ALL.length, place);
    for (const [name, size] of ALL) {
      const due = rowsOf(name, size, 0, 4);
      const { dtype, shape, data } = all.get(name) ?? { dtype: "", shape: [], data: new Uint8Array(0) };
      assertEquals([dtype, shape], [name, [4, 3]], place);
      assertEquals(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), due, place);
      const column = new Uint8Array(4 * size);
      await foreign.load([{ name, offsets: [0, 1], shape: [4, 1], data: column }]);
      const rows = [0, 1, 2, 3].map((row) => due.subarray((row * 3 + 1) * size, (row * 3 + 2) * size));
      assertEquals([...column], rows.flatMap((row) => [...row]), place);
    }
  }
});
