import type { Check } from "@lade/core";
import type { AnswerLog } from "./answer_log.ts";

/** Beyond this S3 refuses signed requests ("RequestTimeTooSkewed" of the Amazon S3 API reference). */
const REFUSED_MS = 15 * 60_000;
const NOTABLE_MS = 60_000;

/** Compares this machine's clock with the service's, by the dates of its answers. */
export function checkClock({ answers }: AnswerLog): Check | undefined {
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
    detail: amount < REFUSED_MS ? `${found}; from 15 min on requests are refused` : found,
    advice: "set the clock",
    facts,
  };
}
