import { assert, assertEquals, assertMatch } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { Lade } from "@lade/lade";
import { SAMPLE_FILES } from "../../../packages/loader/testing/sample_files.ts";
import { FORMATS_VENV } from "../../../tools/servers/formats_python.ts";
import { type Python, testWithPython } from "../formats/python.ts";

const PAGE = new URL("../../../docs/loader.md", import.meta.url);
const MAIN = new URL("../../../packages/cli/main.ts", import.meta.url).pathname;
const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;
const SAMPLES = 50;

/** The lines of the page, and a command `lade` to run them with. */
async function documented(directory: string): Promise<string> {
  const blocks = [...(await Deno.readTextFile(PAGE)).matchAll(/^```python\n(.*?)^```/gms)];
  assertEquals(blocks.length, 2);
  const lade =
    `#!/bin/sh\nexec ${Deno.execPath()} run -A --no-check --cached-only --config=${CONFIG} ${MAIN} "$@"\n`;
  await Deno.writeTextFile(`${directory}/lade`, lade, { mode: 0o755 });
  const path = `import os, sys\nos.environ["PATH"] = os.getcwd() + ":" + os.environ["PATH"]\n`;
  return path + blocks.map(([, block = ""]) => block).join("\n");
}

/** Writes samples of each kind under the directory, and tells their bytes by what they are called, as a listing has them. */
async function fill(directory: string): Promise<void> {
  const memory = new MemoryStore();
  for (const files of SAMPLE_FILES) await files.write(memory, SAMPLES);
  await using lade = new Lade();
  for await (const { key } of memory.list("")) {
    const bytes = new Uint8Array(await new Response((await memory.get(key)).body).arrayBuffer());
    await lade.put(`file://${directory}/${key}`, bytes);
  }
}

/** What `contentOf` of the samples makes. */
const CONTENT = `
import struct
def content(id): return struct.pack(">d", id) + bytes([id % 256]) * (id % 50)
def tell(ids): print(json.dumps(ids))
`;

async function ids(python: Python, script: string, ...args: readonly string[]): Promise<unknown> {
  return JSON.parse(await python.run(await documented(python.directory) + CONTENT + script, ...args));
}

const ALL = Array.from({ length: SAMPLES }, (_, id) => id);

testWithPython("the lines of the page read every kind of sample, byte for byte", async (python) => {
  await fill(python.directory);
  const told = await ids(
    python,
    `
ids = {"rows": [], "files": [], "records": [], "tars": []}
options = ("--batch-size=7", "--shuffle=full", "--seed=3")
for kind in ids:
    for batch, state in batches(f"file://{os.getcwd()}/{kind}/", *options):
        columns = arrays(batch)
        if kind == "rows":
            rows = columns["data"]
            assert rows.dtype == "int32" and rows.shape == (batch.num_rows, 2, 3), rows
            assert rows.base is not None
            assert all((row == row[0, 0]).all() for row in rows)
            found = [int(row[0, 0]) for row in rows]
        else:
            values = columns["bin" if kind == "tars" else "bytes"]
            found = [int(struct.unpack_from(">d", value.as_py())[0]) for value in values]
            assert [value.as_py() for value in values] == [content(id) for id in found]
        if kind == "tars":
            assert [key.as_py() for key in columns["key"]] == [str(id) for id in found]
            assert [cls.as_py() for cls in columns["cls"]] == [str(id).encode() for id in found]
        if kind == "files":
            assert [key.as_py().rpartition("/")[2] for key in columns["key"]] == ["%06d" % id for id in found]
        ids[kind] += found
tell(ids)
`,
  ) as Record<string, number[]>;
  for (const kind of ["rows", "files", "records", "tars"]) {
    assertEquals(told[kind]?.toSorted((a, b) => a - b), ALL, kind);
  }
});

