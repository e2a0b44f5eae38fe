import { ChecksumMismatchError, UnsupportedError } from "@lade/core/backend";
import type { TransportResponse } from "@lade/core/http";
import type { S3Connection } from "../client/s3_connection.ts";
import type { S3Request } from "../client/s3_request.ts";
import { ServiceFault } from "../errors/service_fault.ts";
import type { UploadChecksum } from "./upload_checksum.ts";

/** A body to be sent, with its checksum where one is used. */
export interface BodyToSend {
  /** The bytes; in use until the request has settled. */
  readonly bytes: Uint8Array;
  /** The algorithm of `value`. */
  readonly checksum: UploadChecksum | undefined;
  /** The checksum of the bytes. */
  readonly value: bigint | undefined;
}

/** What a body was answered with. */
export interface SentBody {
  /** The answer; its body is read. */
  readonly response: TransportResponse;
  /** The service confirmed the checksum. */
  readonly confirmed: boolean;
}

/** Codes by which services and bucket policies refuse a body that the signature does not cover. */
const UNSIGNED_REFUSED = new Set([
  "AccessDenied",
  "InvalidRequest",
  "NotImplemented",
  "XAmzContentSHA256Mismatch",
  "SignatureDoesNotMatch",
  "XAmzContentSHA256Unsupported",
]);

/**
 * Sends a PUT with a body. The body's SHA-256 is signed where the configuration says so, or once the service has
 * refused to do without; the checksum goes along as a header and is compared with what the service answers.
 */
export async function sendBody(
  connection: S3Connection,
  request: Omit<S3Request, "method" | "body" | "payloadHash">,
  body: BodyToSend,
): Promise<SentBody> {
  const { config, traits } = connection;
  let signed = config.signPayload === true || traits.signPayload;
  for (let tries = 0;; tries++) {
    const checksum = traits.refusesChecksums ? undefined : body.checksum;
    const value = checksum && body.value !== undefined ? checksum.toBase64(body.value) : undefined;
    try {
      const response = await connection.sendRaw({
        ...request,
        method: "PUT",
        headers: value === undefined
          ? request.headers ?? {}
          : { ...request.headers, [`x-amz-checksum-${checksum?.label}`]: value },
        body: body.bytes,
        ...(signed ? { payloadHash: await sha256(body.bytes) } : {}),
      });
      await response.body.discard();
      if (signed && config.signPayload === "auto") traits.signPayload = true;
      return { response, confirmed: confirm(response, checksum, value, request, config.checksum) };
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw connection.translate(error, request.call);
      if (value !== undefined && refusesChecksum(error) && config.checksum === "auto") {
        traits.refusesChecksums = true;
      } else if (
        !signed && config.signPayload === "auto" && connection.credentials && UNSIGNED_REFUSED.has(error.code)
      ) {
        signed = true;
      } else throw connection.storeError(error, request.call);
      if (tries > 2) throw connection.storeError(error, request.call);
    }
  }
}

function refusesChecksum(fault: ServiceFault): boolean {
  return (fault.status === 400 || fault.status === 501) && /checksum/i.test(fault.message) &&
    !/BadDigest|Mismatch/.test(fault.code);
}

function confirm(
  response: TransportResponse,
  checksum: UploadChecksum | undefined,
  value: string | undefined,
  request: Pick<S3Request, "call">,
  choice: string,
): boolean {
  if (!checksum || value === undefined) return false;
  const { operation, uri } = request.call;
  const answered = response.headers.get(`x-amz-checksum-${checksum.label}`);
  if (answered === value) return true;
  if (answered !== undefined) {
    throw new ChecksumMismatchError({
      operation,
      uri,
      detail: `the service stored bytes with ${checksum.algorithm} ${answered}, ${value} was sent`,
      retryable: true,
    });
  }
  if (choice === "auto") return false;
  throw new UnsupportedError({
    operation,
    uri,
    detail: `the service stored the bytes without confirming their ${checksum.algorithm}; ` +
      'use checksum "auto" to do without where a service cannot',
  });
}

/** Loaded here, where the native hash pays: it takes longer to load than a small transfer does. */
async function sha256(bytes: Uint8Array): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("sha256").update(bytes).digest("hex");
}
