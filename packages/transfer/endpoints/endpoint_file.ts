import { type Clock, type EndpointRecords, type LearnedEndpoint, systemClock } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { MOST_DAYS, MOST_ENTRIES, parseEndpoints, writeEndpoints } from "./endpoint_text.ts";

/** Where {@linkcode endpointFile} keeps what was learned. */
export interface EndpointFileOptions {
  /** The directory; it is made where there is none. */
  readonly directory: string;
  /** Time; the system's by default. */
  readonly clock?: Pick<Clock, "now">;
}

/** The name of the file; another form of it gets another. */
const NAME = "endpoints-1.json";
/** Nothing of ours is larger. */
const MOST_BYTES = 2 ** 18;

/**
 * Keeps what was learned of endpoints in a small file, for an `EndpointMemory`: of each endpoint its scheme, host and
 * port, the limits, the rates and when they were learned, of the last 256 endpoints and 7 days. The file is replaced in
 * one step. One that is damaged, or that is not permitted to be read or written, is as none: it only saves time.
 */
export function endpointFile({ directory, clock = systemClock }: EndpointFileOptions): EndpointRecords {
  const path = `${directory.replace(/\/+$/, "")}/${NAME}`;
  const load = async () => isPermitted("read", directory) ? await readEndpoints(path, clock) : [];
  return {
    load,
    async save(learned) {
      if (!isPermitted("read", directory) || !isPermitted("write", directory)) return;
      const kept = merge(await load(), learned);
      const temporary = `${path}.${crypto.randomUUID()}.tmp`;
      try {
        await system.mkdir(directory, { recursive: true, mode: 0o700 });
        await system.writeTextFile(temporary, writeEndpoints(kept), { createNew: true, mode: 0o600 });
        await system.rename(temporary, path);
      } catch {
        // The next process finds out anew.
        await system.remove(temporary).catch(() => {});
      }
    },
  };
}

/** Nobody is to be asked for a permission because of it. */
function isPermitted(name: "read" | "write", path: string): boolean {
  return system.permissions.querySync({ name, path }).state === "granted";
}

async function readEndpoints(path: string, clock: Pick<Clock, "now">): Promise<LearnedEndpoint[]> {
  try {
    const { isFile, size } = await system.stat(path);
    if (!isFile || size > MOST_BYTES) return [];
    const oldestMs = clock.now() - MOST_DAYS * 86_400_000;
    return parseEndpoints(await system.readTextFile(path)).filter(({ learnedMs }) =>
      learnedMs >= oldestMs && learnedMs <= clock.now()
    );
  } catch {
    return [];
  }
}

/** The newest of each endpoint, the newest first. */
function merge(kept: readonly LearnedEndpoint[], learned: readonly LearnedEndpoint[]): LearnedEndpoint[] {
  const newest = [...kept, ...learned].sort((a, b) => b.learnedMs - a.learnedMs);
  const byName = new Map<string, LearnedEndpoint>();
  for (const entry of newest) {
    const name = `${entry.direction} ${entry.endpoint}`;
    if (!byName.has(name)) byName.set(name, entry);
  }
  return [...byName.values()].slice(0, MOST_ENTRIES);
}
