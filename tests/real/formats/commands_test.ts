import { assertEquals, assertMatch } from "@std/assert";
import { CliHere } from "../../cli/run_here.ts";
import { type Python, testWithPython } from "./python.ts";

/** Makes a file of every format that others write, and says what pyarrow has of the table: rows and their sum. */
const MAKE = `
import csv, gzip, io, json, tarfile
import h5py, numpy as np, pyarrow as pa, pyarrow.parquet as pq, zarr
import safetensors.numpy as sn
from tfrecord.writer import TFRecordWriter
n = 500
t = pa.table({"id": pa.array(range(n), pa.int64()), "text": ["row %d ☃" % i for i in range(n)],
  "x": pa.array([i / 8 for i in range(n)], pa.float32()), "maybe": [None if i % 3 else i for i in range(n)]})
pq.write_table(t, "t.parquet", compression="snappy", row_group_size=100)
for name, new in (("t.arrow", pa.ipc.new_file), ("t.arrows", pa.ipc.new_stream)):
    with pa.OSFile(name, "wb") as f, new(f, t.schema) as w: w.write_table(t, max_chunksize=100)
with open("t.csv", "w", newline="") as f:
    w = csv.writer(f); w.writerow(t.column_names)
    for r in t.to_pylist(): w.writerow(["" if v is None else v for v in r.values()])
with gzip.open("t.jsonl.gz", "wt") as f:
    for r in t.to_pylist(): f.write(json.dumps(r) + "\\n")
w = TFRecordWriter("t.tfrecord")
for r in t.to_pylist(): w.write({"id": (r["id"], "int"), "text": (r["text"].encode(), "byte"), "x": (r["x"], "float")})
w.close()
np.save("a.npy", np.arange(12, dtype=">i4").reshape(3, 4))
np.savez_compressed("a.npz", x=np.arange(5.0), y=np.ones((2, 2), "f4"))
sn.save_file({"x": np.arange(5, dtype="f4")}, "a.safetensors")
with tarfile.open("a.tar.gz", "w:gz") as f:
    for name in ("1.cls", "1.txt"):
        i = tarfile.TarInfo(name); i.size = 3; f.addfile(i, io.BytesIO(b"abc"))
zarr.create_array("a.zarr", shape=(4, 4), chunks=(2, 2), dtype="f4")[:] = 1.5
with h5py.File("a.h5", "w") as f: f.create_dataset("x", data=np.arange(6), chunks=(3,), fletcher32=True)
`;

const TABLES = ["t.parquet", "t.arrow", "t.arrows", "t.csv", "t.jsonl.gz", "t.tfrecord"];

/** What those that do not say it have. */
const SCHEMAS: Readonly<Record<string, readonly string[]>> = {
  "t.csv": ["--schema", "id: int64, text: string, x: float32, maybe: int64?"],
  "t.jsonl.gz": ["--schema", "id: int64, text: string, x: float32, maybe: int64?"],
  "t.tfrecord": ["--schema", "id: int64, text: string, x: float32"],
};

/** Reads each of these files by the library that is meant for it, and prints rows, the sum of ids and of x, and a text. */
const READ = `
import csv, json, sys
import pyarrow as pa, pyarrow.parquet as pq, pyarrow.csv as pc
from tfrecord.reader import tfrecord_loader
def rows(name):
    if name.endswith(".parquet"): return pq.read_table(name).to_pylist()
    if name.endswith(".arrow"): return pa.ipc.open_file(name).read_all().to_pylist()
    if name.endswith(".arrows"): return pa.ipc.open_stream(name).read_all().to_pylist()
    if name.endswith(".jsonl"): return [json.loads(line) for line in open(name)]
    if name.endswith(".csv"): return pc.read_csv(name).to_pylist()
    # Its reader leaves bytes as arrays of numbers.
    return [{"id": int(r["id"][0]), "x": float(r["x"][0]), "text": bytes(r["text"]).decode()}
            for r in tfrecord_loader(name, None, {"id": "int", "x": "float", "text": "byte"})]
for name in sys.argv[1:]:
    r = rows(name)
    text = r[7]["text"]
    print(name, len(r), sum(int(x["id"]) for x in r), sum(float(x["x"]) for x in r), text.decode() if isinstance(text, bytes) else text)
`;

