import type { TransferCounts, TransferRequest } from "@lade/transfer";
import { locate } from "@lade/transfer/places";
import { savePlan, saveSyncPlan } from "@lade/transfer/plans";
import type { SyncCounts, SyncRequest } from "@lade/transfer/sync";
import type { CommandContext } from "../command/command_context.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import type { SyncReport } from "./sync_report.ts";
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
  return await told(context, place.uri, await savePlan(lade, request, report, place));
}

/** Writes the plan of a synchronization to a new file, and says how it is executed. */
export async function saveSyncPlanFile(
  context: CommandContext,
  request: SyncRequest,
  report: SyncReport,
  file: string,
): Promise<SyncCounts> {
  const lade = await context.lade();
  const place = await locate(lade, file);
  return await told(context, place.uri, await saveSyncPlan(lade, request, report, place));
}

async function told<T extends TransferCounts>(context: CommandContext, uri: string, counts: T): Promise<T> {
  const text = counts.isHalted
    ? `no plan was saved in ${JSON.stringify(uri)}`
    : `the plan is in ${JSON.stringify(uri)}, and lade run --plan executes it`;
  await context.output.note(new NoteMessage(text));
  return counts;
}
