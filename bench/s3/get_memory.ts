import type { Bench, Contender, Prepared } from "../bench.ts";
import type { BenchContainer } from "../bench_container.ts";
import { has } from "../peers.ts";
import { bareTitle, startBareContainer } from "./bare_server.ts";
import { startBenchServer } from "./bench_server.ts";
import { putLarge } from "../race_files.ts";
import { ladeChild, S3 } from "./programs.ts";
import { pythonChild } from "../python_children.ts";
import { runSelfTimed, runTimed } from "../timed_command.ts";

const SIZE = 2 ** 30;
const TITLE = "GET 1 GiB into memory";

/** Four ranges at once, thrown away. */
function curlCommand(url: URL, certificate?: string): readonly string[] {
  const quarter = SIZE / 4;
  const ranges = Array.from({ length: 4 }, (_, i) => `${i * quarter}-${(i + 1) * quarter - 1}`);
  const trust = certificate === undefined ? "" : `--cacert ${certificate}`;
  const script = `for range; do curl -sf ${trust} -r $range -o /dev/null "$0" & done; wait`;
  return ["sh", "-c", script, url.href, ...ranges];
}

/** The same by one process, which moves all four on one core as Lade does. */
function curlAloneCommand(url: URL, certificate?: string): readonly string[] {
  const quarter = SIZE / 4;
  const trust = certificate === undefined ? [] : ["--cacert", certificate];
  const range = (i: number) => [
    ...(i === 0 ? [] : ["--next"]),
    ...["-sf", ...trust, "-r", `${i * quarter}-${(i + 1) * quarter - 1}`, "-o", "/dev/null", url.href],
  ];
  return ["curl", "--parallel", "--parallel-immediate", ...[0, 1, 2, 3].flatMap(range)];
}

/** curl by four ranges, in four processes and in one, where it is there. */
export async function curlContenders(
  url: URL,
  { env, cores }: Pick<BenchContainer, "env" | "cores">,
  certificate?: string,
): Promise<Contender[]> {
  if (!await has("curl")) return [];
  const commands = {
    curl: curlCommand(url, certificate),
    "curl, one process": curlAloneCommand(url, certificate),
  };
  return Object.entries(commands).map(([name, command]) => ({
    name,
    run: () => runTimed({ command, env, amount: SIZE, cores }),
  }));
}

/** Into memory: fresh, and reused. */
export const getMemory: Bench = {
  name: "s3-get-memory",
  title: TITLE,
  async prepare() {
    const server = await startBenchServer();
    await putLarge(server);
    return await race(server);
  },
};

/** The same from the bare server. */
export const getMemoryBare: Bench = {
  name: "s3-get-memory-bare",
  title: bareTitle(TITLE),
  prepare: async () => await race(await startBareContainer({ objects: { "get/large": SIZE } })),
};

async function race(server: BenchContainer): Promise<Prepared> {
  const { env, cores } = server;
  const commands: [string, readonly string[] | undefined][] = [
    ["lade fresh", ladeChild("get-bytes")],
    // What docs/tuning.md tells to do where fresh memory counts.
    ["lade fresh, huge pages", ["env", "GLIBC_TUNABLES=glibc.malloc.hugetlb=1", ...ladeChild("get-bytes")]],
    ["lade reused", ladeChild("read-into")],
    ["lade reused, shared", ladeChild("read-into-shared")],
    ["obstore", pythonChild(S3, "obstore get")],
    ["s3dlio", pythonChild(S3, "s3dlio get")],
  ];
  const { store, key } = await server.lade.locate("s3://bench/get/large");
  const url = await store.presign(key, { expiresInMs: 86_400_000 });
  return {
    unit: "bytes",
    contenders: [
      ...commands.flatMap(([name, command]) =>
        command ? { name, run: () => runSelfTimed({ command, env, amount: SIZE, cores }) } : []
      ),
      ...await curlContenders(url, server),
    ],
    bars: [
      { ours: "lade fresh", baseline: "obstore", atLeast: 1 },
      { ours: "lade fresh", baseline: "s3dlio", atLeast: 1 },
      { ours: "lade reused", baseline: "curl", atLeast: 0.8 },
      { ours: "lade reused, shared", baseline: "curl", atLeast: 0.8 },
    ],
    bounds: [{ ours: "lade reused", cpuSecondsAtMost: 0.6 }],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
