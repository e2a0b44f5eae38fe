import type { Check, PutResult } from "@lade/core/backend";
import { checkReads } from "./check_reads.ts";
import { change, type Patient } from "./patient.ts";
import { randomBytes } from "./random_bytes.ts";
import type { TemporaryObjects } from "./temporary_objects.ts";

const SAMPLE_BYTES = 1024;

/** What the checks of writing came to. */
export interface Writes {
  /** Whether objects can be written and removed again. */
  readonly open: boolean;
  /** Whether they can be read. */
  readonly readable: boolean;
}

/** What a backend knows of its writes. */
export interface WritesConfig {
  /** What else a successful write shows. */
  readonly tell?: (result: PutResult) => string;
  /** Whether a write that failed with this made nothing for certain. */
  readonly madeNothing: (error: unknown) => boolean;
  /** A further check, made before the object is removed. */
  readonly whileThere?: () => Promise<Check>;
}

/** Writes a temporary object, reads it back and removes it. Nothing more is to be written where removing it failed. */
export async function* checkWrites(
  patient: Patient,
  temporary: TemporaryObjects,
  { tell, madeNothing, whileThere }: WritesConfig,
): AsyncGenerator<Check, Writes> {
  const key = temporary.newKey();
  const bytes = randomBytes(SAMPLE_BYTES);
  try {
    temporary.expect(key);
    const result = await change(patient, (signal) => patient.store.put(key, bytes, { signal }));
    temporary.made(key, result);
    const told = tell ? `; ${tell(result)}` : "";
    yield { name: "put", outcome: "ok", detail: `objects may be written${told}` };
  } catch (error) {
    patient.signal?.throwIfAborted();
    if (madeNothing(error)) temporary.notMade(key);
    yield await patient.failed("put", error);
    return { open: false, readable: yield* checkReads(patient, { key, exists: false }) };
  }
  const readable = yield* checkReads(patient, { key, exists: true, bytes });
  if (whileThere) yield await whileThere();
  try {
    await temporary.remove(key);
    yield { name: "delete", outcome: "ok", detail: "objects may be removed" };
  } catch (error) {
    yield await patient.failed("delete", error);
    return { open: false, readable };
  }
  return { open: true, readable };
}
