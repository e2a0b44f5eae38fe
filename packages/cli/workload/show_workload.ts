import type { WorkloadProgress } from "@lade/workload/run";
import type { CommandContext } from "../command/command_context.ts";
import { counted } from "../output/counted.ts";

const STATUS_MS = 200;

/** Shows on a terminal how far a workload is. */
export function showWorkload({ output, settings, terminal }: CommandContext) {
  const { progress, quiet, json } = settings;
  const isShown = progress !== "none" && !quiet && !json && terminal.stderr.isTerminal();
  let shownMs = -Infinity;
  return ({ phase, concurrency, ended, failed }: WorkloadProgress): void => {
    if (!isShown || performance.now() - shownMs < STATUS_MS) return;
    shownMs = performance.now();
    const step = concurrency === undefined ? "" : ` with ${concurrency} at a time`;
    output.status(`${phase}${step}: ${counted(ended, "operation")}${failed > 0 ? `, ${failed} failed` : ""}`);
  };
}
