import { denoTerminal } from "../output/deno_terminal.ts";
import { runCli } from "./run_cli.ts";
import { watchSignals } from "./watch_signals.ts";

/** Runs this process as the `lade` command, and ends it. */
export async function runProcess(args: readonly string[]): Promise<never> {
  const controller = new AbortController();
  using _ = watchSignals(controller, Deno.exit);
  Deno.exit(await runCli(args, { terminal: denoTerminal, signal: controller.signal }));
}
