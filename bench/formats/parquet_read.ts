import { cpuUsage } from "node:process";
import { asyncBufferFromFile, parquetRead } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { openParquet } from "@lade/formats/parquet";
import { openFileStore } from "@lade/fs";
import { findFormatsPython } from "../../tools/servers/formats_python.ts";
import type { Bench, Run } from "../bench.ts";
import { ground } from "../ground/ground.ts";
import { NotHereError, run } from "../peers.ts";

const COLUMNS = 16;
const ROWS = 2_000_000;
const SIZE = COLUMNS * ROWS * 4;

const MAKE = `
import sys
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
random = np.random.default_rng(1)
table = pa.table({f"c{i}": random.standard_normal(${ROWS}).astype(np.float32) for i in range(${COLUMNS})})
pq.write_table(table, sys.argv[1], compression="zstd", row_group_size=${ROWS} // 8, use_dictionary=sys.argv[2] == "1")
`;

const READ = `
import json, resource, sys, time
import pyarrow as pa, pyarrow.parquet as pq
pa.set_cpu_count(2)
def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
def work():
    assert pq.read_table(sys.argv[1]).num_rows == ${ROWS}
work()
cpu, start = used(), time.perf_counter()
work()
print(json.dumps({"seconds": time.perf_counter() - start, "cpuSeconds": used() - cpu}))
`;

/** Floats as they are. */
export const parquetRead16: Bench = bench("parquet-read", "", false);

/** The same by a dictionary, which pyarrow makes by default, and which each place of is told in 18 bits. */
export const parquetReadDictionary: Bench = bench("parquet-read-dictionary", ", by dictionaries", true);

function bench(name: string, how: string, dictionary: boolean): Bench {
  return {
    name,
    title: `Parquet: 16 nullable columns of ${ROWS} float32, zstd, 8 row groups${how}, cached`,
    async prepare() {
      const python = findFormatsPython();
      if (python === undefined) throw new NotHereError("Python with pyarrow");
      const directory = await Deno.makeTempDir({ dir: ground().memory });
      const path = `${directory}/floats.parquet`;
      await run(python, ["-c", MAKE, path, dictionary ? "1" : "0"]);
      const store = await openFileStore(directory);
      const ours = "lade";
      return {
        contenders: [
          { name: ours, run: () => timed(() => readAll(store)) },
          {
            name: "pyarrow, two threads",
            run: async () => {
              const { seconds, cpuSeconds } = JSON.parse(await run(python, ["-c", READ, path]));
              return { rate: SIZE / seconds, cpuSeconds };
            },
          },
          { name: "hyparquet, its own codecs", run: () => timed(() => readHyparquet(path)) },
        ],
        bars: [
          { ours, baseline: "pyarrow, two threads", atLeast: 0.3 },
          { ours, baseline: "hyparquet, its own codecs", atLeast: 3 },
        ],
        unit: "bytes",
        async [Symbol.asyncDispose]() {
          await store[Symbol.asyncDispose]();
          await Deno.remove(directory, { recursive: true });
        },
      };
    },
  };
}

async function readAll(store: Awaited<ReturnType<typeof openFileStore>>): Promise<void> {
  await using table = await openParquet(store, "floats.parquet");
  let rows = 0;
  for await (const batch of table.scan()) rows += batch.rows;
  check(rows);
}

async function readHyparquet(path: string): Promise<void> {
  const file = await asyncBufferFromFile(path);
  let values = 0;
  await parquetRead({ file, compressors, onChunk: ({ columnData }) => values += columnData.length });
  check(values / COLUMNS);
}

function check(rows: number): void {
  if (rows !== ROWS) throw new Error(`${rows} rows were read of ${ROWS}`);
}

async function timed(work: () => Promise<void>): Promise<Run> {
  const before = cpuUsage();
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = cpuUsage(before);
  return { rate: SIZE / seconds, cpuSeconds: (user + system) / 1e6 };
}
