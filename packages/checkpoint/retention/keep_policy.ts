import { checkOptions, optionWords } from "@lade/core/backend";
import { namedValues } from "../errors/check_values.ts";
import { type CheckpointRef, compareRefs, refName } from "../keys/series_keys.ts";
import type { CheckpointInfo } from "../series/checkpoint_info.ts";

/**
 * Which checkpoints are kept: those that any of its rules keeps; all where it has no rule. The newest one and those that are
 * pinned are kept in any case.
 */
export interface KeepPolicy {
  /** So many of the newest. */
  readonly last?: number;
  /** Those whose step is a multiple of it. */
  readonly everySteps?: number;
  /** The first one of each such stretch of time, in milliseconds, by the times of the checkpoints. */
  readonly everyMs?: number;
  /** So many of the best by a metric; those without it are none. As long as none has it, all are kept. */
  readonly best?: { readonly metric: string; readonly mode: "min" | "max"; readonly count: number };
}

/** Throws a `TypeError` for what is no policy. */
export function checkKeepPolicy(policy: KeepPolicy): void {
  const known = ["last", "everySteps", "everyMs", "best"];
  for (const [name, value] of namedValues<unknown>("keep checkpoints", policy)) {
    if (!known.includes(name)) {
      throw new TypeError(`Cannot keep checkpoints by ${JSON.stringify(name)}: it is ${known.join(", ")}`);
    }
    if (name !== "best" && value !== undefined) checkCount(name, value as number);
  }
  const { best } = policy;
  if (best === undefined) return;
  checkOptions("keep checkpoints by best", best, { metric: "any", mode: "any", count: "any" });
  checkCount("best.count", best.count);
  if (best.mode !== "min" && best.mode !== "max") {
    throw new TypeError(
      `Cannot keep checkpoints by best.mode ${optionWords(best.mode)}: it is "min" or "max"`,
    );
  }
  if (typeof best.metric !== "string") {
    throw new TypeError("Cannot keep checkpoints by best without a metric");
  }
}

/** Those of `checkpoints` that are kept, each with the rule that keeps it. `wanted` says by names of {@linkcode refName} why others are. */
export function keptBy(
  policy: KeepPolicy,
  checkpoints: readonly CheckpointInfo[],
  wanted: ReadonlyMap<string, string>,
): Map<string, string> {
  const kept = new Map<string, string>();
  const keep = (ref: CheckpointRef, rule: string) => {
    if (!kept.has(refName(ref))) kept.set(refName(ref), rule);
  };
  const newest = checkpoints.toSorted((a, b) => compareRefs(b, a));
  for (const ref of newest.slice(0, 1)) keep(ref, "it is the newest");
  for (const ref of newest) {
    const reason = wanted.get(refName(ref));
    if (reason !== undefined) keep(ref, reason);
  }
  const { last = 0, everySteps, everyMs, best } = policy;
  if (last === 0 && !everySteps && !everyMs && !best) {
    for (const ref of newest) keep(ref, "there is no rule");
  }
  const missing = missingMetric(policy, newest);
  if (missing !== undefined) { for (const ref of newest) keep(ref, `none has the metric ${missing}`); }
  for (const ref of newest.slice(0, last)) keep(ref, `it is one of the last ${last}`);
  if (everySteps) {
    for (const ref of newest) {
      if (ref.step % everySteps === 0) keep(ref, `its step is a multiple of ${everySteps}`);
    }
  }
  if (everyMs) {
    let stretch: number | undefined;
    for (const ref of newest.toReversed()) {
      const own = Math.floor(ref.createdAt.getTime() / everyMs);
      if (own !== stretch) keep(ref, `it is the first of ${everyMs} ms`);
      stretch = own;
    }
  }
  if (best) {
    const { metric, mode, count } = best;
    const sign = mode === "min" ? 1 : -1;
    const valued = newest.filter(({ metrics }) => Object.hasOwn(metrics, metric));
    const sorted = valued.toSorted((a, b) => sign * ((a.metrics[metric] ?? 0) - (b.metrics[metric] ?? 0)));
    for (const ref of sorted.slice(0, count)) keep(ref, `it is one of the best ${count} by ${metric}`);
  }
  return kept;
}

/** The metric of the policy, where none of several checkpoints has it: its name may be wrong, or the first is still to come. */
export function missingMetric(
  { best }: KeepPolicy,
  checkpoints: readonly Pick<CheckpointInfo, "metrics">[],
): string | undefined {
  if (!best || checkpoints.length < 2) return undefined;
  return checkpoints.some(({ metrics }) => Object.hasOwn(metrics, best.metric)) ? undefined : best.metric;
}

function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new TypeError(
    `Cannot keep checkpoints by ${name} ${optionWords(value)}: a whole number from 1 up is needed`,
  );
}
