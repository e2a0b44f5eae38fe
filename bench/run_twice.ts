import { cpuUsage } from "node:process";

/**
 * Does a piece of work twice and prints seconds and CPU seconds of the second time, as `runSelfTimed` reads them. What is done
 * `before` each time is not measured.
 */
export async function runTwice(
  work: () => Promise<unknown>,
  before: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  await before();
  await work();
  await before();
  const usedBefore = cpuUsage();
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = cpuUsage(usedBefore);
  console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6 }));
}
