import type { Bench } from "../bench.ts";
import { ladeChildAt } from "../programs.ts";
import { putLarge, stopAll } from "../race_files.ts";
import { startBenchServer } from "../s3/bench_server.ts";
import { runSelfTimed } from "../timed_command.ts";
import { startAzureContainer } from "./azure_container.ts";

const SIZE = 2 ** 30;
const PUT_SIZE = 2 ** 28;

/** What the client itself costs, held against s3:// in the same run. */
export const clientCpu: Bench = {
  name: "az-client-cpu",
  title: "CPU of the client for 1 GiB, az:// against s3://",
  async prepare() {
    const containers = { az: await startAzureContainer(), s3: await startBenchServer() };
    for (const container of Object.values(containers)) await putLarge(container);
    const contenders = Object.entries(containers).flatMap(([scheme, { root, env }]) => {
      const run = (amount: number, ...work: string[]) => () =>
        runSelfTimed({ command: ladeChildAt(root, ...work), env, amount });
      return [
        { name: `${scheme}:// read`, run: run(SIZE, "read-into") },
        { name: `${scheme}:// write`, run: run(PUT_SIZE, "put", String(PUT_SIZE)) },
      ];
    });
    const bars = ["read", "write"].map((work) => ({
      ours: `az:// ${work}`,
      baseline: `s3:// ${work}`,
      cpuAtMost: 1.2,
    }));
    return {
      unit: "bytes",
      contenders,
      bars,
      [Symbol.asyncDispose]: () => stopAll(Object.values(containers)),
    };
  },
};
