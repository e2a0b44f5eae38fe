import type { CommandContext } from "../command/command_context.ts";
import type { Output } from "../output/output.ts";
import { formatProgressBar } from "./format_progress_bar.ts";
import { ProgressMessage } from "./progress_message.ts";
import type { TransferProgress } from "./transfer_progress.ts";
import type { Clock } from "@lade/core";

/** How progress is shown: a bar that is redrawn, lines now and then, or not at all. */
export type ProgressForm = "bar" | "lines" | "none";

/** What {@linkcode showProgress} shows, and where. */
export interface ShowProgressConfig {
  /** How. */
  readonly form: ProgressForm;
  /** What. */
  readonly progress: TransferProgress;
  /** Where. */
  readonly output: Output;
  /** Tells when. */
  readonly clock: Clock;
  /** Characters in a line of the terminal, asked for each time. */
  readonly columns: () => number;
}

const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 5_000;

/** Shows progress until it is disposed. A transfer that is over before the first interval shows none. */
export function showProgress(config: ShowProgressConfig): AsyncDisposable {
  const { form, output } = config;
  const stop = new AbortController();
  const shown = form === "none" ? Promise.resolve() : show(config, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await shown;
      output.status("");
    },
  };
}

async function show(config: ShowProgressConfig, signal: AbortSignal): Promise<void> {
  const { form, progress, output, clock, columns } = config;
  for (;;) {
    try {
      await clock.sleep(form === "bar" ? BAR_EVERY_MS : LINE_EVERY_MS, signal);
    } catch {
      return;
    }
    const snapshot = progress.snapshot();
    if (form === "bar") output.status(formatProgressBar(snapshot, columns() - 1));
    else await output.note(new ProgressMessage(snapshot));
  }
}

/** Shows the progress of a command until it is disposed; not where nothing is done. */
export function showCommandProgress(
  context: CommandContext,
  progress: TransferProgress,
  clock: Clock,
  isIdle = false,
): AsyncDisposable {
  return showProgress({
    form: isIdle ? "none" : chooseProgressForm(context),
    progress,
    output: context.output,
    clock,
    columns: () => context.terminal.columns() ?? 80,
  });
}

/** How a command shows its progress, by its options and by where standard error leads. */
function chooseProgressForm({ settings, terminal, output }: CommandContext): ProgressForm {
  const { progress, json, quiet } = settings;
  if (progress === "none" || quiet) return "none";
  if (progress === "plain") return "lines";
  if (json) return "none";
  if (!terminal.stderr.isTerminal() || terminal.env("TERM") === "dumb") return "lines";
  // An object that scrolls over the terminal leaves no place for a bar.
  return output.rawResults && terminal.stdout.isTerminal() ? "none" : "bar";
}
