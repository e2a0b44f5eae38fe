import { inOrder } from "@lade/core/concurrency";
import { NotFoundError } from "@lade/core/errors";
import type { Lade } from "@lade/lade";
import { UnknownFormatError } from "@lade/formats/errors";
import { openFormat } from "@lade/formats/formats";
import { explainMissing } from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";
import {
  outcomeOf,
  type Verified,
  VerifiedMessage,
  VerifiedSumMessage,
} from "../messages/verified_messages.ts";
import { showCommandProgress } from "../progress/show_progress.ts";
import { TransferProgress } from "../progress/transfer_progress.ts";
import { filterOf } from "../transfer/filter_options.ts";
import { type NamedObject, objectsNamed } from "./objects_named.ts";
import type { VerifyValues } from "./verify_options.ts";

/** Verifies each object, prints a line for each and its faults, and sums up. */
export async function runVerify(context: CommandContext, options: VerifyValues): Promise<void> {
  const { output } = context;
  const { uris, recursive, jobs } = options;
  const lade = await context.lade();
  const filter = await filterOf(context, options, uris);
  const { clock, descriptors } = lade.context;
  const progress = new TransferProgress(clock);
  await using _display = showCommandProgress(context, progress, clock);
  const sum = { ok: 0, failed: 0, unchecked: 0 };
  const work = async (object: NamedObject) => {
    try {
      return await verify(context, lade, object, options, progress);
    } catch (error) {
      return { error };
    }
  };
  const all = objectsNamed(context, lade, { uris, recursive, filter, operation: "verify" });
  for await (const verified of inOrder(all, () => descriptors.atOnce(jobs), work)) {
    if ("error" in verified) {
      sum.failed++;
      await context.fail(verified.error);
      continue;
    }
    sum[outcomeOf(verified)]++;
    for (const fault of verified.verification?.faults ?? []) await context.fail(fault);
    await output.result(new VerifiedMessage(verified));
  }
  if (sum.ok + sum.failed + sum.unchecked > 1) await output.note(new VerifiedSumMessage(sum));
}

async function verify(
  { signal }: CommandContext,
  lade: Lade,
  { place, name, isGiven, listed }: NamedObject,
  { format: given }: VerifyValues,
  progress: TransferProgress,
): Promise<Verified> {
  const { uri, store, key } = place;
  progress.add({ type: "started", key: uri, ...(listed && { size: listed.size }) });
  try {
    const { format, target } = await openFormat(store, key, { signal, ...(given && { format: given }) });
    const onBytes = (bytes: number) => progress.add({ type: "bytes", key: uri, bytes });
    const verification = await format.verify(target, { signal, onBytes });
    return { uri, name, format: format.name, verification };
  } catch (error) {
    if (!isGiven && error instanceof UnknownFormatError) return { uri, name };
    if (!isGiven || !(error instanceof NotFoundError)) throw error;
    throw await explainMissing(error, {
      lade,
      place,
      operation: "verify",
      advice: "add a slash at its end",
      signal,
    });
  } finally {
    progress.add({ type: "finished", key: uri, size: listed?.size ?? 0 });
  }
}
