import { ALGORITHMS, type Checksum } from "../checksum/algorithm.ts";
import { S3Error } from "../s3_error.ts";
import type { Call } from "./call.ts";
import { badChecksum } from "./receive_body.ts";

/**
 * Compares the checksum a completion states for the whole object with the one computed; `trust` takes the
 * client's word.
 */
export function checkStatedChecksum(
  call: Call,
  computed: Checksum | undefined,
  trust: boolean,
): Checksum | undefined {
  const type = call.headers.get("x-amz-checksum-type");
  if (type !== undefined && computed !== undefined && type !== computed.type) {
    throw new S3Error("InvalidRequest", {
      message:
        `The upload was created using the ${computed.type} checksum mode. The complete request must use the same checksum mode.`,
    });
  }
  for (const algorithm of ALGORITHMS) {
    const value = call.headers.get(`x-amz-checksum-${algorithm}`);
    if (value === undefined) continue;
    if (trust) return { algorithm, value, type: "FULL_OBJECT" };
    if (computed === undefined || computed.algorithm !== algorithm) {
      throw new S3Error("InvalidRequest", {
        message:
          `Checksum Type mismatch occurred, expected checksum Type: ${computed?.algorithm ?? "null"}, ` +
          `actual checksum Type: ${algorithm}`,
      });
    }
    if (computed.value !== value && computed.value.replace(/-\d+$/, "") !== value) {
      throw badChecksum(algorithm);
    }
  }
  return computed;
}

/** Compares the size a completion states with the one of its parts. */
export function checkStatedSize(call: Call, size: number): void {
  const stated = call.headers.get("x-amz-mp-object-size");
  if (stated === undefined || stated === String(size)) return;
  throw new S3Error("InvalidRequest", {
    message: `The provided 'x-amz-mp-object-size' header does not match what was computed.`,
  });
}
