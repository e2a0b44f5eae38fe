import type { CustomerKey, S3Config } from "../config/s3_config.ts";

/** Headers by lower-case name. */
export type HeaderRecord = Record<string, string>;

/** The headers that every request about an object carries: who pays, and the caller's key where there is one. */
export function objectHeaders(config: S3Config): HeaderRecord {
  return {
    ...payerHeaders(config),
    ...(config.sseCustomerKey ? customerKeyHeaders(config.sseCustomerKey, "x-amz-") : {}),
  };
}

/** The header that agrees to pay, where the configuration does. */
export function payerHeaders(config: S3Config): HeaderRecord {
  return config.requestPayer ? { "x-amz-request-payer": "requester" } : {};
}

/** The headers by which the service reads the source of a copy, where it has a key of the caller's. */
export function sourceKeyHeaders({ sseCustomerKey }: S3Config): HeaderRecord {
  return sseCustomerKey ? customerKeyHeaders(sseCustomerKey, "x-amz-copy-source-") : {};
}

/** The headers of SSE-C; `prefix` is `x-amz-`, or `x-amz-copy-source-` for the source of a copy. */
function customerKeyHeaders(key: CustomerKey, prefix: string): HeaderRecord {
  const name = `${prefix}server-side-encryption-customer-`;
  return {
    [`${name}algorithm`]: "AES256",
    [`${name}key`]: key.base64,
    [`${name}key-md5`]: key.md5,
  };
}
