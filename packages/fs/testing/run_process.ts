import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("./process.ts", import.meta.url));

/** Starts `process.ts` in a process of its own with these permissions. */
export function startProcess(permissions: readonly string[], args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...permissions, SCRIPT, ...args],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs `process.ts` to its end and returns what it printed; a failure throws what it said. */
export async function runProcess(
  permissions: readonly string[],
  ...args: readonly string[]
): Promise<string> {
  const { success, stdout, stderr } = await startProcess(permissions, args).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
