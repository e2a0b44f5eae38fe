import type { Check } from "@lade/core";
import { change, probe, type TemporaryObjects } from "@lade/service/diagnosis";
import type { LocalPatient } from "./local_patient.ts";

const READS = 25;
const WRITES = 9;
const SMALL_BYTES = 4096;

/** Measures how long it takes to open an object and to read its first bytes, one after the other. */
export async function measureLatency(patient: LocalPatient, key: string): Promise<Check> {
  const name = "latency";
  const { store } = patient;
  const target = new Uint8Array(SMALL_BYTES);
  try {
    const times = await timesOf(READS, patient, () =>
      probe(patient, async (signal) => {
        await using result = await store.get(key, { signal, range: { offset: 0, length: SMALL_BYTES } });
        await result.readInto(target);
      }));
    return timeCheck(name, times, "to open an object and read its first 4 KiB", 3);
  } catch (error) {
    patient.signal?.throwIfAborted();
    return await patient.failed(name, error);
  }
}

/** Measures how long it takes until a small object is on the disk, one after the other. */
export async function measureSync(patient: LocalPatient, temporary: TemporaryObjects): Promise<Check> {
  const name = "sync";
  const bytes = new Uint8Array(SMALL_BYTES);
  const key = temporary.newKey();
  try {
    await using store = await patient.reopen({ sync: "full" });
    temporary.expect(key);
    const times = await timesOf(WRITES, patient, () =>
      change(patient, async (signal) => {
        await store.put(key, bytes, { signal });
      }));
    return timeCheck(name, times, "until 4 KiB are on the disk (sync=full)", 2);
  } catch (error) {
    patient.signal?.throwIfAborted();
    return await patient.failed(name, error);
  }
}

async function timesOf(count: number, { clock }: LocalPatient, work: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startMs = clock.monotonicMs();
    await work();
    times.push(clock.monotonicMs() - startMs);
  }
  return times.sort((a, b) => a - b);
}

function timeCheck(name: string, times: readonly number[], what: string, digits: number): Check {
  const at = (share: number) => times[Math.round((times.length - 1) * share)] ?? 0;
  const [fastestMs, medianMs, slowestMs] = [at(0), at(0.5), at(1)];
  const range = `from ${fastestMs.toFixed(digits)} to ${slowestMs.toFixed(digits)}`;
  return {
    name,
    outcome: "ok",
    detail: `${medianMs.toFixed(digits)} ms ${what}, the median of ${times.length} (${range})`,
    facts: { medianMs, fastestMs, slowestMs, calls: times.length },
  };
}
