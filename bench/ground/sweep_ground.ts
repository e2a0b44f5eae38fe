import { endProcesses } from "./tagged_processes.ts";

/** What directories of runs begin with; the id of the run follows. */
export const GROUND_PREFIX = ".lade-run-";

/** The name of the file that a run keeps locked in each of its directories for as long as it lives. */
export const LOCK = "lock";

/** Removes what runs that are over left in a place, and ends what they started. A run that lives keeps its lock. */
export async function sweepGround(place: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(place)) {
    if (!isDirectory || !name.startsWith(GROUND_PREFIX)) continue;
    const path = `${place}/${name}`;
    if (!await isOver(path)) continue;
    endProcesses(name.slice(GROUND_PREFIX.length).slice(0, crypto.randomUUID().length));
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

async function isOver(path: string): Promise<boolean> {
  try {
    using lock = await Deno.open(`${path}/${LOCK}`, { write: true });
    return await lock.tryLock(true);
  } catch (error) {
    // It is made with its lock: without, its removal has begun. What cannot be opened is somebody else's.
    return error instanceof Deno.errors.NotFound;
  }
}