testWithPython("lade show, head and verify know every format as others write it", async (python) => {
  await python.run(MAKE);
  await using cli = new CliHere();
  const { stdout, stderr, code } = await cli.run(["show", "--json", python.directory]);
  assertEquals([code, stderr], [0, ""]);
  const shown = stdout.trim().split("\n").map((line) => JSON.parse(line));
  const told = shown.map(({ uri, format, storedAs }) => [nameOf(uri, python), format, storedAs]);
  assertEquals(
    told,
    [
      ["a.h5", "hdf5", undefined],
      ["a.npy", "npy", undefined],
      ["a.npz", "npz", undefined],
      ["a.safetensors", "safetensors", undefined],
      ["a.tar.gz", "tar", "gzip"],
      ["t.arrow", "arrow", undefined],
      ["t.arrows", "arrow-stream", undefined],
      ["t.csv", "csv", undefined],
      ["t.jsonl.gz", "jsonl", "gzip"],
      ["t.parquet", "parquet", undefined],
      ["t.tfrecord", "tfrecord", undefined],
      ["a.zarr/", "zarr", undefined],
    ].toSorted(([a = ""], [b = ""]) => a < b ? -1 : 1),
  );
  for (const { uri } of shown) {
    const head = await cli.run(["head", "-n", "3", "--json", uri]);
    assertEquals([uri, head.code, head.stderr], [uri, 0, ""]);
    assertMatch(head.stdout, /^\{"type":"row"/);
  }
  const verified = await cli.run(["verify", "--json", python.directory]);
  assertEquals(verified.code, 0, verified.stderr);
  const outcomes = new Map(
    verified.stdout.trim().split("\n").map((line) => JSON.parse(line)).map(({ uri, outcome }) =>
      [nameOf(uri, python), outcome] as const
    ),
  );
  for (const name of ["a.h5", "a.npz", "a.tar.gz", "t.jsonl.gz", "t.tfrecord"]) {
    assertEquals([name, outcomes.get(name)], [name, "ok"]);
  }
  for (const name of ["a.npy", "t.csv"]) assertEquals([name, outcomes.get(name)], [name, "unchecked"]);
});

testWithPython(
  "lade convert makes what pyarrow and tfrecord read of what they wrote, all to all",
  async (python) => {
    const { directory } = python;
    await python.run(MAKE);
    await using cli = new CliHere();
    const made: string[] = [];
    for (const from of TABLES) {
      for (const to of ["parquet", "arrow", "arrows", "csv", "jsonl", "tfrecord"]) {
        const name = `${from.replaceAll(".", "-")}.${to}`;
        const { code, stderr } = await cli.run([
          ...["convert", ...(SCHEMAS[from] ?? []), "--columns", "id,text,x"],
          ...[`${directory}/${from}`, `${directory}/${name}`],
        ]);
        assertEquals([name, code, stderr], [name, 0, ""]);
        made.push(name);
      }
    }
    const read = await python.run(READ, ...made);
    assertEquals(read.split("\n"), made.map((name) => `${name} 500 124750 15593.75 row 7 ☃`));
  },
);

testWithPython("lade index writes what DALI's reader would take, and tells a stale one", async (python) => {
  await python.run(MAKE);
  await using cli = new CliHere();
  const uri = `${python.directory}/t.tfrecord`;
  assertEquals((await cli.run(["index", uri])).code, 0);
  // PyPI's own indexer, of which the lines are the same.
  const theirs = await python.run(`
from tfrecord.tools.tfrecord2idx import create_index
create_index("t.tfrecord", "theirs")
print(open("theirs").read() == open("t.tfrecord.idx").read())
open("t.tfrecord", "ab").write(open("t.tfrecord", "rb").read())
`);
  assertEquals(theirs, "True");
  const { code, stdout } = await cli.run(["index", "--check", uri]);
  assertEquals([code, stdout.split(" ")[0]], [1, "stale"]);
});

function nameOf(uri: string, { directory }: Python): string {
  return uri.replace(`file://${directory}/`, "");
}
