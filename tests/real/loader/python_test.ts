import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { Lade } from "@lade/lade";
import { SAMPLE_FILES } from "../../../packages/loader/testing/sample_files.ts";
import { FORMATS_VENV } from "../../../tools/servers/formats_python.ts";
import { type Python, testWithPython } from "../formats/python.ts";

const PAGE = new URL("../../../docs/loader.md", import.meta.url);
const MAIN = fileURLToPath(new URL("../../../packages/cli/main.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));
const SAMPLES = 50;

/** The lines of the page, those of PyTorch only where they can run, and a command `lade` to run them with. */
async function documented(directory: string, withTorch: boolean): Promise<string> {
  const blocks = [...(await Deno.readTextFile(PAGE)).matchAll(/^```python\n(.*?)^```/gms)];
  assertEquals(blocks.length, 5);
  const lade =
    `#!/bin/sh\nexec ${Deno.execPath()} run -A --no-check --cached-only --config=${CONFIG} ${MAIN} "$@"\n`;
  await Deno.writeTextFile(`${directory}/lade`, lade, { mode: 0o755 });
  const path = `import os, sys\nos.environ["PATH"] = os.getcwd() + ":" + os.environ["PATH"]\n`;
  const run = blocks.map(([, block = ""]) => block).filter((block) =>
    withTorch || !block.includes("import torch")
  );
  assertEquals(run.length, withTorch ? 5 : 4);
  return path + run.join("\n");
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
def listening(*options):
    lade = subprocess.Popen(["lade", "loader", "stream", *options, "--listen=unix:train.sock"], stderr=subprocess.PIPE)
    assert lade.stderr.readline() == b"lade: listening on unix:train.sock\\n"
    return lade
`;

async function ids(python: Python, script: string, ...args: readonly string[]): Promise<unknown> {
  const lines = await documented(python.directory, script.includes("LadeBatches"));
  return JSON.parse(await python.run(lines + CONTENT + script, ...args));
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
lade = listening(uri, "--batch-size=8")
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

const WAYS = `
def by_pipe(uri, *options):
    with subprocess.Popen(["lade", "loader", "stream", uri, *options], stdout=subprocess.PIPE) as lade:
        yield from reused_batches(lade.stdout.fileno())
def by_socket(uri, *options):
    lade = listening(uri, *options)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("train.sock")
        yield from reused_batches(connection.fileno())
    assert lade.wait() == 0
def shared(uri, *options):
    lade = listening(uri, *options, "--shared-memory")
    yield from shared_batches_of("train.sock")
    assert lade.wait() == 0, lade.stderr.read()
`;

testWithPython(
  "each way of the page gives the same batches, byte for byte, and the same states",
  async (python) => {
    await fill(python.directory);
    const told = await ids(
      python,
      `${WAYS}
def whole(batch): return batch.serialize().to_pybytes(), batch.schema.to_string(), arrays(batch).keys()
options = ("--batch-size=7", "--shuffle=full", "--seed=3", "--epochs=2")
counts = {}
for kind in ("rows", "files", "records", "tars"):
    uri = f"file://{os.getcwd()}/{kind}/"
    expected = [(whole(batch), state) for batch, state in batches(uri, *options)]
    counts[kind] = [len(expected)]
    for way in (by_pipe, by_socket, shared):
        given = [(whole(batch), state) for batch, state in way(uri, *options)]
        assert given == expected, (kind, way)
        counts[kind].append(len(given))
tell(counts)
`,
    ) as Record<string, number[]>;
    for (const kind of ["rows", "files", "records", "tars"]) assertEquals(told[kind], [16, 16, 16, 16]);
  },
);

testWithPython("batches of shared memory stay as they are, however many are held", async (python) => {
  await fill(python.directory);
  const told = await ids(
    python,
    `${WAYS}
uri = f"file://{os.getcwd()}/rows/"
held = [arrays(batch)["data"] for batch, _ in shared(uri, "--batch-size=5", "--epochs=20")]
assert not held[0].flags.writeable
flat = [int(value) for data in held for value in data[:, 0, 0]]
assert all((data == data[:, :1, :1]).all() for data in held)
tell([flat[:50], len(flat), flat == flat[:50] * 20])
`,
  );
  assertEquals(told, [ALL, 1000, true]);
});

testWithPython(
  "what fails raises in Python, after all batches before, by each way of the page",
  async (python) => {
    await fill(python.directory);
    const told = await ids(
      python,
      `${WAYS}
uri = f"file://{os.getcwd()}/files/"
subprocess.run(["lade", "loader", "index", uri], check=True, stdout=subprocess.DEVNULL)
os.remove("files/000033")
told = []
for way in (by_pipe, by_socket, shared):
    rows = 0
    try:
        for batch, state in way(uri, "--batch-size=10"): rows += batch.num_rows
    except EOFError: told.append([rows, json.loads(state)["position"]])
tell(told)
`,
    );
    assertEquals(told, [[30, 30], [30, 30], [30, 30]]);
  },
);

testWithPython(
  "whichever side of shared memory is killed, and when, the other ends and nothing is left",
  async (python) => {
    await fill(python.directory);
    const told = await ids(
      python,
      `${WAYS}
import random, signal
seed = random.SystemRandom().randrange(2**32)
chance = random.Random(seed)
uri = f"file://{os.getcwd()}/rows/"
def endless(): return listening(uri, "--batch-size=5", "--epochs=1000000", "--shared-memory")
raised = 0
for _ in range(4):
    lade, last, taken = endless(), chance.randrange(30), 0
    if last == 0: lade.kill()
    try:
        for batch, state in shared_batches_of("train.sock"):
            taken += 1
            if taken == last: lade.kill()
    except (EOFError, OSError): raised += 1
    # What was mapped is still there.
    if taken: assert batch.num_rows == 5 and batch.validate(full=True) is None, seed
    lade.wait()
    if os.path.exists("train.sock"): os.remove("train.sock")
ended = 0
for _ in range(4):
    lade, last = endless(), chance.randrange(30)
    child = os.fork()
    if child == 0:
        for place, _ in enumerate(shared_batches_of("train.sock")):
            if place == last: os.kill(os.getpid(), signal.SIGKILL)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL, seed
    assert (lade.wait(), lade.stderr.read()) == (0, b""), seed
    ended += not os.path.exists("train.sock")
tell([raised, ended])
`,
    );
    assertEquals(told, [4, 4]);
  },
);

testWithPython(
  "a stream that is killed raises where it is read into memory that is used again",
  async (python) => {
    await fill(python.directory);
    const told = await ids(
      python,
      `
raised = []
for size in (1, 10, 50):
    endless = subprocess.Popen(["lade", "loader", "stream", f"file://{os.getcwd()}/rows/", f"--batch-size={size}",
                                "--epochs=1000000"], stdout=subprocess.PIPE)
    try:
        for place, (batch, _) in enumerate(reused_batches(endless.stdout.fileno())):
            assert batch.num_rows == size
            if place == 20: endless.kill()
    except EOFError: raised.append(size)
    endless.wait()
    endless.stdout.close()
tell(raised)
`,
    );
    assertEquals(told, [1, 10, 50]);
  },
);

for (const library of ["torch", "jax", "tensorflow"]) testWithLibrary(library);

testWithLibrary("torch", "batches are a data set of PyTorch, which goes on where it was", async (python) => {
  await fill(python.directory);
  const told = await ids(
    python,
    `
given = f"file://{os.getcwd()}/rows/", "--batch-size=8", "--shuffle=full", "--seed=3"
def values(dataset, count=None):
    loader = torch.utils.data.DataLoader(dataset, batch_size=None)
    return [value for _, batch in zip(range(count or 100), loader) for value in batch["data"][:, 0, 0].tolist()]
whole = values(LadeBatches(*given))
first = LadeBatches(*given)
begin = values(first, 3)
rest = values(LadeBatches(*given, state=first.state))
tell([whole, begin + rest, len(begin)])
`,
  ) as [number[], number[], number];
  const [whole, parts, begun] = told;
  assertEquals([parts, begun], [whole, 24]);
  assertEquals(whole.toSorted((a, b) => a - b), ALL);
});

/** Registers a test of another library's arrays, or a skipped one that says so. */
function testWithLibrary(
  library: string,
  name = `arrays of the page's lines become those of ${library}`,
  test = arraysOf(library),
): void {
  if (!isInstalled(library)) {
    Deno.test.ignore(`${name} (skipped: it is not installed beside the formats' libraries)`, () => {});
    return;
  }
  testWithPython(name, test);
}

function arraysOf(library: string) {
  return async (python: Python) => {
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
  };
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
