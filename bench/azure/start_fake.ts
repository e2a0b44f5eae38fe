import { azureEnv, type BenchAccount, rootOf } from "./azure_container.ts";

/** The fake in a process of its own. */
export interface StartedFake extends AsyncDisposable {
  /** URI of its container. */
  readonly root: string;
  /** Environment in which every contender finds it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the fake; `latencyMs` before each answer, `bytesPerSecond` on a connection at most. */
export async function startFake({ latencyMs = 0, bytesPerSecond = Infinity } = {}): Promise<StartedFake> {
  const script = new URL("./fake_server.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-A", script, String(latencyMs), String(bytesPerSecond)],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const account: BenchAccount = JSON.parse((await reader.read()).value ?? "");
  return {
    root: rootOf(account),
    env: azureEnv(account),
    async [Symbol.asyncDispose]() {
      await reader.cancel();
      await child.stdin.close();
      await child.status;
    },
  };
}
