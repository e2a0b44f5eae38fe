import { WorkloadSpecError } from "../errors/workload_spec_error.ts";
import { Histogram, type HistogramState } from "../histogram/histogram.ts";
import { RESULT_SCHEMA, type WorkloadResult } from "./workload_result.ts";

/** No phase takes longer, and each second of it takes memory. */
const LONGEST_MS = 32 * 86_400_000;

/**
 * Reads the result of a run: its JSON, or lines of JSON among which it is, as `--json` prints them. What is none is a
 * `WorkloadSpecError`.
 */
export function readResult(text: string, uri = "result"): WorkloadResult {
  const fault = (detail: string, cause?: unknown) =>
    new WorkloadSpecError({ uri, path: "", detail, ...(cause !== undefined && { cause }) });
  const isResult = (value: unknown) => isRecord(value) && value.schema === RESULT_SCHEMA;
  const whole = parsed(text);
  const lines = () => text.split("\n").filter((line) => line.includes(RESULT_SCHEMA)).map(parsed);
  const [found, ...others] = (isResult(whole) ? [whole] : lines()).filter(isResult);
  if (found === undefined) throw fault(`it has no result of a workload, of the schema ${RESULT_SCHEMA}`);
  if (others.length > 0) throw fault(`it has ${others.length + 1} results, and which is meant is not clear`);
  try {
    checkResult(found as WorkloadResult);
  } catch (error) {
    throw fault("it is damaged", error);
  }
  return found as WorkloadResult;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Looks at all that is computed with. */
function checkResult({ target, spec, phases, verify, startedAt, host, stopped = "" }: WorkloadResult): void {
  const check = (isFine: boolean) => {
    if (!isFine) throw new TypeError("a value is of another kind");
  };
  const numbers = (...values: unknown[]) =>
    check(values.every((value) => typeof value === "number" && value >= 0 && value < Infinity));
  const texts = (...values: unknown[]) => check(values.every((value) => typeof value === "string"));
  const histograms = (...states: HistogramState[]) => states.forEach((state) => Histogram.restore(state));
  texts(target, startedAt, host.runtime, stopped);
  check(isRecord(spec));
  numbers(host.cpus, verify.reads, verify.wrong);
  for (const phase of phases) {
    texts(phase.name);
    check(phase.steadyMs <= LONGEST_MS);
    numbers(phase.durationMs, phase.steadyMs, phase.startMs, phase.mostInFlight);
    numbers(phase.heldByInFlight, phase.heldByMemory, phase.concurrency ?? 0, phase.rate ?? 0);
    histograms(phase.clientLag, ...(phase.lateness ? [phase.lateness] : []));
    for (const op of phase.ops) {
      texts(op.op, ...op.errors.flatMap(({ kind, example }) => [kind, example]));
      numbers(op.ops, op.bytes, op.objects, op.opsPerSecond, op.bytesPerSecond);
      numbers(...op.errors.map(({ count }) => count));
      histograms(op.latency, op.serviceTime, op.answer, ...op.sizes.map(({ latency }) => latency));
      for (const { t, ops, bytes, errors } of op.series) numbers(t, ops, bytes, errors);
    }
  }
}
