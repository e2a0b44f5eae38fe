import { findFormatsPython } from "../../tools/servers/formats_python.ts";
import { peer } from "../peers.ts";
import { pythonFrame } from "../python_frame.ts";
import { MODEL_BYTES, PYTHON_MODEL } from "./model.ts";

/** Paths of files that are written one after the other, as `fresh()`, below the directory that is given. */
const FILES = `
import os
made = 0
def fresh():
    global made
    made += 1
    return os.path.join(sys.argv[1], str(made))
def wait_for(path):
    fd = os.open(path, os.O_RDWR)
    os.fsync(fd)
    os.close(fd)
`;
const BLOB = `
import os
blob = os.urandom(2**20) * ${MODEL_BYTES / 2 ** 20}
store = s3dlio.PyCheckpointStore(sys.argv[1])
step = 0
`;
/** Nothing of what was written before is in the way; the memory of the cache that it took is used again. */
const BEFORE = `
import shutil
place = sys.argv[1].removeprefix("file://")
if os.path.isdir(place):
    for name in os.listdir(place):
        path = os.path.join(place, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
os.sync()`;

/** A sum of words touches every byte at the speed of memory. */
const LOAD_FILE = `
    for array in safetensors.numpy.load_file(sys.argv[1]).values():
        np.bitwise_xor.reduce(array.view(np.uint64).ravel())`;

/** How Python saves and loads the model, or as many bytes. */
const PROGRAMS = {
  "save_file": {
    imports: "safetensors.numpy",
    prepare: PYTHON_MODEL + FILES,
    before: BEFORE,
    work: `
    path = fresh()
    safetensors.numpy.save_file(model, path)
    wait_for(path)`,
  },
  "savez": {
    imports: "numpy",
    prepare: PYTHON_MODEL + FILES,
    before: BEFORE,
    work: `
    path = fresh() + ".npz"
    np.savez(path, **model)
    wait_for(path)`,
  },
  "load_file": {
    imports: "safetensors.numpy",
    prepare: "import numpy as np",
    work: LOAD_FILE,
  },
  "load_file, cold": {
    imports: "safetensors.numpy",
    prepare: "import numpy as np\nimport os",
    before: `
fd = os.open(sys.argv[1], os.O_RDONLY)
os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
os.close(fd)`,
    work: LOAD_FILE,
  },
  "s3dlio save": {
    imports: "s3dlio",
    prepare: BLOB,
    before: BEFORE,
    work: `
    global step
    step += 1
    store.save(step, 0, "raw", blob)`,
  },
  "s3dlio save, fsync": {
    imports: "s3dlio",
    prepare: `${BLOB}import glob${FILES}`,
    before: BEFORE,
    work: `
    global step
    step += 1
    store.save(step, 0, "raw", blob)
    for path in glob.glob(place + "/shards/*/*"): wait_for(path)`,
  },
  "s3dlio make": {
    imports: "s3dlio",
    prepare: BLOB,
    work: `
    store.save(1, 0, "raw", blob)`,
  },
  "s3dlio load": {
    imports: "s3dlio",
    prepare: "store = s3dlio.PyCheckpointStore(sys.argv[1])",
    work: `
    assert len(store.load_latest()) == ${MODEL_BYTES}`,
  },
} as const;

/** The name of one of these programs. */
export type PythonCheckpoint = keyof typeof PROGRAMS;

/** The command of one of them, where its Python is there; `place` is a directory, a file or a URI. */
export function pythonCheckpoint(name: PythonCheckpoint, place: string): readonly string[] | undefined {
  const python = name.startsWith("s3dlio") ? peer("venv", "bin", "python") : findFormatsPython();
  return python === undefined ? undefined : [python, "-c", pythonFrame(PROGRAMS[name]), place];
}
