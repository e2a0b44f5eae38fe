import type { Check } from "@lade/core";
import { UnsupportedError } from "@lade/core/backend";
import { change, probe, type TemporaryObjects } from "@lade/service/diagnosis";
import type { LocalPatient } from "./local_patient.ts";

const SAMPLE = new Uint8Array(4096);

/** Tries O_DIRECT: on an object that is there, or on a temporary one. */
export async function checkDirect(
  patient: LocalPatient,
  temporary: TemporaryObjects,
  { key, fallback }: { readonly key: string | undefined; readonly fallback: boolean },
): Promise<Check> {
  const name = "direct";
  if (key === undefined && !patient.write) {
    const detail = "not tried: there is no object to read by O_DIRECT";
    return { name, outcome: "skipped", detail, advice: "allow writing, and one is made for it" };
  }
  try {
    await using store = await patient.reopen({ fallback: false });
    if (patient.write) {
      const made = temporary.newKey();
      temporary.expect(made);
      await change(patient, (signal) => store.put(made, SAMPLE, { signal }));
    }
    if (key !== undefined) {
      await probe(patient, async (signal) => await (await store.get(key, { signal })).cancel());
    }
    return { name, outcome: "ok", detail: "O_DIRECT is taken: bytes go past the page cache" };
  } catch (error) {
    patient.signal?.throwIfAborted();
    if (!(error instanceof UnsupportedError)) return await patient.failed(name, error);
    const refused = "O_DIRECT is refused here";
    return fallback
      ? { name, outcome: "warning", detail: `${refused}: bytes go through the page cache, as fallback asks` }
      : {
        name,
        outcome: "failed",
        detail: refused,
        advice: "use file://, or direct.fallback=true to go through the page cache",
        error,
      };
  }
}
