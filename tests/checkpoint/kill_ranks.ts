import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { openCheckpoints } from "@lade/checkpoint";
import { Lade, type LadeConfig, sweepUri } from "@lade/lade";
import { seededRandom } from "@lade/testing";
import { MOMENTS, type SavingTask } from "./saving_process.ts";
import { assertAllWhole, contentOf } from "./trained_world.ts";

const SCRIPT = fileURLToPath(new URL("./saving_process.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** What makes all that is chosen at random. */
export const SEED = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));

const WORLD = 2;
/** Calls of a rank within which it is killed: of its opening, and of two saves. */
const CALLS = 22;

/**
 * Begins runs of two ranks, one after the other, each of which ends by SIGKILL at a moment that the seed chooses. What they said to be
 * saved is there behind it, whole; what they left is removed at the end.
 */
export async function killRanks(
  { uri, config, rounds }: { readonly uri: string; readonly config: LadeConfig; readonly rounds: number },
): Promise<void> {
  const random = seededRandom(SEED);
  const below = (count: number) => Math.floor(random() * count);
  let [last, kills] = [0, 0];
  await using lade = new Lade({ config });
  const { store, key } = await lade.locate(uri);
  for (let round = 0; round < rounds; round++) {
    const killed = below(WORLD);
    const at = below(CALLS);
    const moment = MOMENTS[below(MOMENTS.length)] ?? "before";
    const why = `seed ${SEED}, round ${round}: rank ${killed} killed ${moment} call ${at}`;
    const run = `round ${round}`;
    const ends = await runRanks((rank) => {
      const task = { config, uri, run, rank, worldSize: WORLD, steps: 3, moment };
      return { ...task, at: rank === killed ? at : -1 };
    });
    if (ends.some(({ signal }) => signal === "SIGKILL")) kills++;
    for (const { signal, code, stderr } of ends) {
      assert(signal === "SIGKILL" || code === 0, `${why}: ${stderr}`);
    }
    const said = Math.max(last, ...ends.flatMap(({ steps }) => steps));
    await using checkpoints = await openCheckpoints(store, key, { run: `look ${round}` });
    await checkpoints.recover();
    const infos = await assertAllWhole(checkpoints);
    const newest = infos[0]?.step ?? 0;
    assert(newest >= said && newest <= last + 3, `${why}: ${newest} where ${said} was saved`);
    last = newest;
  }
  assert(kills >= rounds / 2, `only ${kills} were killed`);
  await using checkpoints = await openCheckpoints(store, key, { run: "last", graceMs: 0 });
  const saved = await checkpoints.save(last + 1, contentOf(0, 1, last + 1)).committed;
  // The holds of those who were killed end with their lease: a service that tells seconds would have to be waited for.
  for await (const { key: held } of store.list(`${key}holds/`)) await store.delete(held);
  await checkpoints.gc({ keep: { last: 1 } });
  assertEquals(await checkpoints.latest(), saved);
  const kept: string[] = [];
  for await (const { key } of store.list()) if (!/\/(?:runs|retired)\//.test(`/${key}`)) kept.push(key);
  // The manifest, and two objects of data.
  const own = kept.filter((key) => /(?:data|records|holds|indexes|commits)\//.test(key));
  assertEquals(own.length, 3, kept.join(" "));
  for await (const { error } of sweepUri(lade, uri, { olderThanMs: 0 })) assertEquals(error, undefined);
  assertEquals(await Array.fromAsync(sweepUri(lade, uri, { olderThanMs: 0 })), []);
}

interface Ended {
  readonly steps: readonly number[];
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stderr: string;
}

/** Runs all ranks until one of them has ended, whom the others follow where it was killed. */
async function runRanks(taskOf: (rank: number) => SavingTask): Promise<Ended[]> {
  const children = Array.from({ length: WORLD }, (_, rank) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--quiet",
        "--no-check",
        `--config=${CONFIG}`,
        SCRIPT,
        JSON.stringify(taskOf(rank)),
      ],
      stdout: "piped",
      stderr: "piped",
    }).spawn());
  return await Promise.all(children.map(async (child) => {
    const { code, signal, stdout, stderr } = await child.output();
    if (code !== 0) { for (const other of children) killQuietly(other); }
    const steps = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "").map(Number);
    return { steps, code, signal, stderr: new TextDecoder().decode(stderr) };
  }));
}

function killQuietly(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has ended.
    if (!(error instanceof TypeError)) throw error;
  }
}
