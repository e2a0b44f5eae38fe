import { fileURLToPath } from "node:url";
import type { Contender, Run } from "../bench.ts";
import { runSelfTimed, runTimed } from "../timed_command.ts";
import { MODEL_BYTES } from "./model.ts";

/** A command that saves or loads the model. */
export interface CheckpointCommand {
  readonly name: string;
  /** Program and arguments for a place; nothing where it is not here. */
  readonly command: (place: string) => readonly string[] | undefined;
  /** It does its work once, from start to end, and is run twice; else it prints what the second time took. */
  readonly once?: boolean;
}

/** The library of this checkout on a series: `checkpoint_child.ts`. */
export function ladeCheckpoint(uri: string, work: string, sync = "full"): readonly string[] {
  const script = fileURLToPath(new URL("./checkpoint_child.ts", import.meta.url));
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", "-A", script, uri, work, sync];
}

/** What contenders are run with. */
export interface Surroundings {
  /** Gives each of their runs its place. */
  readonly around: (run: (place: string) => Promise<Run>) => Promise<Run>;
  /** What is done before the second time of those that do their work once. */
  readonly before?: (place: string) => Promise<unknown>;
  /** Added to their environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Those that are here. */
export function contendersOf(
  commands: readonly CheckpointCommand[],
  { around, before = () => Promise.resolve(), env = {} }: Surroundings,
): Contender[] {
  return commands.flatMap(({ name, command, once = false }) => {
    if (command("") === undefined) return [];
    const run = async (place: string) => {
      const timed = { command: command(place) ?? [], env, amount: MODEL_BYTES };
      if (!once) return await runSelfTimed(timed);
      await runTimed(timed);
      await before(place);
      return await runTimed(timed);
    };
    return { name, run: () => around(run) };
  });
}
