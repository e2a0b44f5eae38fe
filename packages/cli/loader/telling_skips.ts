import type { LoaderOptions } from "@lade/loader";
import type { CommandContext } from "../command/command_context.ts";
import { NoteMessage } from "../messages/text_messages.ts";

/** Options by which each sample that is skipped is told on standard error. */
export async function tellingSkips<O extends Pick<LoaderOptions<unknown>, "onError">>(
  { output }: CommandContext,
  options: O,
): Promise<O> {
  if (options.onError !== "skip") return options;
  const { SampleError } = await import("@lade/loader");
  return {
    ...options,
    onError: (failure) => {
      void output.note(new NoteMessage(`skipped: ${new SampleError(failure).message}`));
      return "skip";
    },
  };
}
