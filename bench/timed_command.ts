import type { Run } from "./bench.ts";
import { onCores } from "./cores.ts";

const TIME = "/usr/bin/time";

/** A command to be measured. */
export interface TimedCommand {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Bytes or calls of its work. */
  readonly amount: number;
  /** Read as its standard input. */
  readonly stdin?: string;
  /** The cores it keeps to, as `taskset` names them; all by default. */
  readonly cores?: string | undefined;
}

/** Runs a command, from start to end, and measures wall time, CPU time and peak memory of it and what it starts. */
export async function runTimed({ command, env, amount, stdin, cores }: TimedCommand): Promise<Run> {
  const report = await Deno.makeTempFile();
  try {
    const timed = [TIME, "-o", report, "-f", "%U %S %M", ...onCores(cores, command)];
    // A shell opens the file, so that the contender has it as its input without a process in between.
    const [program = "", ...args] = stdin === undefined
      ? timed
      : ["sh", "-c", 'exec "$@" <"$0"', stdin, ...timed];
    const startMs = performance.now();
    const { success, stderr } = await new Deno.Command(program, {
      args,
      env: { ...env },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    const seconds = (performance.now() - startMs) / 1000;
    const said = new TextDecoder().decode(stderr).trim().slice(-500);
    if (!success) throw new Error(`Cannot run ${command.join(" ")}: ${said}`);
    const [user = NaN, system = NaN, peak = NaN] = (await Deno.readTextFile(report)).trim().split(" ").map(
      Number,
    );
    return { rate: amount / seconds, cpuSeconds: user + system, peakBytes: peak * 1024 };
  } finally {
    await Deno.remove(report);
  }
}

/**
 * Runs a program that does its work twice and prints seconds and CPU seconds of the second time, as JSON: what loading it
 * costs is left out.
 */
export async function runSelfTimed({ command, env, amount, cores }: TimedCommand): Promise<Run> {
  const [program = "", ...args] = onCores(cores, command);
  const { success, stdout, stderr } = await new Deno.Command(program, { args, env: { ...env } }).output();
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(`Cannot run ${command.join(" ")}: ${decoder.decode(stderr).trim().slice(-500)}`);
  }
  const { seconds, cpuSeconds } = JSON.parse(decoder.decode(stdout));
  return { rate: amount / seconds, cpuSeconds };
}
