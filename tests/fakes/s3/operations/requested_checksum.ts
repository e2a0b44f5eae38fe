import { type Algorithm, algorithmNamed, isDigest } from "../checksum/algorithm.ts";
import type { Payload } from "../auth/payload.ts";
import { S3Error } from "../s3_error.ts";
import type { HeaderList } from "@lade/testing/http";

/** The checksum a client sends with a body. */
export interface RequestedChecksum {
  /** Its algorithm. */
  algorithm: Algorithm;
  /** The value it claims; of a trailer, known only after the body. */
  claimed(): string;
}

const NOT_VALUES = new Set(["type", "mode", "algorithm"]);

/** Finds the one checksum a request carries, in a field or announced as a trailer. */
export function requestedChecksum(headers: HeaderList, payload: Payload): RequestedChecksum | undefined {
  const inHeaders = checksumFields(headers.names());
  const inTrailer = checksumFields(payload.announced);
  const named = headers.get("x-amz-sdk-checksum-algorithm");
  const [field] = [...inHeaders, ...inTrailer];
  if (inHeaders.length + inTrailer.length > 1) {
    throw invalid("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  if (field === undefined) {
    if (named === undefined) return undefined;
    throw invalid(
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  const algorithm = algorithmNamed(field);
  if (algorithm === undefined) {
    throw invalid(`The algorithm type you specified in x-amz-checksum- header is invalid.`);
  }
  if (named !== undefined && algorithmNamed(named) !== algorithm) {
    throw invalid("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
  const name = `x-amz-checksum-${algorithm}`;
  const claimed = () => checkValue(algorithm, headers.get(name) ?? payload.trailers.get(name) ?? "");
  if (inHeaders.length > 0) claimed();
  return { algorithm, claimed };
}

/** Refuses a value that is not the base64 of a digest of the right length. */
export function checkValue(algorithm: Algorithm, value: string): string {
  if (!isDigest(algorithm, value)) throw invalid(`Value for x-amz-checksum-${algorithm} header is invalid.`);
  return value;
}

function checksumFields(names: Iterable<string>): string[] {
  return [...names].filter((name) => name.startsWith("x-amz-checksum-"))
    .map((name) => name.slice("x-amz-checksum-".length))
    .filter((name) => !NOT_VALUES.has(name));
}

function invalid(message: string): S3Error {
  return new S3Error("InvalidRequest", { message });
}
