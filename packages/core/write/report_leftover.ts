import { StoreError, type StoreErrorOptions } from "../errors/store_error.ts";

/**
 * The error of a write that failed and of which something stays behind: of the same class, telling both. What is no
 * store error, such as the reason of an abort, stays as it is.
 */
export function reportLeftover(error: unknown, leftover: unknown): unknown {
  if (!(error instanceof StoreError) || !(leftover instanceof StoreError)) return error;
  const { retryAfterMs, waitedMs } = error;
  const Same = error.constructor as new (options: StoreErrorOptions) => StoreError;
  return new Same({
    operation: error.operation,
    uri: error.uri,
    detail: `${error.detail}; also, ${leftover.detail}`,
    cause: error,
    retryable: error.retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(waitedMs !== undefined && { waitedMs }),
  });
}
