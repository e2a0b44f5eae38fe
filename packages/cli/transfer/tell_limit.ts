import type { CommandContext } from "../command/command_context.ts";
import type { LimitWork } from "@lade/transfer/limits";
import { LimitMessage } from "../messages/limit_message.ts";

/** Tells what limited a command. */
export type LimitTeller = (work: LimitWork) => Promise<void>;

/** Begins to watch what limits a command that sums up nothing, where its user wants to know more. */
export async function watchLimit(
  { lade, output, settings }: CommandContext,
  concurrency?: number,
): Promise<LimitTeller | undefined> {
  if (settings.verbosity === 0) return undefined;
  const { LimitWatch } = await import("@lade/transfer/limits");
  const watch = new LimitWatch(await lade());
  return (work) => output.note(new LimitMessage(watch.judge({ concurrency, ...work })));
}
