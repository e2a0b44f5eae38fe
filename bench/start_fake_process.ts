import { fileURLToPath } from "node:url";

/** A fake of a service in a process of its own. */
export interface FakeProcess<T> extends AsyncDisposable {
  /** Where it is and who may ask, as it printed. */
  readonly address: T;
}

/** How far away a fake stands. */
export interface FakePace {
  /** Milliseconds before each answer; none by default. */
  readonly latencyMs?: number;
  /** Bytes a second on a connection at most; without a bound by default. */
  readonly bytesPerSecond?: number;
}

/** Starts the script of a fake, which prints its address in JSON and ends with its standard input. */
export async function startFakeProcess<T>(
  script: URL,
  { latencyMs = 0, bytesPerSecond = Infinity }: FakePace = {},
): Promise<FakeProcess<T>> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "-A",
      fileURLToPath(script),
      String(latencyMs),
      String(bytesPerSecond),
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return {
    address: JSON.parse((await reader.read()).value ?? ""),
    async [Symbol.asyncDispose]() {
      await reader.cancel();
      await child.stdin.close();
      await child.status;
    },
  };
}
