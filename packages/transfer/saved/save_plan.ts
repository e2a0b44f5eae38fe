import type { ObjectWriter } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { InvalidNameError } from "@lade/core/errors";
import { lookUp } from "../places/look_up.ts";
import { localPathOf, type Place, uriOfArgument } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import { InputError } from "../plan/input_error.ts";
import type { Job, Refusal } from "../plan/job.ts";
import {
  PLAN_VERSION,
  type PlanEntry,
  type PlanHeader,
  type PlanMarker,
  planned,
} from "../plan/plan_file.ts";
import { PlanWriter } from "../plan/plan_writer.ts";
import { planJobs } from "../plan/plan_jobs.ts";
import { ContainerLook } from "../execute/container_look.ts";
import { planAhead } from "../execute/plan_ahead.ts";
import { OBJECTS_AT_ONCE, prepareTransfer } from "../execute/prepare_transfer.ts";
import type { TransferListener } from "../execute/transfer_listener.ts";
import type { TransferRequest } from "../execute/transfer_request.ts";
import { type TransferCounts, TransferTally } from "../execute/transfer_tally.ts";

/**
 * Plans a transfer and does nothing of it: the plan is written to a new file, with what each source and each destination
 * is now. The listener is told of each object as by a dry run. An object that cannot be planned is not in the file; with
 * `failFast`, or where the container of a destination is missing, there is no file then.
 */
export async function savePlan(
  lade: UriCalls,
  given: TransferRequest,
  listener: TransferListener,
  file: Place,
): Promise<TransferCounts> {
  refuseWhole(given);
  const tally = new TransferTally(listener, given.failFast);
  // Names are looked at as by a dry run: nothing is made at the destination.
  const { request, plan } = await prepareTransfer(lade, { ...given, dryRun: true }, tally);
  const { signal } = plan;
  await using writer = await createPlanFile(file, signal);
  const lines = new PlanWriter(headerOf(given), (bytes) => writer.write(bytes));
  const atOnce = () => lade.context.descriptors.atOnce(given.concurrency ?? OBJECTS_AT_ONCE);
  const containers = new ContainerLook(signal);
  try {
    await inParallel(
      planAhead(planJobs(plan), tally),
      atOnce,
      async (job) => {
        if ("to" in job && job.to) await containers.check(job.to);
        await add(job, lines, tally, request);
      },
      signal,
    );
  } catch (error) {
    if (!tally.isHalted || given.signal.aborted) throw error;
    return tally.counts;
  }
  await lines.end();
  await writer.close();
  return tally.counts;
}

/** A new file: one that exists is never replaced. */
export async function createPlanFile({ store, key }: Place, signal: AbortSignal): Promise<ObjectWriter> {
  return await store.createWriter(key, { ifNoneMatch: "*", ifIgnored: "look", signal });
}

/** What is moved as a whole is no list of objects, and a link is none. */
function refuseWhole({ operation, sources, recursive, move, links }: TransferRequest): void {
  if (links === "preserve") throw new TypeError("Cannot plan links: they are no objects");
  const local = recursive && move
    ? sources.find((source) => localPathOf(uriOfArgument(source)) !== undefined)
    : undefined;
  if (local === undefined) return;
  const detail = "a local directory is moved as a whole, not by a plan";
  throw new InvalidNameError({
    operation,
    uri: uriOfArgument(local),
    detail,
    advice: "plan a copy and remove it then",
  });
}

function headerOf(request: TransferRequest): PlanHeader {
  const { operation, sources, destination, recursive, move, attributes = {}, createOnly = false } = request;
  const {
    keepTime = true,
    keepWriteTime = false,
    guessContentType = true,
    conversion = "none",
    zstdLevel = 3,
  } = request;
  if (destination.kind === "stdout") throw new TypeError("Cannot plan a transfer to standard output");
  return {
    lade: "plan",
    version: PLAN_VERSION,
    operation,
    time: new Date().toISOString(),
    sources,
    destination: { kind: destination.kind, uri: destination.place.uri },
    recursive,
    move,
    options: { attributes, createOnly, keepTime, keepWriteTime, guessContentType, conversion, zstdLevel },
  };
}

async function add(
  job: Job | Refusal,
  lines: PlanWriter,
  tally: TransferTally,
  { createOnly = false, signal }: TransferRequest,
): Promise<void> {
  if ("reason" in job) return await addRefusal(job, lines, tally);
  const uri = job.from?.uri ?? "-";
  try {
    const entry = await settle(job, signal);
    if (createOnly && entry.replaces) return await tally.skip(uri, "its destination exists");
    await lines.add(entry);
    await tally.done(job, entry.source.size);
  } catch (error) {
    signal.throwIfAborted();
    await tally.fail(uri, error);
  }
}

async function addRefusal(
  { marker, reason, uri }: Refusal,
  lines: PlanWriter,
  tally: TransferTally,
): Promise<void> {
  if (typeof reason !== "string") return await tally.fail(uri, reason);
  if (!marker) return await tally.skip(uri, reason);
  const { from, to, listed } = marker;
  const entry: PlanMarker = {
    marker: from.uri,
    reason,
    ...(to && { to: to.uri }),
    ...(listed && { source: planned(listed) }),
  };
  await lines.add(entry);
  if (to) await tally.done({ from, to }, 0);
  else await tally.skip(uri, reason);
}

/** Looks what source and destination are now, as far as no listing has told it. */
async function settle({ from, to, input, listed, version }: Job, signal: AbortSignal): Promise<PlanEntry> {
  if (input || !from || !to) {
    throw new InputError(input?.name ?? "standard input", "what comes out of it later cannot be planned");
  }
  const [source, target] = await Promise.all([
    listed ?? from.store.head(from.key, { signal, ...(version !== undefined && { version }) }),
    lookUp(to, signal),
  ]);
  return {
    from: from.uri,
    to: to.uri,
    ...(version !== undefined && { version }),
    source: planned(source),
    replaces: target ? planned(target) : null,
  };
}
