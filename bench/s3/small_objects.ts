import type { Bar, Bench, Contender } from "../bench.ts";
import { type BenchServer, MEMORY_DIRECTORY, startBenchServer } from "./bench_server.ts";
import { lade, ladeChild, peerPrograms } from "./programs.ts";
import { pythonChild } from "./python_children.ts";
import { runSelfTimed, runTimed } from "./timed_command.ts";

const COUNT = 10_000;

interface Ground extends AsyncDisposable {
  readonly server: BenchServer;
  /** Holds `files`, of as many files, and `copies`, which contenders make. */
  readonly directory: string;
}

/** A server with 10,000 objects of 4 KiB under `small/`, and as many files. */
async function prepareGround(): Promise<Ground> {
  const server = await startBenchServer();
  const directory = await Deno.makeTempDir({ dir: MEMORY_DIRECTORY });
  await Deno.mkdir(`${directory}/files`);
  for (let i = 0; i < COUNT; i++) {
    const data = crypto.getRandomValues(new Uint8Array(4096));
    await Deno.writeFile(`${directory}/files/${String(i).padStart(5, "0")}`, data);
  }
  await server.lade.upload(`${directory}/files`, "s3://bench/small/");
  return {
    server,
    directory,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

function smallBench(
  name: string,
  title: string,
  bars: readonly Bar[],
  contendersOf: (ground: Ground) => readonly Contender[],
): Bench {
  return {
    name,
    title,
    async prepare() {
      const ground = await prepareGround();
      return {
        unit: "calls",
        contenders: contendersOf(ground),
        bars,
        [Symbol.asyncDispose]: () => ground[Symbol.asyncDispose](),
      };
    },
  };
}

function childContenders(
  { server: { env } }: Ground,
  commands: Readonly<Record<string, readonly string[] | undefined>>,
): Contender[] {
  return Object.entries(commands).flatMap(([name, command]) =>
    command ? { name, run: () => runSelfTimed({ command, env, amount: COUNT }) } : []
  );
}

/** Reads into memory. */
export const getMany = smallBench(
  "s3-get-many",
  "GET 10,000 x 4 KiB into memory",
  [{ ours: "lade getMany", baseline: "s3dlio get_many", atLeast: 3 }],
  (ground) =>
    childContenders(ground, {
      "lade getMany": ladeChild("get-many", String(COUNT)),
      "s3dlio get_many": pythonChild("s3dlio get_many", "", String(COUNT)),
    }),
);

/** Writes from memory. */
export const putMany = smallBench(
  "s3-put-many",
  "PUT 10,000 x 4 KiB from memory",
  [{ ours: "lade put", baseline: "s3dlio put_many", atLeast: 1 }],
  (ground) =>
    childContenders(ground, {
      "lade put": ladeChild("put-many", String(COUNT)),
      "s3dlio put_many": pythonChild("s3dlio put_many", "put/", String(COUNT)),
    }),
);

/** Reads to files. */
export const getTree = smallBench(
  "s3-get-tree",
  "GET 10,000 x 4 KiB to files in memory",
  [{ ours: "lade", baseline: "rclone", atLeast: 1.2 }],
  ({ server: { env }, directory }) =>
    [lade, ...peerPrograms()].flatMap(({ name, getTree }) => {
      const copies = `${directory}/copies`;
      return getTree
        ? {
          name,
          async run() {
            await Deno.remove(copies, { recursive: true }).catch(() => {});
            await Deno.mkdir(copies);
            const run = await runTimed({ command: await getTree("small/", copies), env, amount: COUNT });
            await checkCount(name, await countFiles(copies));
            return run;
          },
        }
        : [];
    }),
);

/** Writes from files. */
export const putTree = smallBench(
  "s3-put-tree",
  "PUT 10,000 x 4 KiB from files in memory",
  [{ ours: "lade", baseline: "s5cmd", atLeast: 1.5 }],
  ({ server, directory }) =>
    [lade, ...peerPrograms()].flatMap(({ name, putTree }) =>
      putTree
        ? {
          name,
          async run() {
            await server.lade.remove("s3://bench/tree/", { recursive: true });
            const command = await putTree(`${directory}/files`, "tree/");
            const run = await runTimed({ command, env: server.env, amount: COUNT });
            await checkCount(name, (await Array.fromAsync(server.lade.list("s3://bench/tree/"))).length);
            return run;
          },
        }
        : []
    ),
);

/** Lists, start-up included. */
export const list = smallBench(
  "s3-list",
  "List 10,000 keys",
  [{ ours: "lade", baseline: "s5cmd", atLeast: 1 }],
  ({ server: { env } }) =>
    [lade, ...peerPrograms()].flatMap(({ name, list }) =>
      list
        ? { name, run: async () => await runTimed({ command: await list("small/"), env, amount: COUNT }) }
        : []
    ),
);

function checkCount(name: string, count: number): void {
  if (count !== COUNT) throw new Error(`Cannot race ${name}: it made ${count} of ${COUNT}`);
}

async function countFiles(directory: string): Promise<number> {
  let count = 0;
  for await (const { name, isFile } of Deno.readDir(directory)) {
    count += isFile ? 1 : await countFiles(`${directory}/${name}`);
  }
  return count;
}
