import { planSafetensorsSet, writeSafetensorsSet } from "@lade/formats/safetensors";
import { type ExportJob, writeOptions, type WrittenExport } from "./export_job.ts";
import { filesOfIndex, numberedFiles, refuseThere } from "./export_place.ts";

/**
 * Writes files of safetensors, and last their index, which is removed first where one is replaced; then the files go that it named
 * and the new one does not.
 */
export async function exportSafetensors(job: ExportJob): Promise<WrittenExport> {
  const { store, folder, name, tensors, replace, fileBytes, signal } = job;
  const index = `${folder}${name}.safetensors.index.json`;
  const maxSize = fileBytes === undefined ? {} : { maxSize: fileBytes };
  // What cannot be laid out leaves the index that is there.
  const plan = planSafetensorsSet(tensors, { name, ...maxSize });
  await refuseThere(job, [index, ...plan.files.map(({ name }) => folder + name)]);
  const before = replace ? await filesOfIndex(job, index) : [];
  if (replace) await store.delete(index, signal ? { signal } : {});
  const written = await writeSafetensorsSet(store, index, tensors, {
    metadata: { format: "pt" },
    ...maxSize,
    ...writeOptions(job),
  });
  const files = written.files.map(({ key }) => key);
  const removed = before.filter((key) => !files.includes(key));
  for await (const { error } of store.deleteMany(removed, signal ? { signal } : {})) if (error) throw error;
  const left = (await numberedFiles(job)).filter((key) => !files.includes(key));
  return { index, files, removed, left };
}
