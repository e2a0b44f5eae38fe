import type { Bench, Prepared } from "../bench.ts";
import { startTransportServer } from "../http/transport_server.ts";
import { ladeChildAt } from "../programs.ts";
import { memoryDirectory, raceLargePuts, racePuts } from "../race_files.ts";
import { runSelfTimed } from "../timed_command.ts";
import { azureEnv, rootOf, startAzureContainer } from "./azure_container.ts";
import { azureChild, programsAt } from "./azure_programs.ts";
import { type StartedFake, startFake } from "./start_fake.ts";

const AMOUNT = 2 ** 28;

/** From memory, held against the same blocks by the transport alone. */
export const putMemory: Bench = {
  name: "az-put-memory",
  title: "PUT 256 MiB from memory, Azurite on files",
  async prepare() {
    const container = await startAzureContainer();
    const { env, root } = container;
    const contender = (name: string, command: readonly string[]) => ({
      name,
      run: () => runSelfTimed({ command, env, amount: AMOUNT }),
    });
    return {
      unit: "bytes",
      contenders: [
        contender("lade", ladeChildAt(root, "put", String(AMOUNT))),
        contender("raw blocks, 4 at once", azureChild("raw-blocks", String(AMOUNT))),
      ],
      bars: [{ ours: "lade", baseline: "raw blocks, 4 at once", atLeast: 0.95 }],
      [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
    };
  },
};

/** From memory as a file system, by whole commands. */
export const putFile: Bench = {
  name: "az-put-file",
  title: "PUT 256 MiB from a file in memory, Azurite on files",
  async prepare() {
    const container = await startAzureContainer();
    const directory = await memoryDirectory();
    const bars = [
      // Azurite spares itself the checksum of what bears an MD5, which rclone computes: CPU time decides.
      { ours: "lade", baseline: "rclone", atLeast: 1, cpuAtMost: 1 },
      { ours: "lade", baseline: "s3dlio", atLeast: 1 },
    ];
    const programs = programsAt(container);
    return await racePuts(
      { container, programs, bars, stop: [container, directory] },
      directory.path,
      AMOUNT,
    );
  },
};

/** Races the library and the service's own client over a file of 1 GiB in memory. */
async function raceSdk(server: StartedFake, bars: Prepared["bars"]): Promise<Prepared> {
  return await raceLargePuts(server, (path) => ({
    "lade": ladeChildAt(server.root, "put-file", path),
    "SDK uploadFile": azureChild("sdk-upload-file", path),
  }), bars);
}

/** To the fake, which checks and drops what it gets: it is what bounds the rates. */
export const putFake: Bench = {
  name: "az-put-fake",
  title: "PUT 1 GiB from a file in memory, to the fake",
  prepare: async () =>
    await raceSdk(await startFake(), [{ ours: "lade", baseline: "SDK uploadFile", cpuAtMost: 1 }]),
};

/** To a server that takes what comes and does as little as it can. */
export const putBare: Bench = {
  name: "az-put-bare",
  title: "PUT 1 GiB from a file in memory, to a bare server",
  async prepare() {
    const server = await startTransportServer();
    const account = { url: server.url, account: "bare", key: btoa("a key") };
    const started = {
      root: rootOf(account),
      env: azureEnv(account),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
    return await raceSdk(started, [{ ours: "lade", baseline: "SDK uploadFile", atLeast: 2 }]);
  },
};
