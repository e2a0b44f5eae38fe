import type { Check } from "@lade/core/backend";
import { NotFoundError } from "@lade/core/errors";
import { getBytes } from "@lade/core";
import { type Patient, probe } from "./patient.ts";

/** An object to try reads on. */
export interface Sample {
  /** Its key. */
  readonly key: string;
  /** Whether it is known to be there; a missing key also shows whether a call is allowed. */
  readonly exists: boolean;
  /** The bytes it has to hold, where they are known. */
  readonly bytes?: Uint8Array;
}

/** Tries `head` and `get`. */
export async function* checkReads(patient: Patient, sample: Sample): AsyncGenerator<Check, boolean> {
  const { store } = patient;
  const head = await tryCall(patient, sample, "head", "objects may be looked up", async (signal) => {
    await store.head(sample.key, { signal });
  });
  yield head;
  const get = await tryCall(patient, sample, "get", "objects may be read", async (signal) => {
    const { bytes } = sample;
    if (!bytes) {
      await using result = await store.get(sample.key, { signal, range: { offset: 0, length: 1 } });
      await result.readInto(new Uint8Array(1));
      return;
    }
    const read = await getBytes(store, sample.key, { signal });
    const same = read.bytes.length === bytes.length && read.bytes.every((byte, at) => byte === bytes[at]);
    if (!same) throw new TypeError("other bytes came back than were written");
    return read.verified ? "the checksum fitted" : "the bytes are those that were written";
  });
  yield get;
  return get.outcome === "ok";
}

async function tryCall(
  patient: Patient,
  sample: Sample,
  name: string,
  allowed: string,
  call: (signal: AbortSignal) => Promise<string | void>,
): Promise<Check> {
  try {
    const more = await probe(patient, call);
    return { name, outcome: "ok", detail: more ? `${allowed}; ${more}` : allowed };
  } catch (error) {
    patient.signal?.throwIfAborted();
    if (error instanceof NotFoundError && !sample.exists) {
      return { name, outcome: "ok", detail: `${allowed} (tried on a key that is not there)` };
    }
    return await patient.failed(name, error);
  }
}
