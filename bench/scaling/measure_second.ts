import { cpuUsage } from "node:process";
import type { Done } from "./works.ts";

/** Does a piece of work twice and prints what the second time took, of this process and of the server. */
export async function measureSecond(url: string, work: () => Promise<unknown>): Promise<void> {
  await work();
  const serverBefore = await serverCpu(url);
  const before = cpuUsage();
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = cpuUsage(before);
  const done: Done = {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    serverCpuSeconds: await serverCpu(url) - serverBefore,
  };
  console.log(JSON.stringify(done));
}

async function serverCpu(url: string): Promise<number> {
  const { cpuSeconds } = await (await fetch(`${url}/-/counts`)).json();
  return cpuSeconds;
}
