import { fileURLToPath } from "node:url";
import { pythonFrame } from "../python_frame.ts";
import { openFileStore } from "../../packages/fs/mod.ts";
import { encodeExample } from "../../packages/formats/example/mod.ts";
import { createRecordWriter } from "../../packages/formats/tfrecord/mod.ts";
import { findFormatsPython } from "../../tools/servers/formats_python.ts";
import type { Bar, Bench, Bound, Contender } from "../bench.ts";
import { ground } from "../ground/ground.ts";
import { NotHereError, run } from "../peers.ts";
import { runSelfTimed } from "../timed_command.ts";

/** Bytes of a sample: 224 x 224 x 3. */
const SAMPLE = 150_528;
const SAMPLES = 1600;
const FILES = 4;
const EXAMPLES = 20_000;
/** So often is each work done in a run. */
const PASSES = 5;
const CHILD = fileURLToPath(new URL("./tfrecord_child.ts", import.meta.url));

/** Of PASSES DIRECTORY KEY…: the work is done as often as PASSES says. */
const FRAME = (imports: string, work: string) =>
  pythonFrame({
    imports,
    prepare: `passes, directory, keys = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
def once():
${work}`,
    work: "    for _ in range(passes): once()",
  });

const WEBDATASET = FRAME(
  "webdataset",
  `    urls = [directory + "/" + key for key in keys]
    assert sum(len(sample["bin"]) for sample in webdataset.WebDataset(urls, shardshuffle=False)) == ${
    SAMPLE * SAMPLES
  }`,
);
const LOADER = FRAME(
  "tfrecord",
  `    for key in keys:
        assert sum(1 for _ in tfrecord.tfrecord_loader(directory + "/" + key, None)) > 0`,
);
const PLAIN_READER = FRAME(
  "tfrecord.reader",
  `    for key in keys:
        assert sum(len(r) for r in tfrecord.reader.tfrecord_iterator(directory + "/" + key)) > 0`,
);
const INDEXER = FRAME(
  "tfrecord.tools.tfrecord2idx",
  `    for key in keys:
        tfrecord.tools.tfrecord2idx.create_index(directory + "/" + key, directory + "/" + key + ".python")`,
);
const MAKE_TARS = `
import sys, webdataset
directory, count = sys.argv[1], int(sys.argv[2])
for shard in range(${FILES}):
    data = open(directory + "/noise", "rb").read()
    with webdataset.TarWriter(f"{directory}/{shard}.tar") as writer:
        for i in range(shard * count // ${FILES}, (shard + 1) * count // ${FILES}):
            at = i * 4096 % 1000000
            writer.write({"__key__": "%06d" % i, "bin": data[at:at + ${SAMPLE}]})
`;

const FILE_KEYS = Array.from({ length: FILES }, (_, file) => `${file}.tfrecord`);

/** Records of 150 KB in order, in memory as a file system, against webdataset on the same samples in tars. */
export const tfrecordOrder: Bench = {
  name: "tfrecord-order",
  title: `${SAMPLES} records of ${SAMPLE} bytes in ${FILES} files, in order, every checksum compared`,
  async prepare() {
    const python = pythonOrNot();
    const directory = await makeSamples();
    await run(python, ["-c", MAKE_TARS, directory, String(SAMPLES)]);
    const tars = FILE_KEYS.map((key) => key.replace("tfrecord", "tar"));
    const amount = SAMPLE * SAMPLES * PASSES;
    const ours = "lade readRecords";
    return prepared(directory, "bytes", [
      child(ours, amount, "records", directory, FILE_KEYS),
      child("lade readChunks, bytes alone", amount, "stored", directory, FILE_KEYS),
      child("lade, what checksums cost", 2 ** 30, "crc", directory, FILE_KEYS),
      timed("webdataset, tar", amount, [python, "-c", WEBDATASET, String(PASSES), directory, ...tars]),
      timed("tfrecord (PyPI), nothing checked", amount, [
        python,
        "-c",
        PLAIN_READER,
        String(PASSES),
        directory,
        ...FILE_KEYS,
      ]),
    ], [
      { ours, baseline: "webdataset, tar", atLeast: 3 },
      { ours, baseline: "tfrecord (PyPI), nothing checked", atLeast: 1 },
    ], [{ ours: "lade, what checksums cost", cpuSecondsAtMost: 0.12 }]);
  },
};

