import { assert, assertEquals } from "@std/assert";
import { exportCheckpoint, loadForeign, openCheckpoints } from "@lade/checkpoint";
import type { DType } from "@lade/formats/array";
import { openFileStore } from "@lade/fs";

/** The dtypes that torch's readers of safetensors know too, with the bytes of an element. */
const DTYPES: readonly (readonly [DType, number])[] = [
  ...[["int8", 1], ["uint8", 1], ["int16", 2], ["float16", 2], ["bfloat16", 2]] as const,
  ...[["int32", 4], ["float32", 4], ["int64", 8], ["float64", 8]] as const,
];
const SIZES = JSON.stringify(Object.fromEntries(DTYPES));

/** Columns of 4 rows of 6 elements. */
function columnsOf(size: number, from: number, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * count * size);
  for (let row = 0; row < 4; row++) {
    for (let at = 0; at < count * size; at++) {
      bytes[row * count * size + at] = ((row * 6 + from) * size + at) % 97;
    }
  }
  return bytes;
}

const PRELUDE = `
import sys, json, glob, os
import torch
import torch.distributed.checkpoint as dcp
from torch.distributed.checkpoint import HuggingFaceStorageReader, HuggingFaceStorageWriter
from safetensors.torch import load_file
DTYPES = json.loads(sys.argv[1])
def expected(name, size):
    data = (torch.arange(4 * 6 * size) % 97).to(torch.uint8)
    return data.view(getattr(torch, name)).reshape(4, 6)
def check(state):
    for name, size in DTYPES.items():
        due, found = expected(name, size), state[f"model.{name}"]
        assert found.dtype == due.dtype and found.shape == due.shape, name
        assert torch.equal(found.contiguous().view(torch.uint8), due.view(torch.uint8)), name
`;

const READ_FOLDER = `${PRELUDE}
state = {f"model.{name}": torch.zeros(4, 6, dtype=getattr(torch, name)) for name in DTYPES}
[folder] = glob.glob("run/data/*")
assert len(glob.glob(folder + "/*.safetensors")) == 2
dcp.load(state, storage_reader=HuggingFaceStorageReader(folder))
check(state)
print("ok")
`;

/** As transformers read: by the index, into a module, with nothing missing and nothing left. */
const READ_EXPORT = `${PRELUDE}
index = json.load(open("hf/model.safetensors.index.json"))
state = {}
for path in sorted(set(index["weight_map"].values())):
    for name, tensor in load_file("hf/" + path).items():
        assert index["weight_map"][name] == path
        state[name] = tensor
check(state)
module = torch.nn.Linear(6, 4, bias=False)
module.load_state_dict({"weight": state["model.float32"]}, strict=True)
print(len(set(index["weight_map"].values())))
`;

const WRITE = `${PRELUDE}
state = {f"model.{name}": expected(name, size) for name, size in DTYPES.items()}
dcp.save(state, storage_writer=HuggingFaceStorageWriter("torch", save_distributed=True))
dcp.save(state, storage_writer=HuggingFaceStorageWriter("whole"))
print(sorted(os.listdir("torch")), sorted(os.listdir("whole")))
`;

/** The Python that `LADE_TORCH` names, where its torch has readers of safetensors (2.6 and later). */
async function findTorch(): Promise<string | undefined> {
  const python = Deno.env.get("LADE_TORCH");
  if (python === undefined) return undefined;
  const script =
    "from torch.distributed.checkpoint import HuggingFaceStorageReader; import safetensors.torch";
  const { success } = await new Deno.Command(python, { args: ["-W", "ignore", "-c", script] }).output();
  return success ? python : undefined;
}

const python = await findTorch();

function testWithTorch(name: string, test: (directory: string, run: Run) => Promise<void>): void {
  if (python === undefined) {
    Deno.test.ignore(
      `${name} (skipped: LADE_TORCH names no Python with torch 2.6 and safetensors)`,
      () => {},
    );
    return;
  }
  Deno.test(name, async () => {
    const directory = await Deno.makeTempDir({ prefix: "lade-torch-" });
    try {
      await test(directory, async (script) => {
        const command = new Deno.Command(python, {
          args: ["-W", "ignore", "-c", script, SIZES],
          cwd: directory,
        });
        const { success, stdout, stderr } = await command.output();
        if (!success) throw new Error(`Python failed:\n${new TextDecoder().decode(stderr)}`);
        return new TextDecoder().decode(stdout).trim();
      });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

type Run = (script: string) => Promise<string>;

testWithTorch(
  "torch reads the data of a checkpoint as a folder of DCP, and what is exported by its index",
  async (directory, run) => {
    await using store = await openFileStore(directory);
    const ranks = await Promise.all(
      [0, 1].map((rank) => openCheckpoints(store, "run", { run: "a", rank, worldSize: 2 })),
    );
    // One has 2 of the columns, and the other one 4.
    await Promise.all(ranks.map((checkpoints, rank) => {
      const [from, count] = rank === 0 ? [0, 2] : [2, 4];
      const tensors = DTYPES.map(([dtype, size]) => ({
        ...{ name: `model.${dtype}`, dtype, shape: [4, count], offsets: [0, from], globalShape: [4, 6] },
        data: columnsOf(size, from, count),
      }));
      return checkpoints.save(5, { tensors }).committed;
    }));
    assertEquals(await run(READ_FOLDER), "ok");
    await using reader = await openCheckpoints(store, "run", { readOnly: true });
    await using checkpoint = await reader.open("latest");
    await exportCheckpoint(checkpoint, store, "hf", { fileBytes: 200 });
    assert(Number(await run(READ_EXPORT)) > 1);
    for (const checkpoints of ranks) await checkpoints[Symbol.asyncDispose]();
  },
);

testWithTorch(
  "what torch's writer of safetensors wrote is loaded, whole and by parts",
  async (directory, run) => {
    await using store = await openFileStore(directory);
    const written = await run(WRITE);
    for (const [place, kind] of [["torch", "dcp-safetensors"], ["whole", "safetensors-set"]]) {
      const foreign = await loadForeign(store, place ?? "");
      assertEquals(foreign.kind, kind, written);
      const all = await foreign.loadAll();
      for (const [dtype, size] of DTYPES) {
        const name = `model.${dtype}`;
        const found = all.get(name);
        assertEquals([found?.dtype, found?.shape], [dtype, [4, 6]]);
        const { buffer, byteOffset, byteLength } = found?.data ?? new Uint8Array(0);
        assertEquals(new Uint8Array(buffer, byteOffset, byteLength), columnsOf(size, 0, 6));
        const middle = new Uint8Array(4 * 3 * size);
        await foreign.load([{ name, offsets: [0, 2], shape: [4, 3], data: middle }]);
        assertEquals(middle, columnsOf(size, 2, 3));
      }
    }
  },
);
