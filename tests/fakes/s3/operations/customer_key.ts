import { createHash } from "node:crypto";
import { S3Error } from "../s3_error.ts";
import type { HeaderList } from "@lade/testing/http";

/**
 * Reads a customer's key (SSE-C) and returns its MD5, or undefined when there is none; `prefix` is that of
 * the fields.
 */
export function readCustomerKey(
  headers: HeaderList,
  prefix: string = "x-amz-server-side-encryption-customer-",
): string | undefined {
  const algorithm = headers.get(`${prefix}algorithm`);
  const key = headers.get(`${prefix}key`);
  const md5 = headers.get(`${prefix}key-md5`);
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined;
  if (algorithm === undefined || key === undefined || md5 === undefined) {
    throw new S3Error("InvalidArgument", {
      message:
        "Requests specifying Server Side Encryption with Customer provided keys must provide an algorithm, the client's secret key and its MD5.",
    });
  }
  if (algorithm !== "AES256") {
    throw new S3Error("InvalidArgument", {
      message: "The Encryption request you specified is not valid. Supported value: AES256.",
    });
  }
  const bytes = decodeBase64(key);
  if (bytes?.length !== 32) {
    throw new S3Error("InvalidArgument", {
      message: "The secret key was invalid for the specified algorithm.",
    });
  }
  if (createHash("md5").update(bytes).digest("base64") !== md5) {
    throw new S3Error("InvalidArgument", {
      message: "The calculated MD5 hash of the key did not match the hash that was provided.",
    });
  }
  return md5;
}

/**
 * Refuses a request that does not bring the key an object was stored with, or brings one it does not need.
 */
export function checkCustomerKey(stored: string | undefined, given: string | undefined): void {
  if (stored === given) return;
  if (given === undefined) {
    throw new S3Error("InvalidRequest", {
      message:
        "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
    });
  }
  if (stored === undefined) {
    throw new S3Error("InvalidRequest", {
      message: "The encryption parameters are not applicable to this object.",
    });
  }
  throw new S3Error("AccessDenied");
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return undefined;
  }
}
