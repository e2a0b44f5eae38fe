/** Cores that server and contender have for themselves, as `taskset` names them. */
export interface CoreSplit {
  /** The server's. */
  readonly server: string;
  /** The contender's. */
  readonly client: string;
}

/** The cores this process may use, in order; empty where the system does not tell. */
export function allowedCores(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
    return list === undefined ? [] : readCoreList(list);
  } catch {
    return [];
  }
}

/** Reads `0-2,5` as 0, 1, 2 and 5. */
export function readCoreList(list: string): number[] {
  return list.split(",").flatMap((part) => {
    const [first = NaN, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** Gives the server a quarter of the cores, one at least, and the contender the rest; nothing where there is but one. */
export function splitCores(cores: readonly number[] = allowedCores()): CoreSplit | undefined {
  if (cores.length < 2) return undefined;
  const server = Math.max(1, Math.floor(cores.length / 4));
  return { server: cores.slice(0, server).join(","), client: cores.slice(server).join(",") };
}

/** The command, kept to cores. */
export function onCores(cores: string | undefined, command: readonly string[]): readonly string[] {
  return cores === undefined ? command : ["taskset", "-c", cores, ...command];
}
