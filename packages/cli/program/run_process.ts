import { system, uncaughtErrors } from "@lade/core/system";
import { processTerminal } from "../output/process_terminal.ts";
import { LibraryNotes } from "../output/library_notes.ts";
import { runCli } from "./run_cli.ts";
import { tellUncaught } from "./tell_uncaught.ts";
import { watchSignals } from "./watch_signals.ts";

/** Runs this process as the `lade` command, and ends it. */
export async function runProcess(args: readonly string[]): Promise<never> {
  const controller = new AbortController();
  using libraryNotes = new LibraryNotes();
  using _signals = watchSignals(controller, system.exit);
  const writeSync = (bytes: Uint8Array) => system.stderr.writeSync(bytes);
  using _uncaught = tellUncaught(args, writeSync, system.exit, uncaughtErrors());
  try {
    system.exit(await runCli(args, { terminal: processTerminal, signal: controller.signal, libraryNotes }));
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
  return await new Promise<never>(() => {});
}
