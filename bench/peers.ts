import { fileURLToPath } from "node:url";

/** Something that a benchmark needs is not there: it is left out. */
export class NotHereError extends Error {}

/** Runs a command, quietly, and resolves with what it printed; a failure carries what it said. */
export async function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], env }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`Cannot run ${command} ${args.join(" ")}: ${text.decode(stderr).trim()}`);
  return text.decode(stdout);
}

/** Whether a command can be found. */
export async function has(command: string): Promise<boolean> {
  try {
    await new Deno.Command(command, { args: ["--version"], stdout: "null", stderr: "null" }).output();
    return true;
  } catch {
    return false;
  }
}

/** The path of a peer's program under the directory that `LADE_PEERS` names, if it is there. */
export function peer(...path: string[]): string | undefined {
  const root = Deno.env.get("LADE_PEERS");
  if (root === undefined) return undefined;
  const file = [root, ...path].join("/");
  try {
    Deno.statSync(file);
    return file;
  } catch {
    return undefined;
  }
}

/** Compiles a program of `native/` by the system's C compiler; `undefined` where there is none. */
export async function compile(name: string, directory: string): Promise<string | undefined> {
  if (!await has("cc")) return undefined;
  const out = `${directory}/${name}`;
  await run("cc", ["-O2", "-o", out, fileURLToPath(new URL(`./native/${name}.c`, import.meta.url))]);
  return out;
}

/** The Python with s3dlio under `LADE_PEERS`, if it is there. */
export async function s3dlioPython(): Promise<string | undefined> {
  const python = peer("venv", "bin", "python");
  if (python === undefined) return undefined;
  try {
    await run(python, ["-c", "import s3dlio"]);
    return python;
  } catch {
    return undefined;
  }
}
