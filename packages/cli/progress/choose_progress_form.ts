import type { CommandContext } from "../command/command_context.ts";
import type { ProgressForm } from "./show_progress.ts";

/** How a command shows its progress, by its options and by where standard error leads. */
export function chooseProgressForm({ settings, terminal, output }: CommandContext): ProgressForm {
  const { progress, json, quiet } = settings;
  if (progress === "none" || quiet) return "none";
  if (progress === "plain") return "lines";
  if (json) return "none";
  if (!terminal.stderr.isTerminal() || terminal.env("TERM") === "dumb") return "lines";
  // An object that scrolls over the terminal leaves no place for a bar.
  return output.rawResults && terminal.stdout.isTerminal() ? "none" : "bar";
}
