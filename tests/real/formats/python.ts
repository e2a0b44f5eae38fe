import { findFormatsPython } from "../../../tools/servers/formats_python.ts";

/** Python in a directory of its own, which is its working directory too. */
export interface Python {
  /** The directory, without a slash at its end. It is removed after the test. */
  readonly directory: string;
  /**
   * Runs a script, whose `sys.argv[1:]` are `args`, and resolves with what it prints, the line break at the end left out.
   * One that fails rejects with what it wrote to standard error.
   */
  run(script: string, ...args: readonly string[]): Promise<string>;
}

/** Longer than any script here takes: one that hangs is a failure. */
const BOUND_MS = 300_000;

/**
 * Registers a test that needs the Python libraries of the formats, or where they are not installed a skipped one that says
 * so.
 */
export function testWithPython(name: string, test: (python: Python) => Promise<void>): void {
  const program = findFormatsPython();
  if (program === undefined) {
    Deno.test.ignore(`${name} (skipped: Python's libraries are not installed: deno task servers)`, () => {});
    return;
  }
  Deno.test(name, async () => {
    const directory = await Deno.makeTempDir({ prefix: "lade-python-" });
    try {
      await test({ directory, run: (script, ...args) => run(program, directory, script, args) });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

async function run(program: string, cwd: string, script: string, args: readonly string[]): Promise<string> {
  const signal = AbortSignal.timeout(BOUND_MS);
  const command = new Deno.Command(program, { args: ["-W", "ignore", "-c", script, ...args], cwd, signal });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`Python failed:\n${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).replace(/\r?\n$/, "");
}
