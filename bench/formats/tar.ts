import { fileURLToPath } from "node:url";
import { pythonFrame } from "../python_frame.ts";
import { openFileStore } from "../../packages/fs/mod.ts";
import { filesToTar } from "../../packages/formats/convert/mod.ts";
import { MemoryStore } from "../../packages/core/mod.ts";
import { findFormatsPython } from "../../tools/servers/formats_python.ts";
import type { Bar, Bench, Contender } from "../bench.ts";
import { ground } from "../ground/ground.ts";
import { NotHereError } from "../peers.ts";
import { runSelfTimed } from "../timed_command.ts";

/** Bytes of an image: 224 x 224 x 3. */
const IMAGE = 150_528;
const SAMPLES = 1600;
const FILES = 4;
const AMOUNT = SAMPLES * IMAGE;
/** How often each shard is indexed: as many shards as a data set of 1.2 GB has. */
const PASSES = 5;
const CHILD = fileURLToPath(new URL("./tar_child.ts", import.meta.url));

/** Of DIRECTORY KEY…; what it starts counts too. */
const FRAME = (imports: string, work: string) =>
  pythonFrame({ imports, prepare: "directory, keys = sys.argv[1], sys.argv[2:]", work, withChildren: true });

const WEBDATASET = FRAME(
  "webdataset",
  `    urls = [directory + "/" + key for key in keys]
    assert sum(len(sample["jpg"]) for sample in webdataset.WebDataset(urls, shardshuffle=False)) == ${AMOUNT}`,
);

/**
 * What DALI's wds2idx.py does, of which DALI's packages need a GPU's libraries: two listings of GNU tar, and their columns.
 * It imports what that imports.
 */
const INDEX_ONE = `
import argparse, os, subprocess, sys, tarfile, time
def index_one(path):
    processes = [subprocess.Popen(["tar", *options, "--file", path], stdout=subprocess.PIPE)
                 for options in (["--list", "--block-num"], ["--verbose", "--list"])]
    blocks, verbose = (process.communicate()[0].split(b"\\n") for process in processes)
    samples, last = [], None
    for line, following, entry in zip(blocks, blocks[1:], verbose):
        if not line or not entry: continue
        name = str(line[line.find(b":") + 2:], "ascii")
        if entry[0:1] != b"-": continue
        offset = int(following[following.find(b"block") + 6 : following.find(b":")]) * 512
        head = entry[: -len(name)]
        head = head[: head.rfind(b"-") - 8]
        size = int(head[head.rfind(b" "):])
        offset -= size
        offset -= offset % 512
        dot = name.find(".", name.rfind("/") + 1)
        if name[:dot] != last: samples.append([])
        last = name[:dot]
        samples[-1].append((name[dot + 1:], offset, size, name))
    assert len(samples) == ${SAMPLES / FILES}
    with open(path + ".idx", "w") as index:
        index.write(f"v1.2 {len(samples)}\\n")
        for sample in samples: index.write(" ".join(" ".join(map(str, part)) for part in sample) + "\\n")
`;
const TAKES_ONE = `${INDEX_ONE}\nindex_one(sys.argv[1])`;
const AS_IT_IS_RUN = FRAME(
  "subprocess",
  `    for key in keys * ${PASSES}:
        subprocess.run([sys.executable, "-c", ${
    JSON.stringify(TAKES_ONE)
  }, directory + "/" + key], check=True)`,
);
const IN_ONE_PROCESS = FRAME("sys", `    for key in keys * ${PASSES}: index_one(directory + "/" + key)`)
  .replace("def work():", `${INDEX_ONE}\ndef work():`);

/** Samples in order, in memory as a file system, against webdataset. */
export const tarOrder: Bench = {
  name: "tar-order",
  title: `${SAMPLES} samples of ${IMAGE} bytes and a class in ${FILES} tars, in order`,
  async prepare() {
    const python = pythonOrNot();
    const { directory, keys } = await makeShards();
    const ours = "lade streamSamples";
    return prepared(directory, "bytes", [
      child(ours, AMOUNT, "samples", directory, keys),
      child("lade SampleReader, 64 at once", AMOUNT, "indexed", directory, keys),
      child("lade readChunks, bytes alone", AMOUNT, "stored", directory, keys),
      timed("webdataset", AMOUNT, [python, "-c", WEBDATASET, directory, ...keys]),
    ], [{ ours, baseline: "webdataset", atLeast: 1 }]);
  },
};

/** The index of shards, against what DALI's tool does. */
export const tarIndex: Bench = {
  name: "tar-index",
  title: `the indexes of ${FILES * PASSES} tars of ${SAMPLES / FILES} samples of ${IMAGE} bytes and a class`,
  async prepare() {
    const python = pythonOrNot();
    const { directory, keys } = await makeShards();
    const ours = "lade writeSampleIndex";
    const baseline = "as wds2idx.py, a process for a shard";
    const python3 = (code: string) => [python, "-c", code, directory, ...keys];
    const paths = Array.from({ length: PASSES }, () => keys).flat();
    return prepared(directory, "calls", [
      child(ours, SAMPLES * PASSES, "index", directory, paths),
      timed(baseline, SAMPLES * PASSES, python3(AS_IT_IS_RUN)),
      timed("the same in one process", SAMPLES * PASSES, python3(IN_ONE_PROCESS)),
    ], [{ ours, baseline, atLeast: 5 }]);
  },
};

function pythonOrNot(): string {
  const python = findFormatsPython();
  if (python === undefined) throw new NotHereError("Python with webdataset");
  return python;
}

async function makeShards(): Promise<{ directory: string; keys: string[] }> {
  const directory = await Deno.makeTempDir({ dir: ground().memory });
  await using files = new MemoryStore();
  const noise = new Uint8Array(1_200_000);
  for (let at = 0; at < noise.length; at += 60_000) crypto.getRandomValues(noise.subarray(at, at + 60_000));
  await using store = await openFileStore(directory);
  const keys: string[] = [];
  for (let shard = 0; shard < FILES; shard++) {
    for (let i = 0; i < SAMPLES / FILES; i++) {
      const at = (shard * SAMPLES / FILES + i) * 4096 % 1_000_000;
      const name = String(i).padStart(6, "0");
      await files.put(`${shard}/${name}.jpg`, noise.subarray(at, at + IMAGE));
      await files.put(`${shard}/${name}.cls`, new TextEncoder().encode(String(i % 10)));
    }
    const key = `${shard}.tar`;
    await filesToTar(files, `${shard}`, store, key);
    keys.push(key);
  }
  return { directory, keys };
}

function child(
  name: string,
  amount: number,
  work: string,
  directory: string,
  keys: readonly string[],
): Contender {
  return timed(name, amount, [Deno.execPath(), "run", "-A", "--quiet", CHILD, work, directory, ...keys]);
}

function timed(name: string, amount: number, command: readonly string[]): Contender {
  return { name, run: () => runSelfTimed({ command, env: {}, amount }) };
}

function prepared(
  directory: string,
  unit: "bytes" | "calls",
  contenders: readonly Contender[],
  bars: readonly Bar[],
) {
  const dispose = () => Deno.remove(directory, { recursive: true });
  return { contenders, bars, unit, [Symbol.asyncDispose]: dispose };
}
