import { localPathOf } from "../places/place.ts";
import type { TransferProgress } from "../progress/transfer_progress.ts";
import { type JobPlan, planJobs } from "./plan_jobs.ts";

/**
 * Finds out how much a transfer has to do, for its progress: a listing of its own, far ahead of the transfer, costs
 * little and holds nothing. What cannot be found out leaves the totals unknown, and so does an object that was named and
 * is not local: a request of its own is not worth its size, which the first answer of the transfer tells.
 */
export async function measureJobs(plan: JobPlan, progress: TransferProgress): Promise<void> {
  try {
    for await (const job of planJobs(plan)) {
      if ("reason" in job) continue;
      const { from, input } = job;
      if (!from || input || (job.size === undefined && localPathOf(from.uri) === undefined)) return;
      const size = job.size ?? (await from.store.head(from.key, { signal: plan.signal })).size;
      progress.plan(1, size);
    }
    progress.planned();
  } catch {
    // The transfer itself reports what is wrong.
  }
}
