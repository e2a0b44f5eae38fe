import { isStandardInput, standardInput } from "@lade/transfer";
import type { StreamDataset } from "@lade/loader";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { datasetOptionsOf } from "./dataset_options_of.ts";
import type { LoaderCommandValues } from "./loader_command_options.ts";

/** Whether a command line reads samples from standard input. Refuses what needs them twice, or by number. */
export function isPiped(
  { uri, action, kind, epochs = 1, state, shuffle, rank }: LoaderCommandValues,
): boolean {
  if (!isStandardInput(uri)) return false;
  const refuse = (detail: string) => new UsageError(`Standard input ${detail}.`);
  if (action === "plan" || action === "index") throw refuse(`is of run, stream and pack, not of ${action}`);
  if (kind !== "records" && kind !== "samples" && kind !== "rows") {
    throw refuse(
      "has no name that tells what its samples are: give --kind records (TFRecord), samples (tar) or rows (CSV, TSV, JSON lines)",
    );
  }
  if (epochs > 1) throw refuse("comes once, and --epochs are several: pack it, or put it into an object");
  if (state !== undefined) {
    throw refuse("cannot be gone on with: nobody knows whether the same samples come again");
  }
  if (rank !== undefined) {
    throw refuse("is of one process, and --rank of several: pack it, and its shards are shared");
  }
  if (shuffle === "full") {
    throw refuse(
      "is shuffled by --shuffle block --window N: for a full shuffle pack it, and shuffle its shards",
    );
  }
  return true;
}

/** Opens standard input as a stream of samples. */
export async function openPiped(
  { lade, terminal: { stdin }, output, signal }: CommandContext,
  given: LoaderCommandValues,
): Promise<StreamDataset<unknown>> {
  const { pipedStream } = await import("@lade/loader");
  if (stdin.isTerminal?.()) {
    await output.note(
      new NoteMessage("reading what is typed here, to its end (Ctrl-D on a line of its own)"),
    );
  }
  const { fields, schema } = datasetOptionsOf(given);
  const { context } = await lade();
  const { name: uri, read } = standardInput(stdin);
  const kind = given.kind === "records" || given.kind === "samples" ? given.kind : "rows";
  return await pipedStream({
    uri,
    read,
    kind,
    context,
    signal,
    ...(fields && { fields }),
    ...(schema && { schema }),
  });
}
