import type { Contender, Run } from "../bench.ts";
import { runSelfTimed, runTimed } from "../timed_command.ts";
import { MODEL_BYTES } from "./model.ts";

/** A command that saves or loads the model. */
export interface CheckpointCommand {
  readonly name: string;
  /** Program and arguments for a place; nothing where it is not here. */
  readonly command: (place: string) => readonly string[] | undefined;
  /** It does its work once, from start to end; else it prints what the second time took. */
  readonly once?: boolean;
}

/** The library of this checkout on a series: `checkpoint_child.ts`. */
export function ladeCheckpoint(uri: string, work: string, sync = "full"): readonly string[] {
  const script = new URL("./checkpoint_child.ts", import.meta.url).pathname;
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", "-A", script, uri, work, sync];
}

/** Those that are here, each at the place that `around` gives it for each of its runs. */
export function contendersOf(
  commands: readonly CheckpointCommand[],
  around: (run: (place: string) => Promise<Run>) => Promise<Run>,
  env: Readonly<Record<string, string>> = {},
): Contender[] {
  return commands.flatMap(({ name, command, once = false }) => {
    if (command("") === undefined) return [];
    const measure = once ? runTimed : runSelfTimed;
    const run = (place: string) => measure({ command: command(place) ?? [], env, amount: MODEL_BYTES });
    return { name, run: () => around(run) };
  });
}
