import { planSafetensorsSet, writeSafetensorsSet } from "@lade/formats/safetensors";
import { type ExportJob, writeOptions, type WrittenExport } from "./export_job.ts";

/** Writes files of safetensors, and last their index, which is removed first where one is replaced. */
export async function exportSafetensors(job: ExportJob): Promise<WrittenExport> {
  const { store, folder, name, tensors, replace, fileBytes, signal } = job;
  const index = `${folder}${name}.safetensors.index.json`;
  const maxSize = fileBytes === undefined ? {} : { maxSize: fileBytes };
  // What cannot be laid out leaves the index that is there.
  planSafetensorsSet(tensors, maxSize);
  if (replace) await store.delete(index, signal ? { signal } : {});
  const { files } = await writeSafetensorsSet(store, index, tensors, {
    metadata: { format: "pt" },
    ...maxSize,
    ...writeOptions(job),
  });
  return { index, files: files.map(({ key }) => key) };
}
