import type { TransferCounts, TransferRequest } from "@lade/transfer";
import { locate } from "@lade/transfer/places";
import { savePlan } from "@lade/transfer/plans";
import type { CommandContext } from "../command/command_context.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import type { TransferReport } from "./transfer_report.ts";

/** Writes the plan of a transfer to a new file, and says how it is executed. */
export async function savePlanFile(
  context: CommandContext,
  request: TransferRequest,
  report: TransferReport,
  file: string,
): Promise<TransferCounts> {
  const lade = await context.lade();
  const place = await locate(lade, file);
  const counts = await savePlan(lade, request, report, place);
  const text = counts.isHalted
    ? `no plan was saved in ${JSON.stringify(place.uri)}`
    : `the plan is in ${JSON.stringify(place.uri)}, and lade run --plan executes it`;
  await context.output.note(new NoteMessage(text));
  return counts;
}