/** Small tf.Examples into columns, against PyPI's tfrecord. */
export const tfrecordExamples: Bench = {
  name: "tfrecord-examples",
  title: `${EXAMPLES} tf.Examples of two whole numbers, a text and 32 floats into columns`,
  async prepare() {
    const python = pythonOrNot();
    const directory = await Deno.makeTempDir({ dir: ground().memory });
    await using store = await openFileStore(directory);
    await using writer = await createRecordWriter(store, "small.tfrecord");
    for (let id = 0; id < EXAMPLES; id++) {
      const values = Float32Array.from({ length: 32 }, (_, place) => id / (place + 1));
      await writer.write(encodeExample({
        id: { ints: [id] },
        label: { ints: [id % 1000] },
        name: { bytes: [`sample ${id}`] },
        values: { floats: values },
      }));
    }
    await writer.close();
    const keys = ["small.tfrecord"];
    const ours = "lade openTable";
    return prepared(directory, "calls", [
      child(ours, EXAMPLES * PASSES, "examples", directory, keys),
      timed("tfrecord (PyPI)", EXAMPLES * PASSES, [python, "-c", LOADER, String(PASSES), directory, ...keys]),
    ], [{ ours, baseline: "tfrecord (PyPI)", atLeast: 2 }]);
  },
};

/** The index of records of 150 KB, against PyPI's `tfrecord2idx`. */
export const tfrecordIndex: Bench = {
  name: "tfrecord-index",
  title: `the index of ${SAMPLES} records of ${SAMPLE} bytes in ${FILES} files`,
  async prepare() {
    const python = pythonOrNot();
    const directory = await makeSamples();
    const ours = "lade indexObjects";
    return prepared(directory, "calls", [
      child(ours, SAMPLES * PASSES, "index", directory, FILE_KEYS),
      timed("tfrecord2idx (PyPI)", SAMPLES * PASSES, [
        python,
        "-c",
        INDEXER,
        String(PASSES),
        directory,
        ...FILE_KEYS,
      ]),
    ], [{ ours, baseline: "tfrecord2idx (PyPI)", atLeast: 5 }]);
  },
};

function pythonOrNot(): string {
  const python = findFormatsPython();
  if (python === undefined) throw new NotHereError("Python with tfrecord and webdataset");
  return python;
}

/** Files of samples, and the bytes that these are cut from. */
async function makeSamples(): Promise<string> {
  const directory = await Deno.makeTempDir({ dir: ground().memory });
  const noise = new Uint8Array(1_200_000);
  for (let at = 0; at < noise.length; at += 60_000) crypto.getRandomValues(noise.subarray(at, at + 60_000));
  await Deno.writeFile(`${directory}/noise`, noise);
  await using store = await openFileStore(directory);
  for (const [file, key] of FILE_KEYS.entries()) {
    await using writer = await createRecordWriter(store, key);
    for (let i = file * SAMPLES / FILES; i < (file + 1) * SAMPLES / FILES; i++) {
      const at = i * 4096 % 1_000_000;
      await writer.write(noise.subarray(at, at + SAMPLE));
    }
    await writer.close();
  }
  return directory;
}

function child(
  name: string,
  amount: number,
  work: string,
  directory: string,
  keys: readonly string[],
): Contender {
  return timed(name, amount, [
    Deno.execPath(),
    "run",
    "-A",
    "--quiet",
    CHILD,
    work,
    String(PASSES),
    directory,
    ...keys,
  ]);
}

function timed(name: string, amount: number, command: readonly string[]): Contender {
  return { name, run: () => runSelfTimed({ command, env: {}, amount }) };
}

function prepared(
  directory: string,
  unit: "bytes" | "calls",
  contenders: readonly Contender[],
  bars: readonly Bar[],
  bounds: readonly Bound[] = [],
) {
  const dispose = () => Deno.remove(directory, { recursive: true });
  return { contenders, bars, bounds, unit, [Symbol.asyncDispose]: dispose };
}
