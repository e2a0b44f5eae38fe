import type { PutOptions, PutResult } from "@lade/core";
import type { FailedCall } from "../errors/to_store_error.ts";
import { conditionHeaders, readEtag } from "@lade/service/body";
import { settleWrite } from "../conditions/rely_on.ts";
import { withIfMatch } from "../conditions/with_if_match.ts";
import { encryptionFault } from "./confirm_encryption.ts";
import { sendBody } from "./send_body.ts";
import { uploadChecksum } from "./upload_checksum.ts";
import type { PutTarget } from "./upload_target.ts";
import { attributeHeaders } from "./write_headers.ts";

/** Writes an object in one request. */
export async function putObject(
  { connection, operation, uri, key }: PutTarget,
  bytes: Uint8Array,
  options: PutOptions,
): Promise<PutResult> {
  const { config } = connection;
  const conditional = options.ifMatch !== undefined || options.ifNoneMatch !== undefined;
  const call: FailedCall = {
    operation,
    uri,
    permission: "s3:PutObject",
    createOnly: options.ifNoneMatch !== undefined,
    ifMatch: options.ifMatch !== undefined,
  };
  const target = { call, key, signal: options.signal };
  const { ifMatch, ...conditions } = await settleWrite(connection, "put", options, target);
  const checksum = uploadChecksum(config.checksum);
  const value = checksum?.of(bytes);
  const attributes = { ...attributeHeaders(config, options), ...conditionHeaders(conditions) };
  const { response, confirmed } = await withIfMatch(connection, target, ifMatch, (match) =>
    sendBody(
      connection,
      {
        key,
        headers: match === undefined ? attributes : { ...attributes, "if-match": match },
        // Sent twice, the second would meet what the first one wrote.
        ...(conditional ? { idempotent: false } : {}),
        signal: options.signal,
        call,
      },
      { bytes, checksum, value },
    ));
  const told = {
    sse: response.headers.get("x-amz-server-side-encryption"),
    customer: response.headers.get("x-amz-server-side-encryption-customer-algorithm"),
  };
  const fault = encryptionFault(config, call, told, "the object was written, perhaps in the clear");
  if (fault) throw fault;
  const etag = readEtag(response.headers);
  const version = response.headers.get("x-amz-version-id");
  return {
    size: bytes.length,
    ...(etag === undefined ? {} : { etag }),
    ...(version === undefined ? {} : { version }),
    ...(confirmed && checksum && value !== undefined
      ? { checksums: { [checksum.label]: checksum.toBase64(value) } }
      : {}),
  };
}
