import type { Bar, Prepared } from "./bench.ts";
import type { BenchContainer } from "./bench_container.ts";
import { ground } from "./ground/ground.ts";
import type { Program } from "./programs.ts";
import { runSelfTimed, runTimed } from "./timed_command.ts";
import { withServerCpu } from "./server_cpu.ts";
import { makeFile } from "./workspace.ts";

const SIZE = 2 ** 30;
const KEY = "get/large";

/** Puts an object, of 1 GiB by default; what cannot be held in memory by way of `dir`. */
export async function putLarge(
  { lade, root, upload }: Pick<BenchContainer, "lade" | "root" | "upload">,
  size: number = SIZE,
  dir: string = ground().memory,
): Promise<void> {
  const path = await Deno.makeTempFile({ dir });
  try {
    await makeFile(path, size);
    if (upload) await upload(path, KEY);
    else await lade.copy(`file://${path}`, `${root}/${KEY}`);
  } finally {
    await Deno.remove(path);
  }
}

/** How programs are raced. */
export interface Race {
  /** The container. */
  readonly container: BenchContainer;
  /** Whether the object that is read is there already. */
  readonly filled?: boolean;
  /** In place of the container's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Who takes part. */
  readonly programs: readonly Program[];
  /** What is asked of them. */
  readonly bars: readonly Bar[];
  /** Disposed at the end, in this order. */
  readonly stop: readonly AsyncDisposable[];
}

/**
 * Races programs that copy the object to a file, each to `get/large` in a directory of its own below `directory`. An
 * object of more than 1 GiB is made there too.
 */
export async function raceGets(
  { container, env = container.env, programs, bars, stop, filled }: Race,
  directory: string,
  due: number = SIZE,
): Promise<Prepared> {
  if (!filled) await putLarge(container, due, due > SIZE ? directory : ground().memory);
  const target = `${directory}/${KEY}`;
  return {
    unit: "bytes",
    contenders: programs.flatMap(({ name, get }) =>
      get
        ? {
          name,
          async run() {
            await Deno.remove(`${directory}/get`, { recursive: true }).catch(() => {});
            await Deno.mkdir(`${directory}/get`);
            const timed = { command: await get(KEY, target), env, amount: due, cores: container.cores };
            const run = await withServerCpu(container, () => runTimed(timed));
            const { size } = await Deno.stat(target);
            if (size !== due) throw new Error(`Cannot race ${name}: it wrote ${size} bytes`);
            return run;
          },
        }
        : []
    ),
    bars,
    [Symbol.asyncDispose]: () => stopAll(stop),
  };
}

/** Races programs that copy a file of `size` bytes to the object `put/large`. */
export async function racePuts(
  { container, env = container.env, programs, bars, stop }: Race,
  directory: string,
  size: number,
): Promise<Prepared> {
  const path = `${directory}/large`;
  await makeFile(path, size);
  const { lade, root } = container;
  return {
    unit: "bytes",
    contenders: programs.flatMap(({ name, put }) =>
      put
        ? {
          name,
          async run() {
            // rclone passes over what is there already.
            await lade.remove(`${root}/put/large`);
            const timed = {
              command: await put(path, "put/large"),
              env,
              amount: size,
              cores: container.cores,
            };
            const run = await withServerCpu(container, () => runTimed(timed));
            const { size: stored } = await lade.stat(`${root}/put/large`);
            if (stored !== size) throw new Error(`Cannot race ${name}: it wrote ${stored} bytes`);
            return run;
          },
        }
        : []
    ),
    bars,
    [Symbol.asyncDispose]: () => stopAll(stop),
  };
}

/** Races programs that put a file of 1 GiB in memory, twice, and time the second time: `commandsOf` its path, by name. */
export async function raceLargePuts(
  server: Pick<BenchContainer, "env"> & AsyncDisposable,
  commandsOf: (path: string) => Readonly<Record<string, readonly string[]>>,
  bars: readonly Bar[],
): Promise<Prepared> {
  const directory = await memoryDirectory();
  const path = `${directory.path}/large`;
  await makeFile(path, SIZE);
  return {
    unit: "bytes",
    contenders: Object.entries(commandsOf(path)).map(([name, command]) => ({
      name,
      run: () => runSelfTimed({ command, env: server.env, amount: SIZE }),
    })),
    bars,
    [Symbol.asyncDispose]: () => stopAll([server, directory]),
  };
}

/** A directory in memory, removed when disposed. */
export async function memoryDirectory(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ dir: ground().memory });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Disposes one after the other. */
export async function stopAll(stop: readonly AsyncDisposable[]): Promise<void> {
  for (const one of stop) await one[Symbol.asyncDispose]();
}
