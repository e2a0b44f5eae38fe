import type { Run } from "./bench.ts";
import type { BenchContainer } from "./bench_container.ts";

/** What `sysconf(_SC_CLK_TCK)` is wherever Linux runs. */
const TICKS_PER_SECOND = 100;

/** A run, with the CPU time that the server used meanwhile where the system tells. */
export async function withServerCpu(
  { process }: Pick<BenchContainer, "process">,
  run: () => Promise<Run>,
): Promise<Run> {
  const before = process === undefined ? undefined : cpuSecondsOf(process);
  const ran = await run();
  const after = process === undefined ? undefined : cpuSecondsOf(process);
  return before === undefined || after === undefined ? ran : { ...ran, serverCpuSeconds: after - before };
}

/** User and system time so far of a process and of those below it; nothing where the system does not tell. */
export function cpuSecondsOf(root: number): number | undefined {
  const used = new Map<number, { parent: number; ticks: number }>();
  try {
    for (const { name } of Deno.readDirSync("/proc")) {
      const stat = /^\d+$/.test(name) ? statOf(name) : undefined;
      if (stat) used.set(Number(name), stat);
    }
  } catch {
    return undefined;
  }
  const isBelow = (pid: number): boolean => pid === root || (pid > 1 && isBelow(used.get(pid)?.parent ?? 0));
  const own = [...used].filter(([pid]) => isBelow(pid));
  return own.length === 0 ? undefined : own.reduce((sum, [, { ticks }]) => sum + ticks, 0) / TICKS_PER_SECOND;
}

function statOf(pid: string): { parent: number; ticks: number } | undefined {
  try {
    // The name before it, in brackets, may hold anything.
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ").map(Number) ??
      [];
    return { parent: fields[1] ?? 0, ticks: (fields[11] ?? 0) + (fields[12] ?? 0) };
  } catch {
    return undefined;
  }
}
