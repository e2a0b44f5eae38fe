import { cpuUsage } from "node:process";
import { openCsv } from "@lade/formats/csv";
import { parseSchema } from "@lade/formats/table";
import { openFileStore } from "@lade/fs";
import { findFormatsPython } from "../../tools/servers/formats_python.ts";
import type { Bench, Run } from "../bench.ts";
import { ground } from "../ground/ground.ts";
import { NotHereError, run } from "../peers.ts";

const ROWS = 1_000_000;
const SCHEMA = parseSchema(
  "id: int64?, x: float64?, y: float32?, count: int32?, name: string?, day: date?, at: timestamp(us)?, ok: bool?",
);

const MAKE = `
import sys, random, datetime
random.seed(1)
day = datetime.date(2020, 1, 1)
with open(sys.argv[1], "w") as file:
    file.write("id,x,y,count,name,day,at,ok\\n")
    for i in range(${ROWS}):
        file.write(f"{i},{random.gauss(0, 1)!r},{random.random():.6f},{random.randrange(10**6)},name {i % 5000},"
            f"{day + datetime.timedelta(i % 2000)},2026-11-29 {i % 24:02}:{i % 60:02}:{i % 59:02}.{i % 1000000:06},{'true' if i & 1 else 'false'}\\n")
`;

const READ = `
import json, resource, sys, time
import pyarrow as pa, pyarrow.csv as csv
types = {"id": pa.int64(), "x": pa.float64(), "y": pa.float32(), "count": pa.int32(), "name": pa.string(),
    "day": pa.date32(), "at": pa.timestamp("us"), "ok": pa.bool_()}
def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
def work():
    table = csv.read_csv(sys.argv[1], csv.ReadOptions(use_threads=False), convert_options=csv.ConvertOptions(column_types=types))
    assert table.num_rows == ${ROWS}
work()
cpu, start = used(), time.perf_counter()
work()
print(json.dumps({"seconds": time.perf_counter() - start, "cpuSeconds": used() - cpu}))
`;

/** A table of cells of eight types, every value of which becomes one of its type. */
export const csvRead: Bench = {
  name: "csv-read",
  title: `CSV: ${ROWS} rows of int64, float64, float32, int32, string, date, timestamp and bool, cached`,
  async prepare() {
    const python = findFormatsPython();
    if (python === undefined) throw new NotHereError("Python with pyarrow");
    const directory = await Deno.makeTempDir({ dir: ground().memory });
    const path = `${directory}/rows.csv`;
    await run(python, ["-c", MAKE, path]);
    const { size } = await Deno.stat(path);
    const store = await openFileStore(directory);
    return {
      contenders: [
        { name: "lade", run: () => timed(size, () => readAll(store)) },
        {
          name: "pyarrow.csv, one thread",
          run: async () => {
            const { seconds, cpuSeconds } = JSON.parse(await run(python, ["-c", READ, path]));
            return { rate: size / seconds, cpuSeconds };
          },
        },
      ],
      bars: [{ ours: "lade", baseline: "pyarrow.csv, one thread", atLeast: 0.3 }],
      // 100 MB/s.
      bounds: [{ ours: "lade", cpuSecondsAtMost: size / 100e6 }],
      unit: "bytes",
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await Deno.remove(directory, { recursive: true });
      },
    };
  },
};

async function readAll(store: Awaited<ReturnType<typeof openFileStore>>): Promise<void> {
  const table = await openCsv(store, "rows.csv", { schema: SCHEMA });
  let rows = 0;
  for await (const batch of table.scan()) rows += batch.rows;
  if (rows !== ROWS) throw new Error(`${rows} rows were read of ${ROWS}`);
}

async function timed(size: number, work: () => Promise<void>): Promise<Run> {
  const before = cpuUsage();
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = cpuUsage(before);
  return { rate: size / seconds, cpuSeconds: (user + system) / 1e6 };
}
