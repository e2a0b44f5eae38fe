import { objectUri } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { isNpyDType } from "@lade/formats/npy";
import { checkMemberName, createNpzWriter } from "@lade/formats/npz";
import { type ExportJob, writeOptions, type WrittenExport } from "./export_job.ts";
import { refuseThere } from "./export_place.ts";

/** Writes an npz, which is seen as a whole or not at all. What NumPy has no dtype for is refused before anything is written. */
export async function exportNpz(job: ExportJob): Promise<WrittenExport> {
  const { store, folder, name, tensors } = job;
  const key = `${folder}${name}.npz`;
  for (const { name, dtype } of tensors) {
    const refused = (detail: string, advice: string) =>
      new UnsupportedError({ operation: "export to", uri: objectUri(store.uri, key), detail, advice });
    if (!isNpyDType(dtype)) {
      throw refused(
        `NumPy has no ${dtype}, which tensor ${JSON.stringify(name)} is of`,
        "export as safetensors or raw, or choose other tensors",
      );
    }
    const fault = checkMemberName(`${name}.npy`);
    if (fault !== undefined) {
      throw refused(`no array can be called ${JSON.stringify(name)}: ${fault}`, "rename it");
    }
  }
  await refuseThere(job, [key]);
  await using writer = await createNpzWriter(store, key, writeOptions(job));
  for (const { name, dtype, shape, data } of tensors) {
    const array = await writer.createArray(name, { dtype, shape });
    for await (const bytes of data()) await array.write(bytes);
    await array.close();
  }
  await writer.close();
  return { index: key, files: [key] };
}
