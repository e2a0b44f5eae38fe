import type { Job, Refusal } from "../plan/job.ts";
import type { TransferTally } from "./transfer_tally.ts";

/** Jobs that may be planned and not begun: a listing far ahead of the transfer, in some 10 MiB of memory. */
export const MOST_AHEAD = 16_384;

/** How many jobs are taken before the memory of all of them is given back, and the plan goes on. */
const TAKEN_TOGETHER = 1024;

/**
 * Runs a plan ahead of its execution, and tells how much there is to do: each source is listed once. The jobs come in the
 * order of the plan. What the plan throws is thrown when the jobs before that are taken. Leaving the iteration ends the
 * plan, once that yields again: a plan that waits is to be ended by its signal.
 */
export async function* planAhead(
  plan: AsyncIterable<Job | Refusal>,
  tally: Pick<TransferTally, "planned" | "plannedAll">,
): AsyncGenerator<Job | Refusal> {
  const ready: (Job | Refusal)[] = [];
  let isEnded = false;
  let failure: { readonly error: unknown } | undefined;
  let [wakeReader, wakePlanner] = [() => {}, () => {}];
  const running = (async () => {
    try {
      for await (const job of plan) {
        if (isEnded) return;
        ready.push(job);
        tally.planned(1, sizeOf(job) ?? 0, sizeOf(job) === undefined ? 1 : 0);
        wakeReader();
        if (ready.length >= MOST_AHEAD) await new Promise<void>((resolve) => wakePlanner = resolve);
      }
      tally.plannedAll();
    } catch (error) {
      failure = { error };
    } finally {
      isEnded = true;
      wakeReader();
    }
  })();
  try {
    for (let next = 0;;) {
      const job = ready[next];
      if (job !== undefined) {
        next++;
        if (next >= TAKEN_TOGETHER) {
          ready.splice(0, next);
          next = 0;
          wakePlanner();
        }
        yield job;
      } else if (failure) throw failure.error;
      else if (isEnded) return;
      else {
        ready.length = next = 0;
        wakePlanner();
        await new Promise<void>((resolve) => wakeReader = resolve);
      }
    }
  } finally {
    isEnded = true;
    wakePlanner();
    await running;
  }
}

/** The bytes of a job; `undefined` where they are not known before it is read. */
function sizeOf(job: Job | Refusal): number | undefined {
  if ("reason" in job) return 0;
  return job.input ? undefined : job.size;
}
