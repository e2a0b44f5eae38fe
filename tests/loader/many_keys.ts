import { fileURLToPath } from "node:url";
import type { ManyKeys } from "./many_keys_process.ts";

const PROGRAM = fileURLToPath(new URL("./many_keys_process.ts", import.meta.url));

/** Opens so many objects in a process of its own, by listing them or by the manifest in a directory, and tells its memory. */
export async function openManyKeys(count: number, directory?: string): Promise<ManyKeys> {
  const place = directory === undefined ? [] : [directory];
  // With a manifest the first process writes it.
  if (directory !== undefined) await runProgram([`${count}`, ...place]);
  return JSON.parse(await runProgram([`${count}`, ...place]));
}

async function runProgram(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", "--v8-flags=--expose-gc", PROGRAM, ...args],
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout);
}
