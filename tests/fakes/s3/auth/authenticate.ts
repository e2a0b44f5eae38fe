import type { RequestHead } from "@lade/testing/http";
import { S3Error } from "../s3_error.ts";
import type { ChunkSigning } from "./aws_chunked.ts";
import { type Claim, readClaim } from "./claim.ts";
import { DEFAULT_OWNER, type FakeCredential } from "./credential.ts";
import { parsePayloadMode, type PayloadMode } from "./payload_mode.ts";
import { canonicalRequest, scopeText, sign, signingKey, stringToSign } from "./sigv4.ts";
import { decodeUri } from "./uri_encoding.ts";

/** Farthest a signed request's time may be from the server's. */
const MAX_SKEW_MS = 15 * 60 * 1000;

/** Who sent a request, and how its body is protected. */
export interface Identity {
  /** The access key, or undefined when the request is anonymous. */
  accessKeyId?: string;
  /** The account. */
  owner: string;
  /** Operations this key may not do. */
  denied: ReadonlySet<string>;
  /** IAM actions that alone are allowed; all where absent. */
  allowed?: ReadonlySet<string>;
  /** What the signature says of the body. */
  payload: PayloadMode;
  /** What signed chunks are checked with. */
  signing?: ChunkSigning;
}

/** What a signature is checked against. */
export interface AuthenticateOptions {
  /** The keys that may sign. */
  credentials: ReadonlyMap<string, FakeCredential>;
  /** The server's time, milliseconds since the epoch. */
  nowMs: number;
  /** Where the bucket of the request is, when there is one. */
  bucketRegion: string | undefined;
  /** Signing keys made before, by secret and scope; new ones are added. */
  signingKeys: Map<string, Uint8Array>;
}

/** Checks the signature of a request against the credentials. */
export function authenticate(head: RequestHead, options: AuthenticateOptions): Identity {
  const claim = readClaim(head);
  if (claim === undefined) return anonymous(head);
  const credential = options.credentials.get(claim.accessKeyId);
  if (credential === undefined) {
    throw new S3Error("InvalidAccessKeyId", { details: { AWSAccessKeyId: claim.accessKeyId } });
  }
  checkToken(claim, credential, options.nowMs);
  checkTime(claim, options.nowMs);
  checkRegion(claim, options.bucketRegion);
  const payloadHash = head.headers.get("x-amz-content-sha256") ?? presignedHash(claim);
  if (payloadHash === undefined) {
    throw new S3Error("InvalidRequest", {
      message: "Missing required header for this request: x-amz-content-sha256",
    });
  }
  const payload = parsePayloadMode(payloadHash);
  checkSignedHeaders(head, claim);
  const canonical = canonicalRequest({
    method: head.method,
    path: decodeUri(head.rawPath),
    query: claim.query,
    headers: claim.signedHeaders.map((name) => [name, head.headers.getAll(name)] as const),
    payloadHash,
  });
  const keyName = `${credential.secretAccessKey} ${scopeText(claim.scope)}`;
  const key = options.signingKeys.get(keyName) ?? signingKey(credential.secretAccessKey, claim.scope);
  options.signingKeys.set(keyName, key);
  const text = stringToSign(claim.timestamp, claim.scope, canonical);
  const signature = sign(key, text);
  if (signature !== claim.signature) {
    throw new S3Error("SignatureDoesNotMatch", {
      details: {
        AWSAccessKeyId: claim.accessKeyId,
        StringToSign: text,
        SignatureProvided: claim.signature,
        CanonicalRequest: canonical,
      },
    });
  }
  return {
    accessKeyId: claim.accessKeyId,
    owner: credential.owner ?? DEFAULT_OWNER,
    denied: credential.denied ?? new Set(),
    ...(credential.allowed && { allowed: credential.allowed }),
    payload,
    signing: { key, scope: claim.scope, timestamp: claim.timestamp, signature },
  };
}

/** Milliseconds since the epoch of a `YYYYMMDDTHHMMSSZ` time. */
export function parseTimestamp(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

function anonymous(head: RequestHead): Identity {
  const declared = head.headers.get("x-amz-content-sha256");
  return {
    owner: "",
    denied: new Set(),
    payload: declared === undefined ? { kind: "unsigned" } : parsePayloadMode(declared),
  };
}

function checkToken(claim: Claim, credential: FakeCredential, nowMs: number): void {
  if (claim.token !== credential.sessionToken) throw new S3Error("InvalidToken");
  if (credential.expiresAt !== undefined && nowMs >= credential.expiresAt) throw new S3Error("ExpiredToken");
}

function checkTime(claim: Claim, nowMs: number): void {
  const signedMs = parseTimestamp(claim.timestamp);
  const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+/, "");
  if (claim.expires === undefined) {
    if (Math.abs(nowMs - signedMs) <= MAX_SKEW_MS) return;
    throw new S3Error("RequestTimeTooSkewed", {
      details: {
        RequestTime: claim.timestamp,
        ServerTime: iso(nowMs),
        MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS),
      },
    });
  }
  if (signedMs > nowMs + MAX_SKEW_MS) {
    throw new S3Error("AccessDenied", {
      message: "Request is not yet valid",
      details: { ServerTime: iso(nowMs) },
    });
  }
  const expiresMs = signedMs + claim.expires * 1000;
  if (nowMs > expiresMs) {
    throw new S3Error("AccessDenied", {
      message: "Request has expired",
      details: { "X-Amz-Expires": String(claim.expires), Expires: iso(expiresMs), ServerTime: iso(nowMs) },
    });
  }
}

function checkRegion(claim: Claim, bucketRegion: string | undefined): void {
  if (bucketRegion === undefined || claim.scope.region === bucketRegion) return;
  const query = claim.from === "query";
  throw new S3Error(query ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed", {
    message:
      (query ? "Error parsing the X-Amz-Credential parameter" : "The authorization header is malformed") +
      `; the region '${claim.scope.region}' is wrong; expecting '${bucketRegion}'`,
    details: { Region: bucketRegion },
    headers: { "x-amz-bucket-region": bucketRegion },
  });
}

function checkSignedHeaders(head: RequestHead, claim: Claim): void {
  const signed = new Set(claim.signedHeaders);
  const sorted = [...signed].sort();
  if (
    sorted.length !== claim.signedHeaders.length || sorted.some((name, i) => name !== claim.signedHeaders[i])
  ) {
    throw new S3Error("SignatureDoesNotMatch", {
      message: "SignedHeaders are not unique, lower-case and in order",
    });
  }
  const unsigned = [...head.headers.names()].filter((name) =>
    !signed.has(name) && (name === "host" || (name.startsWith("x-amz-") && !isBodyHash(name, claim)))
  );
  if (unsigned.length > 0) {
    throw new S3Error("AccessDenied", {
      message: "There were headers present in the request which were not signed",
      details: { HeadersNotSigned: unsigned.join(", ") },
    });
  }
}

function presignedHash(claim: Claim): string | undefined {
  if (claim.from === "header") return undefined;
  return claim.query.find(([name]) => name.toLowerCase() === "x-amz-content-sha256")?.[1] ??
    "UNSIGNED-PAYLOAD";
}

/**
 * A presigned request may name its body's hash without signing the field: the hash is in the canonical
 * request anyway.
 */
function isBodyHash(name: string, claim: Claim): boolean {
  return claim.from === "query" && name === "x-amz-content-sha256";
}
