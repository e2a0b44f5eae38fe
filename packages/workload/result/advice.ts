import { formatSize } from "@lade/core/text";
import { Histogram, type HistogramState } from "../histogram/histogram.ts";
import { type Sweep, sweepsOf } from "./knee.ts";
import type { Advice, OpResult, PhaseResult, WorkloadResult } from "./workload_result.ts";

const MS = 1e6;
const BUSY_LAG = 50 * MS;
const LATE = 10 * MS;
const SMALL = 2 ** 16;
/** Fewer say nothing. */
const LEAST_OPS = 100;
const LEAST_LOOKS = 10;
/** A share of what was held up that is worth a word. */
const OFTEN = 0.05;

/** Says in sentences what limited a run, as far as it shows. */
export function adviceOf({ phases }: Pick<WorkloadResult, "phases">): Advice[] {
  return [...phases.flatMap(ofPhase), ...sweepsOf(phases).map(ofSweep)];
}

function ofPhase(phase: PhaseResult): Advice[] {
  const advice: Advice[] = [];
  const { heldByInFlight, heldByMemory, mostInFlight, throttled = 0, clientLag, lateness, concurrency } =
    phase;
  const ops = phase.ops.reduce((sum, { ops }) => sum + ops, 0);
  const name = nameOf(phase);
  const lag = percentile(clientLag, 99);
  if (clientLag.count >= LEAST_LOOKS && lag > BUSY_LAG) {
    advice.push({
      code: "client-busy",
      text: `${name}: this machine was late to look at its clock, by ${
        ms(lag)
      } at p99, and latencies are partly its own: \
use fewer operations at a time, larger objects, or a machine with more processors`,
    });
  }
  const late = lateness ? percentile(lateness, 99) : 0;
  if (late > LATE) {
    const isFull = heldByInFlight > OFTEN * ops;
    advice.push({
      code: "late",
      text: `${name}: operations began late, by ${ms(late)} at p99: ${
        isFull
          ? `maxInFlight, ${mostInFlight}, went on, so the store does not keep up with the rate, or needs more at a time`
          : "this machine does not keep up with the rate"
      }`,
    });
  }
  if (heldByMemory > OFTEN * ops && concurrency !== undefined && mostInFlight < concurrency) {
    advice.push({
      code: "memory",
      text:
        `${name}: at most ${mostInFlight} of ${concurrency} operations went on, for want of memory for their content: \
allow more of it, or use smaller objects`,
    });
  }
  if (throttled > 0) {
    advice.push({
      code: "throttled",
      text:
        `${name}: the service asked for fewer requests ${throttled} times: it limits, and fewer at a time are as fast`,
    });
  }
  return [...advice, ...phase.ops.flatMap((op) => ofSmall(name, op))];
}

/** Small objects whose time is the wait for an answer. */
function ofSmall(name: string, { op, ops, bytes, answer, serviceTime }: OpResult): Advice[] {
  const mean = bytes / ops;
  const isWaiting = percentile(answer, 50) >= 0.8 * percentile(serviceTime, 50);
  if (ops < LEAST_OPS || bytes === 0 || mean >= SMALL || answer.count === 0 || !isWaiting) return [];
  return [{
    code: "small-objects",
    text: `${name}: a ${op} moves ${formatSize(Math.round(mean))} and waits most of its time for an answer: \
requests limit, not bytes; more at a time, or larger objects, move more`,
  }];
}

function ofSweep({ name, isOfBytes, points, knee, best }: Sweep): Advice {
  const rateText = (rate: number) =>
    isOfBytes ? `${formatSize(Math.round(rate))}/s` : `${Math.round(rate)} operations/s`;
  const [before, last] = points.slice(-2);
  if (before && last && last === best && last.rate >= 1.1 * before.rate) {
    return {
      code: "more-concurrency",
      text: `${name}: ${last.concurrency} at a time are still faster than ${before.concurrency} (${
        rateText(last.rate)
      } and ${rateText(before.rate)}): try more`,
    };
  }
  const beside = knee === best
    ? ", and nothing is faster"
    : `, the best is ${rateText(best.rate)} with ${best.concurrency}`;
  return {
    code: "knee",
    text: `${name}: ${knee.concurrency} at a time reach ${rateText(knee.rate)}${beside}${
      causeOf(best.phase)
    }`,
  };
}

/** What the time of reads is spent on, where it is clear. */
function causeOf({ ops }: PhaseResult): string {
  const reads = ops.filter(({ answer }) => answer.count > 0);
  const [read] = reads;
  if (!read || reads.length > 1) return "";
  const share = percentile(read.answer, 50) / percentile(read.serviceTime, 50);
  if (share >= 0.6) return "; most of the time is the wait for answers, so the service limits";
  return share <= 0.4 ? "; most of the time is the transfer of bytes, so what they go through limits" : "";
}

function nameOf({ name, concurrency }: PhaseResult): string {
  return concurrency === undefined ? name : `${name} with ${concurrency} at a time`;
}

function percentile(state: HistogramState, percent: number): number {
  return Histogram.restore(state).percentile(percent) ?? 0;
}

function ms(ns: number): string {
  return `${Math.round(ns / MS)} ms`;
}
