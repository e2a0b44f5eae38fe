import { allowedCores } from "../cores.ts";

/** What figures were taken on. */
export interface Machine {
  /** Cores this process may use. */
  readonly cores: number;
  /** What the processor calls itself. */
  readonly processor: string;
  readonly kernel: string;
  readonly deno: string;
  /** When it was begun, in ISO 8601. */
  readonly date: string;
}

/** Looks at the machine. */
export function machine(): Machine {
  return {
    cores: allowedCores().length || navigator.hardwareConcurrency,
    processor: processor(),
    kernel: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    deno: Deno.version.deno,
    date: new Date().toISOString(),
  };
}

function processor(): string {
  try {
    return /^model name\s*:\s*(.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? "unknown";
  } catch {
    return "unknown";
  }
}
