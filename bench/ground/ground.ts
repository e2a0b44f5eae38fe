import { GROUND_PREFIX, LOCK, sweepGround } from "./sweep_ground.ts";
import { markOf, RUN_VARIABLE } from "./tagged_processes.ts";

/** Where a run of the benchmarks makes its files: a directory of its own in each place. */
export interface Ground {
  /** In memory as a file system, where the system has it, so that no disk bounds the rates. */
  readonly memory: string;
  /** On the disk of the working directory, or where `LADE_BENCH_DIR` says. */
  readonly disk: string;
}

/**
 * Waits for its input to end, which is when the run ends, however it does; then ends what the run started, which bears its
 * mark, and removes its directories: `sh -c … MARK DIRECTORY…`. Ctrl-C is meant for the run.
 */
const GUARD = `trap '' INT TERM HUP
cat >/dev/null
for try in 1 2 3 4 5; do
  kill -9 $(grep -lszE "$0" /proc/[0-9]*/environ | cut -d/ -f3) 2>/dev/null
  rm -rf -- "$@" 2>/dev/null && exit
  sleep 0.2
done`;

let opened: Ground | undefined;

/** The ground of this run; before it is opened, the places themselves. */
export function ground(): Ground {
  return opened ?? places();
}

/**
 * Opens the ground of this run, once what runs before left behind is swept. Whatever ends this process then, nothing that
 * it started goes on, and nothing of its files stays.
 */
export async function openGround(): Promise<void> {
  const { memory, disk } = places();
  const temporary = Deno.env.get("TMPDIR") ?? "/tmp";
  for (const place of new Set([memory, disk, temporary])) await sweepGround(place);
  const id = crypto.randomUUID();
  const [inMemory, onDisk, forOthers] = [memory, disk, temporary].map((place) => makeRoot(place, id));
  // The guard itself bears no mark.
  const outer = Deno.env.get(RUN_VARIABLE);
  const { [RUN_VARIABLE]: _, ...env } = Deno.env.toObject();
  const guard = new Deno.Command("sh", {
    args: ["-c", GUARD, markOf(id), ...[inMemory, onDisk, forOthers].map(String)],
    env,
    clearEnv: true,
    stdin: "piped",
    stdout: "null",
    // Who reads what the run says sees the end of it when all is removed.
    stderr: "inherit",
  }).spawn();
  guard.unref();
  Deno.env.set(RUN_VARIABLE, outer === undefined ? id : `${outer},${id}`);
  Deno.env.set("TMPDIR", String(forOthers));
  opened = { memory: String(inMemory), disk: String(onDisk) };
  endWithTask();
}

function places(): Ground {
  return {
    memory: isDirectory("/dev/shm") ? "/dev/shm" : "/tmp",
    disk: Deno.env.get("LADE_BENCH_DIR") ?? Deno.cwd(),
  };
}

/** Makes a directory and locks it, before it has the name by which it is swept. */
function makeRoot(place: string, id: string): string {
  const path = Deno.makeTempDirSync({ dir: place });
  Deno.openSync(`${path}/${LOCK}`, { write: true, create: true }).lockSync(true);
  const root = Deno.makeTempDirSync({ dir: place, prefix: `${GROUND_PREFIX}${id}-` });
  Deno.renameSync(path, root);
  return root;
}

/** `deno task` passes on signals, but for the one that it cannot see: where it is gone, this process ends. */
function endWithTask(): void {
  if (!Deno.env.has("INIT_CWD")) return;
  const task = Deno.ppid;
  Deno.unrefTimer(setInterval(() => Deno.ppid === task || Deno.exit(1), 1000));
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
