import { AlreadyExistsError, type Check, PreconditionFailedError } from "@lade/core/backend";
import { change, checkReads, randomBytes, type TemporaryObjects } from "@lade/core/diagnosis";
import type { LocalPatient } from "./local_patient.ts";

const SAMPLE_BYTES = 1024;

/** What the checks of writing came to. */
export interface WriteFindings {
  /** Whether objects can be written and removed again. */
  readonly open: boolean;
  /** Whether they can be read. */
  readonly readable: boolean;
}

/**
 * Writes a temporary object, reads it back, writes it under conditions and removes it. Nothing more is written where
 * removing it failed.
 */
export async function* checkWrites(
  patient: LocalPatient,
  temporary: TemporaryObjects,
): AsyncGenerator<Check, WriteFindings> {
  const key = temporary.newKey();
  const bytes = randomBytes(SAMPLE_BYTES);
  try {
    temporary.expect(key);
    await change(patient, (signal) => patient.store.put(key, bytes, { signal }));
    yield { name: "put", outcome: "ok", detail: "objects may be written" };
  } catch (error) {
    patient.signal?.throwIfAborted();
    yield await patient.failed("put", error);
    return { open: false, readable: yield* checkReads(patient, { key, exists: false }) };
  }
  const readable = yield* checkReads(patient, { key, exists: true, bytes });
  yield await checkConditions(patient, temporary);
  try {
    await temporary.remove(key);
    yield { name: "delete", outcome: "ok", detail: "objects may be removed" };
  } catch (error) {
    yield await patient.failed("delete", error);
    return { open: false, readable };
  }
  return { open: true, readable };
}

/** Creates what exists already, and swaps what has changed: both have to be refused. */
async function checkConditions(patient: LocalPatient, temporary: TemporaryObjects): Promise<Check> {
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
