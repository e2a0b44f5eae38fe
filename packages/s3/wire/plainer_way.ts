import { ServiceError } from "@lade/core/backend";
import type { S3Connection } from "./s3_connection.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import type { Extra } from "../traits/extra.ts";

/**
 * Makes a request with an extra, and without it where the service does not take that. What failed with the extra and
 * succeeds without it shows a trait of the service, which is remembered: later requests start with the plainer way.
 * `refusal` judges whether a failure may be due to the extra. A failure of the plainer way too is the one of the two that
 * the extra cannot explain.
 */
export async function withExtra<T>(
  connection: S3Connection,
  extra: Extra,
  refusal: (error: unknown) => boolean,
  send: (extra: boolean) => Promise<T>,
): Promise<T> {
  const { traits } = connection;
  if (traits.lacks(extra)) return await send(false);
  try {
    return await send(true);
  } catch (error) {
    if (!refusal(error)) throw error;
    const answer = await send(false);
    traits.found(extra, connection.tellTrait);
    return answer;
  }
}

/** Makes a write of bytes that can be had again: a second time where the first one shows that parts go without checksums. */
export async function writeTwice<T>(connection: S3Connection, write: () => Promise<T>): Promise<T> {
  const { traits } = connection;
  if (traits.lacks("part-checksum")) return await write();
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof ServiceError) || !error.retryable || !traits.lacks("part-checksum")) throw error;
    return await write();
  }
}

/** Whether a failure says that the service knows no such header or parameter. */
export function isRefusedHeader(error: unknown): boolean {
  const fault = error instanceof S3Fault
    ? error
    : error instanceof Error && error.cause instanceof S3Fault
    ? error.cause
    : undefined;
  if (!fault) return false;
  if (fault.status === 501 || fault.code === "NotImplemented") return true;
  return fault.status === 400 && /^(|InvalidRequest|InvalidArgument|BadRequest)$/.test(fault.code) &&
    /checksum|header|not (supported|implemented)|unsupported/i.test(fault.message);
}
