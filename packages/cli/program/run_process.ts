import { denoTerminal } from "../output/deno_terminal.ts";
import { LibraryNotes } from "../output/library_notes.ts";
import { runCli } from "./run_cli.ts";
import { tellUncaught } from "./tell_uncaught.ts";
import { watchSignals } from "./watch_signals.ts";

/** Runs this process as the `lade` command, and ends it. */
export async function runProcess(args: readonly string[]): Promise<never> {
  const controller = new AbortController();
  using libraryNotes = new LibraryNotes();
  using _signals = watchSignals(controller, Deno.exit);
  using _uncaught = tellUncaught(args, (bytes) => Deno.stderr.writeSync(bytes), Deno.exit);
  try {
    Deno.exit(await runCli(args, { terminal: denoTerminal, signal: controller.signal, libraryNotes }));
  } catch (error) {
    reportError(error);
  }
  return await new Promise<never>(() => {});
}
