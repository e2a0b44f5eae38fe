import { type Check, NotFoundError } from "@lade/core/backend";
import { probe } from "./patient.ts";
import type { ServicePatient } from "./service_patient.ts";

const REQUESTS = 9;

/** Measures how long small requests take, one after the other on an open connection. */
export async function measureLatency(patient: ServicePatient, key: string): Promise<Check> {
  const name = "latency";
  const { answers, store } = patient;
  const before = answers.answers.length;
  try {
    for (let i = 0; i < REQUESTS; i++) {
      await probe(patient, (signal) => store.head(key, { signal })).catch((error) => {
        if (!(error instanceof NotFoundError)) throw error;
      });
    }
  } catch (error) {
    patient.signal?.throwIfAborted();
    return await patient.failed(name, error);
  }
  const waits = answers.answers.slice(before).map(({ waitMs }) => waitMs).sort((a, b) => a - b);
  const at = (share: number) => waits[Math.round((waits.length - 1) * share)] ?? 0;
  const [fastestMs, medianMs, slowestMs] = [at(0), at(0.5), at(1)];
  return {
    name,
    outcome: "ok",
    detail: `${medianMs.toFixed(1)} ms to the first byte, the median of ${waits.length} small requests ` +
      `(from ${fastestMs.toFixed(1)} to ${slowestMs.toFixed(1)})`,
    facts: { medianMs, fastestMs, slowestMs, requests: waits.length },
  };
}
