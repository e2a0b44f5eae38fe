import type { ObjectStore, PartWriter, PartWriterOptions } from "@lade/core/backend";
import { listUploads } from "@lade/core/operations";
import type { ConformanceContext } from "./conformance_case.ts";
import { collect } from "./samples.ts";

/** The part size that the store's writers make of the smallest one. */
export async function partSizeIn({ store, partSize }: ConformanceContext): Promise<number> {
  await using writer = await store.createPartWriter("part-size", 1, { partSize });
  return writer.partSize;
}

/** Begins a resumable write. */
export function beginUpload(
  { store, partSize }: ConformanceContext,
  data: Uint8Array,
  options: PartWriterOptions,
  key = "object",
): Promise<PartWriter> {
  return store.createPartWriter(key, data.length, { partSize, resumable: true, ...options });
}

/** Detaches a writer and gives its token. */
export async function detached(writer: PartWriter): Promise<string> {
  const { token } = writer;
  await writer.detach();
  if (token === undefined) throw new Error("a resumable writer has no token");
  return token;
}

/** The keys and tokens of the uploads, sorted. */
export async function tokensIn(store: ObjectStore, prefix = ""): Promise<[string, string][]> {
  const uploads = await collect(listUploads(store, prefix));
  return uploads.map(({ key, token }): [string, string] => [key, token]).sort();
}

/** The indices of all parts. */
export function indexesOf({ partCount }: PartWriter): number[] {
  return Array.from({ length: partCount }, (_, index) => index);
}

/** The bytes of a part. */
export function partOf({ partSize }: PartWriter, data: Uint8Array, index: number): Uint8Array {
  return data.subarray(index * partSize, (index + 1) * partSize);
}

/** Writes the parts that are not written. */
export async function writeMissing(writer: PartWriter, data: Uint8Array): Promise<void> {
  const missing = indexesOf(writer).filter((index) => !writer.isWritten(index));
  await Promise.all(missing.map((index) => writer.writePart(index, partOf(writer, data, index))));
}
