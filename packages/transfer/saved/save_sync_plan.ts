import type { ObjectMeta } from "@lade/core";
import type { Place } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import type { Job } from "../plan/job.ts";
import { PLAN_VERSION, type PlanHeader, planned } from "../plan/plan_file.ts";
import { PlanWriter } from "../plan/plan_writer.ts";
import { sync } from "../sync/sync.ts";
import type { SyncCounts, SyncListener, SyncRequest } from "../sync/sync_request.ts";
import { createPlanFile } from "./save_plan.ts";

/**
 * Plans a synchronization and does nothing of it: what its dry run would tell is written to a new file, with what both
 * listings had. A backup is no part of a plan, and a `TypeError`.
 */
export async function saveSyncPlan(
  lade: UriCalls,
  request: SyncRequest,
  listener: SyncListener,
  file: Place,
): Promise<SyncCounts> {
  if (request.backup) throw new TypeError("Cannot plan a synchronization with a backup");
  const { destination, signal } = request;
  await using writer = await createPlanFile(file, signal);
  const lines = new PlanWriter(headerOf(request), (bytes) => writer.write(bytes));
  const planning: SyncListener = {
    planned: (objects, bytes, unsized) => listener.planned?.(objects, bytes, unsized),
    plannedAll: () => listener.plannedAll?.(),
    started: (job) => listener.started?.(job),
    skipped: (uri, reason) => listener.skipped(uri, reason),
    failed: (uri, error) => listener.failed(uri, error),
    dropped: (job, dropped) => listener.dropped?.(job, dropped),
    noted: async (text) => await listener.noted?.(text),
    backedUp: (from, to, how) => listener.backedUp(from, to, how),
    async done(job, size) {
      await addJob(lines, job);
      await listener.done(job, size);
    },
    async deleted(uri, listed) {
      const name = listed.key.slice(destination.key.length);
      await lines.add({ remove: uri, name, listed: planned(listed) });
      await listener.deleted(uri, listed);
    },
  };
  const counts = await sync(lade, { ...request, dryRun: true, journal: undefined }, planning);
  if (counts.isHalted) return counts;
  await lines.end();
  await writer.close();
  return counts;
}

function headerOf(request: SyncRequest): PlanHeader {
  const { source, destination, attributes = {}, createOnly = false } = request;
  const { keepTime = true, guessContentType = true } = request;
  return {
    lade: "plan",
    version: PLAN_VERSION,
    // As the command would be called that copies each of them.
    operation: "cp",
    time: new Date().toISOString(),
    sources: [source],
    destination: { kind: "prefix", uri: destination.uri },
    recursive: true,
    move: false,
    options: {
      ...{ attributes, createOnly, keepTime, keepWriteTime: keepTime, guessContentType },
      conversion: "none",
      zstdLevel: 3,
    },
  };
}

async function addJob(lines: PlanWriter, { from, to, listed, replaces }: Job): Promise<void> {
  if (!from || !to) throw new TypeError("Cannot plan what has no source or no destination");
  if (!listed) return await lines.add({ marker: from.uri, to: to.uri, reason: "it is an empty directory" });
  const was: ObjectMeta | undefined = replaces === "nothing" ? undefined : replaces;
  await lines.add({
    from: from.uri,
    to: to.uri,
    source: planned(listed),
    replaces: was ? planned(was) : null,
  });
}
