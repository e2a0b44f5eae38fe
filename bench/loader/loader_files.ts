import type { Bar, Bench, Bound, Contender } from "../bench.ts";
import { s3dlioPython } from "../peers.ts";
import { runSelfTimed } from "../timed_command.ts";
import { makeFile, makeWorkspace } from "../workspace.ts";

/** What is loaded: files of one size, in batches. */
interface Shape {
  readonly name: string;
  readonly title: string;
  readonly count: number;
  readonly size: number;
  readonly batch: number;
  /** Against s3dlio's loader. */
  readonly s3dlio: number;
  /** Against bare system calls. */
  readonly calls: number;
  /** CPU seconds for a GiB at most. */
  readonly cpuPerGib: number;
}

const CHILD = new URL("./loader_child.ts", import.meta.url).pathname;
const S3DLIO = `
import asyncio, json, resource, s3dlio, sys, time
uri, total, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
async def work():
    n = 0
    options = {"batch_size": batch, "shuffle": True, "seed": 1, "prefetch": 8}
    async for items in s3dlio.create_async_loader(uri, options):
        for item in (items if isinstance(items, list) else [items]): n += len(item)
    assert n == total, n
asyncio.run(work())
cpu, start = used(), time.perf_counter()
asyncio.run(work())
print(json.dumps({"seconds": time.perf_counter() - start, "cpuSeconds": used() - cpu}))
`;

function bench(shape: Shape): Bench {
  const { name, title, count, size, batch, cpuPerGib } = shape;
  const amount = count * size;
  return {
    name,
    title,
    async prepare() {
      const workspace = await makeWorkspace();
      const directory = `${workspace.path}/files`;
      await Deno.mkdir(directory);
      for (let file = 0; file < count; file++) {
        await makeFile(`${directory}/${String(file).padStart(5, "0")}`, size);
      }
      const child = (work: string): Contender => {
        const args = [CHILD, work, directory, `${count}`, `${size}`, `${batch}`];
        const command = [Deno.execPath(), "run", "--no-check", "-A", ...args];
        return { name: `lade ${work}`, run: () => runSelfTimed({ command, env: {}, amount }) };
      };
      const contenders: Contender[] = [child("loader"), { ...child("calls"), name: "bare calls" }];
      const bars: Bar[] = [{ ours: "lade loader", baseline: "bare calls", atLeast: shape.calls }];
      const bounds: Bound[] = [{ ours: "lade loader", cpuSecondsAtMost: cpuPerGib * amount / 2 ** 30 }];
      const python = await s3dlioPython();
      if (python !== undefined) {
        const command = [python, "-c", S3DLIO, `file://${directory}/`, `${amount}`, `${batch}`];
        contenders.push({ name: "s3dlio loader", run: () => runSelfTimed({ command, env: {}, amount }) });
        bars.push({ ours: "lade loader", baseline: "s3dlio loader", atLeast: shape.s3dlio });
      }
      return {
        contenders,
        bars,
        bounds,
        unit: "bytes",
        [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
      };
    },
  };
}

/** Samples of the size of an image. */
export const loaderFiles: Bench = bench({
  name: "loader-files",
  title: "loader over 4,000 files of 150 kB, cached, shuffled, in batches of 64",
  count: 4000,
  size: 150_528,
  batch: 64,
  s3dlio: 1.3,
  calls: 0.75,
  cpuPerGib: 0.45,
});

/** Large samples. */
export const loaderLarge: Bench = bench({
  name: "loader-large",
  title: "loader over 48 files of 8 MiB, cached, shuffled, in batches of 4",
  count: 48,
  size: 8 * 2 ** 20,
  batch: 4,
  s3dlio: 1.8,
  calls: 0.7,
  cpuPerGib: 0.35,
});
