import type { Bar, Bench, Bound, Contender, Prepared } from "./bench.ts";
import type { BenchContainer } from "./bench_container.ts";
import { ground } from "./ground/ground.ts";
import type { Program } from "./programs.ts";
import { stopAll } from "./race_files.ts";
import { withServerCpu } from "./server_cpu.ts";
import { runSelfTimed, runTimed } from "./timed_command.ts";

/** A container with small objects under `small/`, and as many files. */
export interface SmallGround extends AsyncDisposable {
  /** The container. */
  readonly container: BenchContainer;
  /** Holds `files`, of as many files, and `copies`, which contenders make. */
  readonly directory: string;
  /** How many there are. */
  readonly count: number;
}

/** A race over small objects. */
export interface SmallRace {
  readonly name: string;
  readonly title: string;
  /** Starts the server. */
  readonly start: () => Promise<BenchContainer>;
  /** How many objects. */
  readonly count: number;
  /** Bytes of each; 4 KiB by default. */
  readonly size?: number;
  readonly bars: readonly Bar[];
  readonly bounds?: readonly Bound[];
  /** Who takes part. */
  readonly contendersOf: (ground: SmallGround) => readonly Contender[];
}

/** A benchmark over small objects. */
export function smallBench(
  { name, title, start, count, size, bars, bounds = [], contendersOf }: SmallRace,
): Bench {
  return {
    name,
    title,
    async prepare(): Promise<Prepared> {
      const ground = await prepareGround(await start(), count, size);
      return {
        unit: "calls",
        contenders: contendersOf(ground),
        bars,
        bounds,
        [Symbol.asyncDispose]: () => ground[Symbol.asyncDispose](),
      };
    },
  };
}

async function prepareGround(container: BenchContainer, count: number, size = 4096): Promise<SmallGround> {
  const directory = await Deno.makeTempDir({ dir: ground().memory });
  await Deno.mkdir(`${directory}/files`);
  for (let i = 0; i < count; i++) {
    const data = new Uint8Array(size);
    for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
    await Deno.writeFile(`${directory}/files/${String(i).padStart(5, "0")}`, data);
  }
  await container.lade.upload(`${directory}/files`, `${container.root}/small/`);
  const cleanUp = { [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }) };
  return { container, directory, count, [Symbol.asyncDispose]: () => stopAll([container, cleanUp]) };
}

/** Programs that do their work twice and time the second. */
export function childContenders(
  { container, count }: SmallGround,
  commands: Readonly<Record<string, readonly string[] | undefined>>,
): Contender[] {
  return Object.entries(commands).flatMap(([name, command]) =>
    command
      ? {
        name,
        run: () => runSelfTimed({ command, env: container.env, amount: count, cores: container.cores }),
      }
      : []
  );
}

/** Programs that copy all objects to files. */
export function treeReaders(
  { container, directory, count }: SmallGround,
  programs: readonly Program[],
): Contender[] {
  const { env, cores } = container;
  const copies = `${directory}/copies`;
  return programs.flatMap(({ name, getTree }) =>
    getTree
      ? {
        name,
        async run() {
          await Deno.remove(copies, { recursive: true }).catch(() => {});
          await Deno.mkdir(copies);
          const timed = { command: await getTree("small/", copies), env, amount: count, cores };
          const run = await withServerCpu(container, () => runTimed(timed));
          checkCount(name, await countFiles(copies), count);
          return run;
        },
      }
      : []
  );
}

/** Programs that copy all files to objects. */
export function treeWriters(
  { container, directory, count }: SmallGround,
  programs: readonly Program[],
): Contender[] {
  const { env, lade, root, cores } = container;
  return programs.flatMap(({ name, putTree }) =>
    putTree
      ? {
        name,
        async run() {
          await lade.remove(`${root}/tree/`, { recursive: true });
          const command = await putTree(`${directory}/files`, "tree/");
          const run = await withServerCpu(container, () => runTimed({ command, env, amount: count, cores }));
          checkCount(name, (await Array.fromAsync(lade.list(`${root}/tree/`))).length, count);
          return run;
        },
      }
      : []
  );
}

/** Programs that list all keys. */
export function listers(
  { container: { env }, count }: SmallGround,
  programs: readonly Program[],
): Contender[] {
  return programs.flatMap(({ name, list }) =>
    list
      ? { name, run: async () => await runTimed({ command: await list("small/"), env, amount: count }) }
      : []
  );
}

function checkCount(name: string, made: number, count: number): void {
  if (made !== count) throw new Error(`Cannot race ${name}: it made ${made} of ${count}`);
}

async function countFiles(directory: string): Promise<number> {
  let count = 0;
  for await (const { name, isFile } of Deno.readDir(directory)) {
    count += isFile ? 1 : await countFiles(`${directory}/${name}`);
  }
  return count;
}
