import type { CallOptions } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { inflate } from "../source/inflate.ts";
import type { RecordCompression } from "./record_compression.ts";

/** The records' bytes of what is compressed as a whole; data that are damaged are a `FormatError` that names the object. */
export function inflateRecords(
  uri: string,
  stored: AsyncIterable<Uint8Array>,
  compression: RecordCompression,
  call?: CallOptions,
): AsyncIterable<Uint8Array> {
  const fault = (what: string, offset: number, cause?: unknown) =>
    new FormatError({
      operation: "decompress",
      uri,
      detail: `its ${compression} data ${what}`,
      offset,
      cause,
    });
  return inflate(stored, compression, fault, call);
}
