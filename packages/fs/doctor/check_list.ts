import type { Check, ObjectMeta } from "@lade/core";
import { probe } from "@lade/service/diagnosis";
import type { LocalPatient } from "./local_patient.ts";

/** Objects that are listed to find one to read. */
const MOST_OBJECTS = 1000;

/** What listing came to. */
export interface ListFindings {
  /** Whether objects may be listed. */
  readonly open: boolean;
  /** The first of them. */
  readonly objects: readonly ObjectMeta[];
}

/** Lists the first objects. */
export async function* checkList(patient: LocalPatient): AsyncGenerator<Check, ListFindings> {
  const name = "list";
  const { clock, store } = patient;
  const objects: ObjectMeta[] = [];
  const startMs = clock.monotonicMs();
  try {
    await probe(patient, async (signal) => {
      for await (const object of store.list("", { signal })) {
        if (objects.push(object) === MOST_OBJECTS) break;
      }
    });
  } catch (error) {
    patient.signal?.throwIfAborted();
    yield await patient.failed(name, error);
    return { open: false, objects };
  }
  const tookMs = clock.monotonicMs() - startMs;
  const count = objects.length;
  const some = count === 0
    ? "there is none"
    : `the first ${count === 1 ? "one" : count} took ${tookMs.toFixed(1)} ms`;
  yield {
    name,
    outcome: "ok",
    detail: `objects may be listed; ${some}`,
    facts: { objects: count, tookMs: Math.round(tookMs) },
  };
  return { open: true, objects };
}
