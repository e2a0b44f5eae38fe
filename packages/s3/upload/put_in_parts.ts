import { type PutOptions, type PutResult, reportLeftover } from "@lade/core/backend";
import { writeTwice } from "../service/plainer_way.ts";
import { openPartWriter, type PartWriterTarget } from "./open_part_writer.ts";

/** Writes an object that is all in memory, in parts sent side by side from where the bytes are. */
export function putInParts(
  target: PartWriterTarget,
  bytes: Uint8Array,
  options: PutOptions,
): Promise<PutResult> {
  return writeTwice(target.connection, () => putOnce(target, bytes, options));
}

async function putOnce(
  target: PartWriterTarget,
  bytes: Uint8Array,
  options: PutOptions,
): Promise<PutResult> {
  const writer = await openPartWriter(target, bytes.length, options);
  const { partSize, partCount } = writer;
  const write = (index: number) => {
    const start = index * partSize;
    return writer.writePart(index, bytes.subarray(start, start + partSize));
  };
  try {
    await Promise.all(Array.from({ length: partCount }, (_, index) => write(index)));
    return await writer.close();
  } catch (error) {
    throw await writer.abort(error).then(() => error, (leftover) => reportLeftover(error, leftover));
  }
}
