import type { Clock } from "@lade/core/backend";

/** What a command came to. */
export interface CommandOutcome {
  /** Its exit code. */
  readonly code: number | null;
  /** What ended it instead. */
  readonly signal: string | null;
  /** What it printed. */
  readonly stdout: string;
  /** What it said on standard error. */
  readonly stderr: string;
}

/** Bounds of a command. */
export interface CommandBounds {
  /** How long it may take. */
  readonly timeoutMs: number;
  /** How many bytes it may print, and say. */
  readonly maxBytes: number;
  /** Variables that it gets beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Why a command was given up. */
export class CommandLimitError extends Error {}

/** Why a command came to nothing, in words that follow its name. */
export function whyNotRun(error: unknown): string {
  return error instanceof CommandLimitError
    ? error.message
    : `may not be run (--allow-run=${systemShell()[0]})`;
}

/** What a command that was ended gets to be gone. */
const GRACE_MS = 1_000;

/**
 * Runs a command line by the system's shell, without standard input, and resolves with what it came to. One that takes
 * or prints too much is ended, and a {@linkcode CommandLimitError}; what it has started may outlive it.
 */
export async function runCommand(
  command: string,
  clock: Clock,
  bounds: CommandBounds,
): Promise<CommandOutcome> {
  const { exit, kill } = typeof Deno === "undefined"
    ? await startInNode(command, bounds)
    : startInDeno(command, bounds);
  const done = new AbortController();
  let late = false;
  const bound = clock.sleep(bounds.timeoutMs, done.signal).then(async () => {
    late = true;
    kill();
    await clock.sleep(GRACE_MS, done.signal);
  }).catch(() => {});
  try {
    const outcome = await Promise.race([exit, bound]);
    if (!late && outcome) return outcome;
    throw new CommandLimitError(`is not done after ${bounds.timeoutMs / 1000} s`);
  } finally {
    done.abort();
  }
}

/** What reads a command line in Deno, which has to be allowed to run, and its flag. */
export function systemShell(): readonly [shell: string, flag: string] {
  return typeof Deno !== "undefined" && Deno.build.os === "windows" ? ["cmd.exe", "/c"] : ["/bin/sh", "-c"];
}

interface Started {
  readonly exit: Promise<CommandOutcome>;
  readonly kill: () => void;
}

function startInDeno(command: string, { env = {}, maxBytes }: CommandBounds): Started {
  const [shell, flag] = systemShell();
  const child = new Deno.Command(shell, {
    args: [flag, command],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [stdout, stderr] = [child.stdout.getReader(), child.stderr.getReader()];
  const kill = () => {
    // What the command has started may hold its ends of the pipes.
    for (const reader of [stdout, stderr]) reader.cancel().catch(() => {});
    try {
      child.kill();
    } catch {
      // It has ended by itself.
    }
  };
  const collect = async (reader: ReadableStreamDefaultReader<Uint8Array>) => {
    const decoder = new TextDecoder();
    let [text, bytes] = ["", 0];
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      bytes += next.value.length;
      if (bytes > maxBytes) {
        kill();
        throw new CommandLimitError(`prints more than ${maxBytes} bytes`);
      }
      text += decoder.decode(next.value, { stream: true });
    }
    return text + decoder.decode();
  };
  const exit = async (): Promise<CommandOutcome> => {
    const printed = Promise.all([collect(stdout), collect(stderr)]);
    // Where the command is ended for what it prints, that it has ended is still to be seen.
    printed.catch(() => {});
    const { code, signal } = await child.status;
    const [out, err] = await printed;
    return { code, signal, stdout: out, stderr: err };
  };
  return { exit: exit(), kill };
}

async function startInNode(command: string, { env, maxBytes }: CommandBounds): Promise<Started> {
  const { exec } = await import("node:child_process");
  const { default: process } = await import("node:process");
  const { promise, resolve, reject } = Promise.withResolvers<CommandOutcome>();
  const options = {
    maxBuffer: maxBytes,
    encoding: "utf8",
    ...(env && { env: { ...process.env, ...env } }),
  } as const;
  const child = exec(command, options, (error, stdout, stderr) => {
    if (!error) resolve({ code: 0, signal: null, stdout, stderr });
    else if (typeof error.code === "number" || error.signal) {
      resolve({ code: error.code ?? null, signal: error.signal ?? null, stdout, stderr });
    } else reject(new CommandLimitError(`prints more than ${maxBytes} bytes`, { cause: error }));
  });
  child.stdin?.end();
  return { exit: promise, kill: () => child.kill() };
}
