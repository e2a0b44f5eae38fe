import type { Job, Refusal } from "../plan/job.ts";
import type { TransferTally } from "./transfer_tally.ts";

/** Jobs that may be planned and not begun: a listing far ahead of the transfer, in bounded memory. */
const MOST_AHEAD = 16_384;

/**
 * Runs a plan ahead of its execution, and tells how much there is to do: each source is listed once. What
 * the plan throws is thrown when its jobs before that are taken. Leaving the iteration ends the plan.
 */
export async function* planAhead(
  plan: AsyncGenerator<Job | Refusal>,
  tally: Pick<TransferTally, "planned" | "plannedAll">,
): AsyncGenerator<Job | Refusal> {
  const ready: (Job | Refusal)[] = [];
  let isKnown = true;
  let isEnded = false;
  let failure: { readonly error: unknown } | undefined;
  let [wakeReader, wakePlanner] = [() => {}, () => {}];
  const running = (async () => {
    try {
      for await (const job of plan) {
        if (isEnded) return;
        ready.push(job);
        const size = "reason" in job ? 0 : job.input ? undefined : job.size;
        isKnown &&= size !== undefined;
        tally.planned(1, size ?? 0);
        wakeReader();
        if (ready.length >= MOST_AHEAD) await new Promise<void>((resolve) => wakePlanner = resolve);
      }
      tally.plannedAll(isKnown);
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
        if (next >= 1024) {
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
