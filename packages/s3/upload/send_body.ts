import { ChecksumMismatchError, UnsupportedError } from "@lade/core/backend";
import type { TransportResponse } from "@lade/service/http";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { S3Request } from "../wire/s3_request.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import { readEtag } from "@lade/service/body";
import { isRefusedHeader } from "../wire/plainer_way.ts";
import { compareEtag } from "./md5_etags.ts";
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
  /** The checksum went along. */
  readonly carried: boolean;
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

/** How a body is sent: with its checksum as a header, and with its SHA-256 in the signature. */
interface Way {
  readonly checksum: boolean;
  readonly signed: boolean;
}

/**
 * Sends a PUT with a body. The body's SHA-256 is signed where the configuration says so, or once the service has
 * refused to do without; the checksum goes along as a header and is compared with what the service answers. What the
 * service refuses and the caller did not ask for is left out, once it has shown to succeed so.
 */
export async function sendBody(
  connection: S3Connection,
  request: Omit<S3Request, "method" | "body" | "payloadHash">,
  body: BodyToSend,
): Promise<SentBody> {
  const { config, traits } = connection;
  const extra = request.query?.["partNumber"] === undefined ? "upload-checksum" : "part-checksum";
  const first: Way = {
    checksum: body.value !== undefined && !traits.lacks(extra) && !traits.lacks("upload-checksum"),
    signed: config.signPayload === true || traits.lacks("unsigned-payload"),
  };
  let way = first;
  let doubted = false;
  let again = 2;
  for (;;) {
    const { checksum } = body;
    const value = way.checksum && checksum && body.value !== undefined
      ? checksum.toBase64(body.value)
      : undefined;
    try {
      const response = await connection.sendRaw({
        ...request,
        method: "PUT",
        headers: value === undefined
          ? request.headers ?? {}
          : { ...request.headers, [`x-amz-checksum-${checksum?.label}`]: value },
        body: body.bytes,
        ...(way.signed ? { payloadHash: await sha256(body.bytes) } : {}),
      });
      await response.body.discard();
      if (doubted && first.checksum && !way.checksum) await checkEtag(response, body.bytes, request);
      if (first.checksum && !way.checksum) traits.found(extra, connection.tellTrait);
      if (!first.signed && way.signed) traits.found("unsigned-payload", connection.tellTrait);
      const confirmed = confirm(response, checksum, value, request, config.checksum);
      if (!confirmed && config.checksum === "auto") {
        await compareEtag(connection, response, body.bytes, request.call);
      }
      return { response, carried: value !== undefined, confirmed };
    } catch (error) {
      if (!(error instanceof S3Fault)) throw connection.translate(error, request.call);
      if (again > 0 && lostItsDirectory(error)) {
        again--;
        continue;
      }
      // Such words may also mean that bytes were damaged: the same request again, and then the etag, show which.
      if (way.checksum && !doubted && isDoubtful(error)) {
        doubted = true;
        continue;
      }
      const next = plainerWay(connection, first, way, error);
      if (!next) throw connection.storeError(error, request.call);
      way = next;
    }
  }
}

/**
 * Whether a gateway over files may only have found that another client removed the last object of the directory
 * meanwhile: versitygw says then what it says of a key that is a directory. Nothing was written.
 */
function lostItsDirectory({ code }: S3Fault): boolean {
  return code === "ExistingObjectIsDirectory";
}

/** The way to try after one has failed: first without what was refused, then without the other, then without both. */
function plainerWay(
  { config, credentials }: S3Connection,
  first: Way,
  { checksum, signed }: Way,
  fault: S3Fault,
): Way | undefined {
  const mayDrop = checksum && config.checksum === "auto" && refusesChecksum(fault);
  if (mayDrop) return { checksum: false, signed };
  const maySign = !signed && config.signPayload === "auto" && credentials && UNSIGNED_REFUSED.has(fault.code);
  return maySign ? { checksum: first.checksum, signed: true } : undefined;
}

function refusesChecksum(fault: S3Fault): boolean {
  return isRefusedHeader(fault) && !/BadDigest|Mismatch/.test(fault.code);
}

function isDoubtful(fault: S3Fault): boolean {
  return fault.status === 400 && /invalid|match/i.test(fault.message) && refusesChecksum(fault);
}

/** Where the etag is an MD5 sum, it shows whether the service has the bytes whose checksum it did not take. */
async function checkEtag(
  response: TransportResponse,
  bytes: Uint8Array,
  { call: { operation, uri } }: Pick<S3Request, "call">,
): Promise<void> {
  const etag = readEtag(response.headers) ?? "";
  const { createHash } = await import("node:crypto");
  if (!/^[0-9a-f]{32}$/.test(etag) || createHash("md5").update(bytes).digest("hex") === etag) return;
  throw new ChecksumMismatchError({
    operation,
    uri,
    detail: "the service refuses the checksum of the bytes, and what it stored has another MD5",
  });
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
    detail: `the service stored the bytes without confirming their ${checksum.algorithm}`,
    advice: 'use checksum "auto" to do without where a service cannot',
  });
}

/** Loaded here, where the native hash pays: it takes longer to load than a small transfer does. */
async function sha256(bytes: Uint8Array): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("sha256").update(bytes).digest("hex");
}
