import { runFlags } from "./run_flags.ts";

/** What `deno compile` makes a file of. */
export interface CompileSetup {
  /** The directory of the bundled program. */
  readonly program: string;
  /** What it is to run on, as Rust names it. */
  readonly target: string;
  /** Flags of `deno run` besides those that the program needs. */
  readonly flags?: readonly string[];
  /** The path of the file. */
  readonly output: string;
}

/**
 * Makes the program one file by `deno compile`, which downloads a runtime. Resolves with what is in the way where there is
 * something. A file for this machine is run, to see that it is the program. Every file of the program is included: of
 * itself `deno compile` takes only what is loaded at once.
 */
export async function compileByDeno(setup: CompileSetup): Promise<string | undefined> {
  const { program, target, flags = [], output } = setup;
  const args = ["--no-check", "--include", program, "--target", target, "--output", output];
  const compiled = await said(Deno.execPath(), [
    "compile",
    ...runFlags(target.includes("windows")),
    ...flags,
    ...args,
    `${program}/main.js`,
  ]);
  if (compiled.fault !== undefined) {
    const [, cause] = /^ *1: (.*?)(?:: client error.*)?$/m.exec(compiled.fault) ?? [];
    return `deno compile failed: ${cause ?? compiled.fault}`;
  }
  return target === Deno.build.target ? await faultOf(output, program) : undefined;
}

/** What is wrong with a file that is to be a program; `undefined` where it is, also what that loads late. */
export async function faultOf(file: string, program: string): Promise<string | undefined> {
  for (const [line, answer] of [[["--version"], /^lade /], [["ls", program], / main\.js$/m]] as const) {
    const { fault, stdout } = await said(file, line);
    if (fault !== undefined) return `what deno compile made does not run: ${fault}`;
    if (!answer.test(stdout)) {
      return `what deno compile made is not the program: it says ${stdout.split("\n")[0]}`;
    }
  }
  return undefined;
}

async function said(
  program: string,
  args: readonly string[],
): Promise<{ readonly stdout: string; readonly fault?: string }> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { NO_COLOR: "1" },
  })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return code === 0 ? { stdout: text(stdout) } : { stdout: text(stdout), fault: text(stderr) };
}
