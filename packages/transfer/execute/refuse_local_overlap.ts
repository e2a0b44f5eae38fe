import { InvalidNameError } from "@lade/core/errors";
import type { Place } from "../places/place.ts";
import { intoItself } from "../plan/into_itself.ts";
import type { JobPlan } from "../plan/job_plan.ts";

/**
 * Throws an `InvalidNameError` where a local tree would be moved into itself, or where something of it would come to lie in
 * it again.
 */
export async function refuseLocalOverlap(
  { judge, operation, signal }: Pick<JobPlan, "judge" | "operation" | "signal">,
  prefix: Place,
  target: Place,
): Promise<void> {
  if (await judge.contains(prefix, target, undefined, { signal })) {
    const isSame = await judge.contains(target, prefix, undefined, { signal });
    const detail = `${JSON.stringify(target.uri)} ${isSame ? "is the same" : "lies in it"}`;
    throw new InvalidNameError({ operation, uri: prefix.uri, detail });
  }
  const within = await judge.pathWithin(target, prefix, undefined, { signal });
  if (within === undefined) return;
  if (await prefix.store.tree?.kindOf(prefix.key + within.slice(0, -1), { signal })) {
    throw intoItself(prefix, within, operation);
  }
}
