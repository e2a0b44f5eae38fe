/** A rank of a training as a program of its own, which kills itself at one of its calls: what it does is its argument, in JSON. */
import { openCheckpoints } from "@lade/checkpoint";
import { Lade, type LadeConfig } from "@lade/lade";
import { CrashingStore, Mutations } from "./crashing_store.ts";
import { assertWhole, contentOf } from "./trained_world.ts";

/** When it is killed: before its call, while it is made, or behind it. */
export const MOMENTS = ["before", "during", "behind"] as const;

/** What a rank does. */
export interface SavingTask {
  readonly config: LadeConfig;
  readonly uri: string;
  readonly run: string;
  readonly rank: number;
  readonly worldSize: number;
  /** Steps that it saves at most. */
  readonly steps: number;
  /** At which of the calls that change something it is killed. */
  readonly at: number;
  readonly moment: typeof MOMENTS[number];
}

class Killing extends Mutations {
  readonly #task: SavingTask;

  constructor(task: SavingTask) {
    super();
    this.#task = task;
  }

  override async make<T>(name: string, call: () => Promise<T>): Promise<T> {
    const { at, moment } = this.#task;
    if (this.calls.push(name) - 1 !== at) return await call();
    const kill = () => Deno.kill(Deno.pid, "SIGKILL");
    if (moment === "before") kill();
    const made = call();
    if (moment === "during") kill();
    const answer = await made;
    kill();
    return answer;
  }
}

if (import.meta.main) {
  const task: SavingTask = JSON.parse(Deno.args[0] ?? "");
  const { config, uri, run, rank, worldSize, steps } = task;
  await using lade = new Lade({ config });
  const { store, key } = await lade.locate(uri);
  const options = { run, rank, worldSize };
  await using checkpoints = await openCheckpoints(new CrashingStore(store, new Killing(task)), key, options);
  let step = 0;
  if (await checkpoints.latest()) {
    await using checkpoint = await checkpoints.open("resume");
    await assertWhole(checkpoint);
    step = checkpoint.info.step;
  }
  for (let count = 1; count <= steps; count++) {
    await checkpoints.save(step + count, contentOf(rank, worldSize, step + count)).committed;
    await Deno.stdout.write(new TextEncoder().encode(`${step + count}\n`));
  }
}
