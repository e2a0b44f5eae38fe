import { type ZstdFault, ZstdWorkerError } from "@lade/codec/zstd";
import { ChecksumMismatchError, UnsupportedError } from "../errors/errors.ts";

/** Makes the errors of faults in the compressed data of `uri`. */
export function faultOf(uri: string): ZstdFault {
  return (kind, detail, cause) => {
    const told = { operation: "decompress", uri, detail, cause };
    return kind === "damaged" ? new ChecksumMismatchError(told) : new UnsupportedError(told);
  };
}

/** Names the data that a Worker failed at; other errors stay as they are. */
export function namingData(uri: string, cause: unknown): unknown {
  if (!(cause instanceof ZstdWorkerError)) return cause;
  return new Error(`Cannot decompress ${JSON.stringify(uri)}: ${cause.message}`, { cause });
}
