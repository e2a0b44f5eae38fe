import { cpuUsage } from "node:process";

/** Does a piece of work twice and prints seconds and CPU seconds of the second time, as `runSelfTimed` reads them. */
export async function runTwice(work: () => Promise<unknown>): Promise<void> {
  await work();
  const before = cpuUsage();
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = cpuUsage(before);
  console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6 }));
}
