import { crc32c, crc32cToHex } from "@lade/core";
import { elementsOf } from "@lade/formats/array";
import { type RawTensor, writeRawDescription } from "../raw/raw_description.ts";
import { type ExportJob, writeOptions, type WrittenExport } from "./export_job.ts";
import { refuseThere } from "./export_place.ts";

/** Where tensors begin: at multiples of this, so that the file can be mapped into memory. */
const ALIGNMENT = 64;

/**
 * Writes one file of the tensors' bytes, and last a description that says which lie where, and their checksums; it is removed first
 * where one is replaced.
 */
export async function exportRaw(job: ExportJob): Promise<WrittenExport> {
  const { store, folder, name, tensors, replace, signal } = job;
  const [file, index] = [`${name}.raw`, `${folder}${name}.raw.json`];
  await refuseThere(job, [index, `${folder}${file}`]);
  if (replace) await store.delete(index, signal ? { signal } : {});
  const described: RawTensor[] = [];
  await using writer = await store.createWriter(`${folder}${file}`, writeOptions(job));
  for (const { name, dtype, shape, data } of tensors) {
    // What has no bytes is not aligned, so that the file ends with a tensor.
    const gap = elementsOf(shape) === 0 ? 0 : -writer.bytesWritten & (ALIGNMENT - 1);
    if (gap > 0) await writer.write(new Uint8Array(gap));
    const offset = writer.bytesWritten;
    let sum = 0;
    for await (const bytes of data()) {
      sum = crc32c(bytes, sum);
      await writer.write(bytes);
    }
    described.push({ name, dtype, shape, file, offset, crc32c: crc32cToHex(sum) });
  }
  await writer.close();
  await store.put(index, writeRawDescription(described), writeOptions(job));
  return { index, files: [`${folder}${file}`] };
}
