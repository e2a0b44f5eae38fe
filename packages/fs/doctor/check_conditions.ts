import { AlreadyExistsError, type Check, PreconditionFailedError } from "@lade/core/backend";
import { change, type TemporaryObjects } from "@lade/service/diagnosis";
import type { LocalPatient } from "./local_patient.ts";

/** Creates what exists already, and swaps what has changed: both have to be refused. */
export async function checkConditions(patient: LocalPatient, temporary: TemporaryObjects): Promise<Check> {
  const name = "conditions";
  const { store } = patient;
  const key = temporary.newKey();
  const put = (size: number, condition: { readonly ifMatch: string } | { readonly ifNoneMatch: "*" }) =>
    change(patient, (signal) => store.put(key, new Uint8Array(size), { signal, ...condition }));
  try {
    temporary.expect(key);
    const { etag: first = "" } = await put(1, { ifNoneMatch: "*" });
    await refused("create-only", () => put(2, { ifNoneMatch: "*" }));
    await put(3, { ifMatch: first });
    await refused("compare-and-swap", () => put(4, { ifMatch: first }));
    return { name, outcome: "ok", detail: "create-only and compare-and-swap writes hold" };
  } catch (error) {
    patient.signal?.throwIfAborted();
    return await patient.failed(name, error);
  }
}

async function refused(kind: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof AlreadyExistsError || error instanceof PreconditionFailedError) return;
    throw error;
  }
  throw new Error(`a ${kind} write went through that has to be refused`);
}
