/**
 * The `lade` command: moves, reads and feeds objects of any store.
 *
 * ```sh
 * deno install --global --name lade --no-prompt --unstable-lazy-dynamic-imports \
 *   --allow-read --allow-write --allow-env --allow-net --allow-sys jsr:@lade/cli
 * lade put -r data/ file:///backup/data/
 * ```
 *
 * @module
 */
import { errorWords, system } from "@lade/core/system";
import { versionText, whyTooOld } from "./program/version_text.ts";

const tooOld = whyTooOld();
if (tooOld !== undefined) {
  // An older Node does not even tell whether it runs this module.
  console.error(`lade: ${tooOld}`);
  system.exit(1);
}
if (import.meta.main) {
  const [first, ...rest] = system.args;
  if (rest.length === 0 && (first === "--version" || first === "-V")) {
    try {
      system.stdout.writeSync(new TextEncoder().encode(`${versionText()}\n`));
    } catch (error) {
      if (error instanceof system.errors.BrokenPipe) system.exit(0);
      console.error(`lade: Cannot write to standard output: ${errorWords(error)}`);
      system.exit(1);
    }
  } else {
    const { runProcess } = await import("./program/run_process.ts");
    await runProcess(system.args);
  }
}
