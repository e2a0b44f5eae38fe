import type { Check } from "@lade/core/backend";
import type { AnswerLog } from "./answer_log.ts";

const NOTABLE_MS = 60_000;

/**
 * Compares this machine's clock with the service's, by the dates of its answers. Beyond `maxSkewMs` requests are refused.
 */
export function checkClock({ answers }: AnswerLog, maxSkewMs?: number): Check | undefined {
  const name = "clock";
  const skews = answers.flatMap(({ skewMs }) => skewMs === undefined ? [] : [skewMs]);
  // Dates are cut to whole seconds, and answers take their time: the truth is half a second less, or a little more.
  const skewMs = Math.round(Math.min(...skews) - 500);
  if (!Number.isFinite(skewMs)) return undefined;
  const facts = { skewMs };
  const amount = Math.abs(skewMs);
  if (amount < 2_000) return { name, outcome: "ok", detail: "in step with the service's", facts };
  const found = `${
    amount < 120_000 ? `${Math.round(amount / 1000)} s` : `${Math.round(amount / 60_000)} min`
  } ${skewMs > 0 ? "ahead of" : "behind"} the service's`;
  if (amount < NOTABLE_MS) return { name, outcome: "ok", detail: found, facts };
  return {
    name,
    outcome: "warning",
    detail: maxSkewMs !== undefined && amount < maxSkewMs
      ? `${found}; from ${Math.round(maxSkewMs / 60_000)} min on requests are refused`
      : found,
    advice: "set the clock",
    facts,
  };
}
