/** The variable that all processes of a run bear: the ids of the run and of those that it runs in. */
export const RUN_VARIABLE = "LADE_BENCH_RUN";

/** A pattern for what the environment of each process of a run has. */
export function markOf(id: string): string {
  return `^${RUN_VARIABLE}=(.*,)?${id}(,|$)`;
}

/** Ends all processes of a run at once, where the system tells who they are. */
export function endProcesses(id: string): void {
  const mark = new RegExp(markOf(id), "m");
  for (const pid of processes()) {
    if (mark.test(environmentOf(pid))) kill(pid);
  }
}

function processes(): number[] {
  try {
    return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(Number.isSafeInteger);
  } catch {
    return [];
  }
}

function environmentOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/environ`).replaceAll("\0", "\n");
  } catch {
    // It has ended, or is somebody else's.
    return "";
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
