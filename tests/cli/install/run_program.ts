import type { ProcessOutcome } from "../run_lade.ts";
import { withoutProgress } from "../without_progress.ts";

/** Options of {@linkcode runProgram}. */
export interface RunProgramOptions {
  /** The working directory; that of this process by default. */
  readonly cwd?: string;
  /** Its environment: no variable but these and PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** What standard input gives; nothing by default. */
  readonly stdin?: string;
}

/** Runs a program as a process of its own, with an environment that has nothing else. */
export async function runProgram(
  path: string,
  args: readonly string[],
  { cwd, env, stdin = "" }: RunProgramOptions = {},
): Promise<ProcessOutcome> {
  const process = new Deno.Command(path, {
    args: [...args],
    ...cwd === undefined ? {} : { cwd },
    env: { PATH: Deno.env.get("PATH") ?? "", NO_COLOR: "1", TZ: "UTC", ...env },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  const feeding = writer.write(new TextEncoder().encode(stdin)).then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await process.output();
  await feeding;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: withoutProgress(text(stderr), args) };
}
