import type { CommandContext } from "../command/command_context.ts";
import type { TransferProgress } from "./transfer_progress.ts";

/** What `--jobs` is where nobody asked for anything. */
const USUAL_JOBS = 32;

/** Begins to watch what limits a command, where its user wants to know. Nothing is loaded where not. */
export async function watchCommandLimits(
  { settings, lade }: Pick<CommandContext, "settings" | "lade">,
  progress: TransferProgress,
  jobs = USUAL_JOBS,
): Promise<void> {
  const isShown = settings.progress === "limits";
  if (settings.verbosity === 0 && !settings.json && !isShown) return;
  const { LimitWatch } = await import("@lade/transfer/limits");
  progress.watch(new LimitWatch(await lade()), givenJobs(jobs), isShown);
}

/** Objects that are worked on at a time, where somebody asked for so many. */
export function givenJobs(jobs: number): number | undefined {
  return jobs === USUAL_JOBS ? undefined : jobs;
}
