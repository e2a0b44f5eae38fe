import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { SummaryMessage } from "../messages/transfer_messages.ts";
import { flag, option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { uriOfArgument } from "@lade/transfer/places";
import { durationValue } from "../values/plain_values.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

const options = {
  olderThan: option(
    ["--older-than"],
    durationValue({ most: "3650d" }),
    DAY_MS,
    "Spare what was begun or written to within this time, such as 12h or 7d; 1d by default.",
  ),
  force: flag(["-f", "--force"], "Remove it; without this it is only shown."),
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "A container, a prefix or directory, or an object.",
    atLeastOne,
  ),
};

type SweepValues = ValuesOf<typeof options>;

/** `lade sweep`. */
export const sweep = defineCommand({
  name: "sweep",
  brief: "Remove what dead processes left",
  description:
    "Shows what killed processes left of writes that never ended, and with -f removes it: uploads that were \
begun and neither completed nor aborted, whose parts take up storage, and hidden files beside local files. Objects are \
never touched. Age alone tells them from the writes of living processes and from those that lade jobs would resume, \
which then start again.",
  usage: "URI...",
  examples: [
    ["lade sweep s3://bucket", "shows uploads that were begun more than a day ago"],
    ["lade sweep -f --older-than 7d s3://bucket/data/ /mnt/data/", "removes what is older than a week"],
  ],
  options,
  whenUnread: "goes on",
  run: runSweep,
});

/** Sweeps each place; one that fails does not keep back the next. */
async function runSweep(context: CommandContext, options: SweepValues): Promise<void> {
  const { name: operation, output, signal } = context;
  const lade = await context.lade();
  const [{ sweepUri }, { SweptMessage }] = await Promise.all([
    import("@lade/lade"),
    import("../messages/swept_message.ts"),
  ]);
  const dryRun = !options.force;
  const { clock } = lade.context;
  const startMs = clock.monotonicMs();
  let [objects, failed, bytes] = [0, 0, 0];
  const fail = async (error: unknown) => {
    await context.fail(error);
    failed++;
  };
  for (const argument of options.uris) {
    const sweeping = { olderThanMs: options.olderThan, dryRun, signal };
    try {
      for await (const swept of sweepUri(lade, uriOfArgument(argument), sweeping)) {
        if (swept.error) {
          await fail(swept.error);
          continue;
        }
        objects++;
        bytes += swept.size ?? 0;
        await output.done(new SweptMessage(swept, dryRun));
      }
    } catch (error) {
      await fail(error);
    }
  }
  const elapsedMs = clock.monotonicMs() - startMs;
  const sized = bytes > 0 ? { bytes } : {};
  await output.note(
    new SummaryMessage({ operation, objects, failed, skipped: 0, elapsedMs, dryRun, ...sized }),
  );
  if (!dryRun || failed > 0) return;
  const advice = objects > 0
    ? "nothing was removed; -f removes what is shown"
    : "what was written to within --older-than, which is 1d by default, is not shown";
  await output.note(new NoteMessage(advice));
}
