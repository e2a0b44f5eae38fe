import { UnsupportedError } from "@lade/core/backend";
import type { S3Config } from "../config/s3_config.ts";
import type { FailedCall } from "../errors/to_store_error.ts";

/** What an answer to a write says of encryption. */
export interface ToldEncryption {
  /** That by keys of the service. */
  readonly sse: string | undefined;
  /** The algorithm of that by the caller's key. */
  readonly customer: string | undefined;
}

/**
 * The error of a write whose answer does not say that it was encrypted as asked: a service may pass over what it does not
 * know. `state` says what became of the object.
 */
export function encryptionFault(
  { sse, sseCustomerKey }: S3Config,
  { operation, uri }: FailedCall,
  told: ToldEncryption,
  state: string,
): UnsupportedError | undefined {
  const lacking = sse !== undefined && told.sse !== sse
    ? `sse ${JSON.stringify(sse)}`
    : sseCustomerKey !== undefined && told.customer === undefined
    ? "sseCustomerKey"
    : undefined;
  if (lacking === undefined) return undefined;
  return new UnsupportedError({
    operation,
    uri,
    detail: `the service does not confirm the encryption by ${lacking} that was asked for; ${state}`,
  });
}
