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
import { versionText } from "./program/version_text.ts";

if (import.meta.main) {
  const [first, ...rest] = Deno.args;
  if (rest.length === 0 && (first === "--version" || first === "-V")) {
    try {
      Deno.stdout.writeSync(new TextEncoder().encode(`${versionText()}\n`));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) Deno.exit(0);
      const detail = error instanceof Error ? error.message : String(error);
      console.error(`lade: Cannot write to standard output: ${detail}`);
      Deno.exit(1);
    }
  } else {
    const { runProcess } = await import("./program/run_process.ts");
    await runProcess(Deno.args);
  }
}
