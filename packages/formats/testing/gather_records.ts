import type { ObjectStore } from "@lade/core";
import {
  createRecordWriter,
  readRecords,
  type ReadRecordsOptions,
  type RecordWriterOptions,
} from "../tfrecord/mod.ts";

/** Bytes given in hexadecimal. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(hex.replaceAll(/\s/g, ""));
}

/** The records of a TFRecord object, copied. */
export async function gatherRecords(
  store: ObjectStore,
  key: string,
  options: ReadRecordsOptions = {},
): Promise<Uint8Array[]> {
  const records: Uint8Array[] = [];
  for await (const batch of readRecords(store, key, options)) {
    for (const record of batch) records.push(record.slice());
  }
  return records;
}

/** Writes records as a TFRecord object. */
export async function putRecords(
  store: ObjectStore,
  key: string,
  records: Iterable<Uint8Array>,
  options: RecordWriterOptions = {},
): Promise<void> {
  await using writer = await createRecordWriter(store, key, options);
  await writer.writeAll(records);
  await writer.close();
}
