import { fileURLToPath } from "node:url";
import type { Bench, Contender, Run } from "../bench.ts";
import { NotHereError } from "../peers.ts";
import { findFormatsPython } from "../../tools/servers/formats_python.ts";
import { makeWorkspace } from "../workspace.ts";

const PAGE = new URL("../../docs/loader.md", import.meta.url);
const CHILD = fileURLToPath(new URL("./pipe_child.ts", import.meta.url));
const MAIN = fileURLToPath(new URL("../../packages/cli/main.ts", import.meta.url));
const BATCH = 16 * 2 ** 20;
/** Rows of 4 MiB, so that four are a batch. */
const [ROWS, EPOCHS] = [64, 8];
const TIMES = ROWS / 4 * EPOCHS;

/**
 * Goes through the batches by the lines of the documentation, from behind the first one on, and tells the CPU time of both
 * sides. Of each page of memory a byte is looked at. `arguments` are the way, what to run, and where its socket is.
 */
const SCRIPT = `
import resource, sys, time
way, path, command = sys.argv[1], sys.argv[2], sys.argv[3:]
pages = lambda buffer: int(np.frombuffer(buffer, "u1")[::4096].sum())
def own():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
def others(process):
    fields = open(f"/proc/{process.pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
def bare(process):
    memory = memoryview(bytearray(${BATCH}))
    for _ in range(${TIMES}):
        at = 0
        while at < len(memory): at += os.readv(process.stdout.fileno(), [memory[at:]])
        yield memory
def bodies(batches): return (batch.columns[0].buffers()[-1] for batch, _ in batches)
def connect():
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    return connection
def streamed(file):
    for batch, metadata in pa.ipc.open_stream(file).iter_batches_with_custom_metadata(): yield batch, metadata
has_socket = path != ""
process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE if has_socket else None)
if has_socket: process.stderr.readline()
ways = {
    "bare": lambda: bare(process),
    "pipe": lambda: bodies(streamed(process.stdout)),
    "pipe readv": lambda: bodies(reused_batches(process.stdout.fileno())),
    "socket": lambda: bodies(batches_of(path)),
    "socket readv": lambda: bodies(reused_batches(connection.fileno())),
    "shared": lambda: bodies(shared_batches_of(path)),
}
if way == "socket readv": connection = connect()
bytes_read, seen, began = 0, 0, None
for body in ways[way]():
    if began is None: began = time.perf_counter(), own(), others(process)
    else:
        bytes_read += len(body)
        seen += pages(body)
    theirs = others(process)
seconds, cpu = time.perf_counter() - began[0], own() - began[1]
print(json.dumps({"seconds": seconds, "cpu": cpu, "theirs": theirs - began[2], "bytes": bytes_read, "seen": seen}))
`;

async function scriptOf(): Promise<string> {
  const blocks = (await Deno.readTextFile(PAGE)).matchAll(/^```python\n(.*?)^```/gms);
  const lines = [...blocks].map(([, block = ""]) => block).filter((block) => !block.includes("import torch"));
  return lines.join("\n") + SCRIPT;
}

async function writeRows(path: string): Promise<void> {
  const { writeNpy } = await import("../../packages/formats/npy/mod.ts");
  const { openFileStore } = await import("../../packages/fs/mod.ts");
  await Deno.mkdir(path);
  await using store = await openFileStore(path);
  const data = new Uint8Array(ROWS * BATCH / 4);
  for (let at = 0; at < data.length; at += 4096) data[at] = at / 4096 % 251;
  await writeNpy(store, "rows.npy", { dtype: "uint8", shape: [ROWS, BATCH / 4], order: "C", data });
}

/** Batches from a process of Lade to one of Python; the pipe reads nothing, and Lade reads what it gives. */
export const loaderPython: Bench = {
  name: "loader-python",
  title:
    "2 GiB of cached rows to Python, in batches of 16 MiB; in CPU seconds of Python, and of the process that gives them",
  async prepare() {
    const python = findFormatsPython();
    if (python === undefined) throw new NotHereError("Python with pyarrow (deno task servers)");
    const workspace = await makeWorkspace();
    await writeRows(`${workspace.path}/rows`);
    const script = await scriptOf();
    const deno = [Deno.execPath(), "run", "--no-check", "-A"];
    let expected: number | undefined;
    const contender = (name: string, way: string, command: readonly string[], path = ""): Contender => ({
      name,
      async run(): Promise<Run> {
        const args = ["-W", "ignore", "-c", script, way, path, ...command];
        const { success, stdout, stderr } = await new Deno.Command(python, { args }).output();
        if (!success) throw new Error(`${name} failed: ${new TextDecoder().decode(stderr).slice(-2000)}`);
        const { seconds, cpu, theirs, bytes, seen } = JSON.parse(new TextDecoder().decode(stdout));
        if (bytes !== (TIMES - 1) * BATCH) throw new Error(`${name} gave ${bytes} bytes`);
        if (way !== "bare" && (expected ??= seen) !== seen) throw new Error(`${name} gave other bytes`);
        return { rate: bytes / seconds, cpuSeconds: cpu, serverCpuSeconds: theirs };
      },
    });
    const socket = `${workspace.path}/s`;
    const stream = [
      ...deno,
      MAIN,
      "loader",
      "stream",
      `file://${workspace.path}/rows/`,
      "--batch-size=4",
      `--epochs=${EPOCHS}`,
    ];
    const listening = [...stream, `--listen=unix:${socket}`];
    return {
      contenders: [
        contender("bare pipe", "bare", [...deno, CHILD, `${BATCH}`, `${TIMES}`]),
        contender("pipe", "pipe", stream),
        contender("pipe readv", "pipe readv", stream),
        contender("socket", "socket", listening, socket),
        contender("socket readv", "socket readv", listening, socket),
        contender("shared memory", "shared", [...listening, "--shared-memory"], socket),
      ],
      bars: [
        { ours: "socket readv", baseline: "bare pipe", atLeast: 0.7 },
        { ours: "shared memory", baseline: "bare pipe", atLeast: 1.3 },
        { ours: "shared memory", baseline: "socket", cpuAtMost: 0.5 },
      ],
      unit: "bytes",
      [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
    };
  },
};