testWithPython("a state of the page's lines goes on in the middle, in another world", async (python) => {
  await fill(python.directory);
  const told = await ids(
    python,
    `
uri, order = f"file://{os.getcwd()}/rows/", ("--shuffle=full", "--seed=3")
ids = lambda batch: arrays(batch)["data"][:, 0, 0].tolist()
whole = [ids(batch) for batch, _ in batches(uri, "--batch-size=7", *order)]
first = []
for batch, state in batches(uri, "--batch-size=7", *order):
    first.append(ids(batch))
    if len(first) == 3: break
open("state.json", "w").write(state)
again = [ids(batch) for batch, _ in batches(uri, "--batch-size=7", *order, state=state)]
ranks = [[ids(batch) for batch, _ in batches(uri, "--batch-size=4", f"--rank={rank}/3", *order, state="state.json")]
         for rank in range(3)]
tell([whole, first, again, ranks])
`,
  ) as [number[][], number[][], number[][], number[][][]];
  const [whole, first, again, ranks] = told;
  assertEquals([first, again], [whole.slice(0, 3), whole.slice(3)]);
  assertEquals([...first.flat(), ...ranks.flat(2)].sort((a, b) => a - b), ALL);
  // As many steps on each rank: 29 samples in steps of 12.
  assertEquals(ranks.map(({ length }) => length), [3, 3, 3]);
});

testWithPython("the page's lines read a socket", async (python) => {
  await fill(python.directory);
  const told = await ids(
    python,
    `
uri = f"file://{os.getcwd()}/rows/"
lade = subprocess.Popen(["lade", "loader", "stream", uri, "--batch-size=8", "--listen=unix:train.sock"],
                        stderr=subprocess.PIPE)
assert lade.stderr.readline() == b"lade: listening on unix:train.sock\\n"
ids = [arrays(batch)["data"][:, 0, 0].tolist() for batch, _ in batches_of("train.sock")]
assert lade.wait() == 0
assert not os.path.exists("train.sock")
tell(ids)
`,
  ) as number[][];
  assertEquals(told.flat(), ALL);
});

testWithPython(
  "a stream that fails raises, after all batches before, and so does one whose lade is killed",
  async (python) => {
    await fill(python.directory);
    const told = await ids(
      python,
      `
uri = f"file://{os.getcwd()}/files/"
subprocess.run(["lade", "loader", "index", uri], check=True, stdout=subprocess.DEVNULL)
os.remove("files/000033")
rows, raised = 0, None
try:
    for batch, state in batches(uri, "--batch-size=10"): rows += batch.num_rows
except pa.ArrowInvalid as error: raised = str(error)
assert json.loads(state)["position"] == rows
failed = subprocess.run(["lade", "loader", "stream", uri, "--batch-size=10"], capture_output=True)
# A pipe is full of what nobody reads when lade is killed.
kills = []
for size in (1, 10, 50):
    endless = subprocess.Popen(["lade", "loader", "stream", f"file://{os.getcwd()}/rows/", f"--batch-size={size}",
                                "--epochs=1000000"], stdout=subprocess.PIPE)
    reader = pa.ipc.open_stream(endless.stdout)
    assert reader.read_next_batch().num_rows == size
    endless.kill()
    endless.wait()
    try:
        for batch in reader: pass
    except (pa.ArrowInvalid, OSError): kills.append(size)
tell([rows, raised, failed.returncode, failed.stderr.decode(), kills])
`,
    ) as [number, string | null, number, string, number[]];
    const [rows, raised, code, stderr, kills] = told;
    assertEquals([rows, code], [30, 1]);
    assert(raised !== null);
    assertMatch(stderr, /files\/000033/);
    assertEquals(kills, [1, 10, 50]);
  },
);

for (const library of ["torch", "jax", "tensorflow"]) testWithLibrary(library);

/** Registers a test of another library's arrays, or a skipped one that says so. */
function testWithLibrary(library: string): void {
  const name = `arrays of the page's lines become those of ${library}`;
  if (!isInstalled(library)) {
    Deno.test.ignore(`${name} (skipped: it is not installed beside the formats' libraries)`, () => {});
    return;
  }
  testWithPython(name, async (python) => {
    await fill(python.directory);
    const told = await ids(
      python,
      `
import ${library}
make = {"torch": lambda array: torch.from_numpy(array),
        "jax": lambda array: __import__("jax.numpy").numpy.asarray(array),
        "tensorflow": lambda array: tensorflow.convert_to_tensor(array)}["${library}"]
tell([[int(value) for value in make(arrays(batch)["data"])[:, 0, 0]]
      for batch, _ in batches(f"file://{os.getcwd()}/rows/", "--batch-size=8")])
`,
    ) as number[][];
    assertEquals(told.flat(), ALL);
  });
}

function isInstalled(library: string): boolean {
  try {
    const lib = `${FORMATS_VENV}/lib`;
    return [...Deno.readDirSync(lib)].some(({ name }) =>
      Deno.statSync(`${lib}/${name}/site-packages/${library}`).isDirectory
    );
  } catch {
    return false;
  }
}
