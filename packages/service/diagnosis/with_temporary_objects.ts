import { type Check, objectUri } from "@lade/core/backend";
import type { Patient } from "./patient.ts";
import { type Leftover, TemporaryObjects } from "./temporary_objects.ts";

/**
 * Runs checks that may make temporary objects, and removes those before the iteration ends, also when it is aborted or
 * left. What stays behind all the same is a failed check.
 */
export async function* withTemporaryObjects(
  patient: Patient,
  examine: (temporary: TemporaryObjects) => AsyncGenerator<Check>,
): AsyncGenerator<Check> {
  const temporary = new TemporaryObjects(patient);
  let left: Leftover[] = [];
  try {
    yield* examine(temporary);
  } finally {
    left = await temporary.removeAll();
  }
  for (const { key, error } of left) {
    const check = await patient.failed("cleanup", error);
    const detail = `${JSON.stringify(objectUri(patient.store.uri, key))} stays behind: ${check.detail}`;
    yield { ...check, detail, advice: "remove it, or allow to remove it and try again" };
  }
}
