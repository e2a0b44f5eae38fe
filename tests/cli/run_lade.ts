import { fileURLToPath } from "node:url";
import { withoutProgress } from "./without_progress.ts";

/** How a process ended. */
export interface ProcessOutcome {
  /** The exit code. */
  readonly code: number;
  /** Standard output. */
  readonly stdout: string;
  /** Standard error, without lines of progress. */
  readonly stderr: string;
}

/** Options of {@linkcode runLade}. */
export interface RunLadeOptions {
  /** What standard input gives; nothing by default. */
  readonly stdin?: string | Uint8Array;
  /** The working directory, and the only one the process may touch. */
  readonly cwd: string;
  /** Whether the process may write at all; it may by default. */
  readonly readOnly?: boolean;
  /** More permissions, as flags of `deno`; none by default. */
  readonly permissions?: readonly string[];
  /** The program; that of this checkout by default. */
  readonly main?: string;
  /** Variables of its environment, besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

const MAIN = fileURLToPath(new URL("../../packages/cli/main.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** The arguments of `deno` that run `lade` with no more permissions than it needs. */
export function ladeArguments(
  args: readonly string[],
  { cwd, readOnly = false, permissions = [], main = MAIN }: RunLadeOptions,
): string[] {
  const write = readOnly ? [] : [`--allow-write=${cwd}`];
  const flags = [
    "--quiet",
    "--no-prompt",
    "--cached-only",
    `--config=${CONFIG}`,
    `--allow-read=${cwd}`,
    ...write,
    ...permissions,
  ];
  return ["run", ...flags, main, ...args];
}

/** Runs `lade` as a process of its own. */
export async function runLade(args: readonly string[], options: RunLadeOptions): Promise<ProcessOutcome> {
  const { stdin = "", cwd } = options;
  const process = new Deno.Command(Deno.execPath(), {
    args: ladeArguments(args, options),
    cwd,
    env: { TZ: "UTC", NO_COLOR: "1", ...options.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const feeding = feed(process.stdin, typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin);
  const { code, stdout, stderr } = await process.output();
  await feeding;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: withoutProgress(text(stderr), args) };
}

/** A process that fails early does not read its input. */
async function feed(stream: WritableStream<Uint8Array>, bytes: Uint8Array): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(bytes);
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
