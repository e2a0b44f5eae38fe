import { peer, run } from "../peers.ts";
import { pythonFrame } from "../python_frame.ts";

/** Of URI TOTAL BATCH ARGUMENT, where URIs of files become a directory. */
const PREPARE = `
import os
uri, total, batch, argument = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
root = uri.removeprefix("file://")`;

const S3DLIO = `
async def go():
    n = 0
    options = {"batch_size": batch, "shuffle": True, "seed": 1, "prefetch": 8}
    async for items in s3dlio.create_async_loader(uri, options):
        for item in (items if isinstance(items, list) else [items]): n += len(item)
        if float(argument): compute(float(argument))
    assert n >= total, n`;

/** Steps of a computation, and what share of the time since the first one they took. */
const COMPUTE = `
steps = []
def compute(ms):
    start = time.perf_counter()
    time.sleep(ms / 1000)
    steps.append((start, time.perf_counter()))
def tell():
    busy = sum(end - start for start, end in steps)
    print(json.dumps({"seconds": (steps[-1][1] - steps[0][0]) / busy}))`;

const TORCH = `
import numpy
class Files(torch.utils.data.Dataset):
    names = sorted(name for name in os.listdir(root))
    def __len__(self): return len(self.names)
    def __getitem__(self, i):
        path = root + self.names[i]
        return torch.from_numpy(numpy.load(path) if path.endswith(".npy") else numpy.fromfile(path, numpy.uint8))
files = Files()`;

const TORCH_LOOP = (workers: number) =>
  `    n = 0
    for data in torch.utils.data.DataLoader(files, batch_size=batch, shuffle=True, num_workers=${workers}):
        n += data.numel() * data.element_size()
        if float(argument): compute(float(argument))
    assert n == total, n`;

const WEBDATASET = `    urls = sorted(root + name for name in os.listdir(root) if name.endswith(".tar"))
    data = webdataset.WebDataset(urls, shardshuffle=len(urls)).shuffle(100).batched(batch, collation_fn=None)
    assert sum(len(sample["bin"]) for samples in data for sample in samples) == total`;

const TFRECORD = `    names = sorted(name for name in os.listdir(root) if name.endswith(".tfrecord"))
    assert sum(len(r) for name in names for r in tfrecord.reader.tfrecord_iterator(root + name)) == total`;

interface Peer {
  readonly python: readonly string[];
  /** What it imports. */
  readonly module: string;
  readonly code: string;
}

/** Programs in Python that go through samples twice, by what they are called in tables. */
const PEERS: Readonly<Record<string, Peer>> = {
  "s3dlio loader": {
    python: ["venv", "bin", "python"],
    module: "s3dlio",
    code: pythonFrame({
      imports: "asyncio, s3dlio",
      prepare: PREPARE + COMPUTE + S3DLIO,
      work: "    steps.clear(); asyncio.run(go())",
    }),
  },
  "torch, no workers": torch(0),
  "torch, 2 workers": torch(2),
  "webdataset, shuffle(100)": {
    python: ["bin", "torch-python"],
    module: "webdataset",
    code: pythonFrame({ imports: "webdataset", prepare: PREPARE, work: WEBDATASET }),
  },
  "tfrecord (PyPI), in order, nothing checked": {
    python: ["bin", "torch-python"],
    module: "tfrecord",
    code: pythonFrame({ imports: "tfrecord.reader", prepare: PREPARE, work: TFRECORD }),
  },
};

function torch(workers: number): Peer {
  return {
    python: ["bin", "torch-python"],
    module: "torch",
    code: pythonFrame({
      imports: "torch, torch.utils.data",
      prepare: PREPARE + COMPUTE + TORCH,
      work: `    steps.clear()\n${TORCH_LOOP(workers)}`,
      withChildren: true,
    }),
  };
}

/**
 * The command of a peer on the samples of a URI; where it is not here, that is said. `argument` is a size, or milliseconds of
 * a step.
 */
export async function loaderPeer(
  name: string,
  uri: string,
  total: number,
  batch: number,
  argument = 0,
): Promise<readonly string[] | undefined> {
  const known = PEERS[name];
  const python = known && peer(...known.python);
  const isHere = known && python !== undefined &&
    await run(python, ["-c", `import ${known.module}`]).then(() => true, () => false);
  if (!isHere) {
    console.log(`  skipped: ${name}, is not here`);
    return undefined;
  }
  // With a step what is printed is its share of the time.
  const code = argument > 0 && known.code.includes("def tell")
    ? `${known.code.slice(0, known.code.lastIndexOf("print(json"))}tell()\n`
    : known.code;
  return [python, "-c", code, uri, `${total}`, `${batch}`, `${argument}`];
}
