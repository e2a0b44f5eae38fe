import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { CheckMessage, DiagnosisMessage } from "../messages/diagnosis_messages.ts";
import { ownUri, uriOfArgument } from "@lade/transfer/places";
import { argument, flag, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";

const MOST_COLUMNS = 100;

const options = {
  write: flag(
    ["--write"],
    "Also write, read back and remove temporary objects, named .lade-doctor-…, and measure uploads.",
  ),
  uri: argument(placeValue({ metavar: "URI", dash: false }), "A bucket or a directory, or a prefix in it."),
};

type DoctorOptions = ValuesOf<typeof options>;

/** `lade doctor`. */
export const doctor = defineCommand({
  name: "doctor",
  brief: "Find out what works, and what to fix",
  description:
    "Of a bucket says which credentials, region and endpoint are used and where they come from, and whether \
the clocks agree; of a directory on what file system it lies, how much room that has and whether it takes O_DIRECT. \
Of both, which calls work, how fast they are answered and bytes are moved, and what bounds that. For whatever fails \
it says what to do. To measure downloads it reads the largest of the first objects it finds, for two seconds or \
256 MiB. Without --write nothing is written.",
  usage: "URI",
  examples: [
    ["lade doctor s3://bucket", "looks, and writes nothing"],
    ["lade doctor --write s3://bucket/tmp/", "tries everything under tmp/"],
    ["lade doctor --write direct:///mnt/data/", "tries a directory past the page cache"],
  ],
  options,
  whenUnread: "goes on",
  run: runDoctor,
});

/** Prints each check as it is done, and what they come to. */
async function runDoctor(context: CommandContext, { uri: argument, write }: DoctorOptions): Promise<void> {
  const { output, signal, terminal, settings } = context;
  const lade = await context.lade();
  const named = uriOfArgument(argument);
  const uri = await ownUri(lade, named);
  const columns = Math.min(terminal.columns() ?? 80, MOST_COLUMNS);
  const counts = { ok: 0, warning: 0, failed: 0, skipped: 0 };
  for await (const check of lade.diagnose(named, { signal, write })) {
    counts[check.outcome]++;
    await output.result(new CheckMessage(check, { columns, verbosity: settings.verbosity }));
    await output.flush();
  }
  const diagnosis = new DiagnosisMessage({ uri, ...counts });
  if (counts.failed > 0) await output.fail(diagnosis);
  else await output.note(diagnosis);
}
