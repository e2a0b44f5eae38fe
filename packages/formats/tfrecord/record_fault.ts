import { FormatError } from "../errors/format_error.ts";

/** Where a record is. */
export interface RecordPlace {
  /** The object. */
  readonly uri: string;
  /** Which record it is, counted from 0. */
  readonly record: number;
  /** Where its frame begins. */
  readonly offset: number;
}

/** What is wrong with one record: `Cannot read tfrecord "…": record 3 at byte 96: …`. */
export function recordFault(place: RecordPlace, detail: string, advice?: string): FormatError {
  const { uri, record, offset } = place;
  return new FormatError({
    operation: "read tfrecord",
    uri,
    detail: `record ${record} at byte ${offset}: ${detail}`,
    advice,
    record,
    offset,
  });
}

/** The length in a head has another checksum than is stored. */
export const LENGTH_FAULT = "the CRC-32C of its length does not fit";
/** The bytes of a record have another checksum than is stored. */
export const DATA_FAULT = "its CRC-32C does not fit";
