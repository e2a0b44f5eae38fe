import type { ChunkSigning } from "./auth/aws_chunked.ts";
import { canonicalRequest, scopeText, sha256Hex, sign, signingKey, stringToSign } from "./auth/sigv4.ts";
import { decodeUri, encodeUri, parseQuery } from "./auth/uri_encoding.ts";
import type { FakeS3 } from "./fake_s3.ts";
import { RawConnection, type RawResponse } from "@lade/testing/http";

/** A request to be signed and sent as it is. */
export interface RawRequest {
  /** The method; GET by default. */
  method?: string;
  /** The bucket, or nothing for the service itself. */
  bucket?: string;
  /** The key, not encoded. */
  key?: string;
  /** The query as sent. */
  query?: string;
  /** Header fields; a lower-case name replaces one the client would add. */
  headers?: Record<string, string>;
  /** The body, in UTF-8 when it is text. */
  body?: Uint8Array | string;
  /** What goes into `x-amz-content-sha256`; the hash of the body by default. */
  payloadHash?: string;
  /** Who signs; the server's first key by default, nobody when null. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | null;
  /** The region signed for. */
  region?: string;
  /** The time signed, milliseconds since the epoch. */
  timeMs?: number;
}

/** A request that is signed, and what later chunks are signed with. */
export interface SignedRequest {
  /** The target. */
  target: string;
  /** The header fields. */
  headers: Record<string, string>;
  /** The body. */
  body: Uint8Array;
  /** The bytes on the wire, without the body. */
  head: Uint8Array;
  /** The signing key, scope, time and signature. */
  signing: ChunkSigning;
}

/** Sends one request on a connection of its own and reads the answer. */
export async function rawRequest(fake: FakeS3, request: RawRequest): Promise<RawResponse> {
  using connection = await RawConnection.open(fake);
  const signed = signRequest(fake, request);
  await connection.write(signed.head, signed.body);
  return await connection.read(request.method ?? "GET");
}

/**
 * Signs a request by the server's own reading of Signature Version 4, which other tests hold against vectors
 * and the SDK.
 */
export function signRequest(fake: FakeS3, request: RawRequest): SignedRequest {
  const method = request.method ?? "GET";
  const body = typeof request.body === "string" ? new TextEncoder().encode(request.body) : request.body;
  const path = request.bucket === undefined ? "/" : `/${request.bucket}/${encodeUri(request.key ?? "", "/")}`;
  const payloadHash = request.payloadHash ?? sha256Hex(body ?? new Uint8Array(0));
  const timestamp = new Date(request.timeMs ?? fake.clock()).toISOString().replace(/[-:]|\.\d+/g, "");
  const credentials = request.credentials === undefined ? fake : request.credentials;
  const headers: Record<string, string> = {
    host: `127.0.0.1:${fake.port}`,
    ...(body === undefined ? {} : { "content-length": String(body.length) }),
    ...(credentials === null ? {} : { "x-amz-date": timestamp, "x-amz-content-sha256": payloadHash }),
    ...(credentials !== null && "sessionToken" in credentials && credentials.sessionToken !== undefined
      ? { "x-amz-security-token": credentials.sessionToken }
      : {}),
    ...request.headers,
  };
  const scope = {
    date: timestamp.slice(0, 8),
    region: request.region ?? fake.settings.region,
    service: "s3",
  };
  const names = Object.keys(headers).filter((name) =>
    name === "host" || name === "range" || name.startsWith("x-amz-")
  );
  const canonical = canonicalRequest({
    method,
    path: decodeUri(path),
    query: parseQuery(request.query ?? ""),
    headers: names.sort().map((name) => [name, [headers[name] ?? ""]]),
    payloadHash,
  });
  const key = signingKey(credentials?.secretAccessKey ?? "", scope);
  const signature = sign(key, stringToSign(timestamp, scope, canonical));
  if (credentials !== null) {
    headers.authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scopeText(scope)}, ` +
      `SignedHeaders=${names.join(";")}, Signature=${signature}`;
  }
  const target = request.query === undefined ? path : `${path}?${request.query}`;
  return {
    target,
    headers,
    body: body ?? new Uint8Array(0),
    head: encodeHead(method, target, headers),
    signing: { key, scope, timestamp, signature },
  };
}

/** A URL that is signed in its query. */
export function presign(
  fake: FakeS3,
  request: RawRequest & { expires: number },
): string {
  const timestamp = new Date(request.timeMs ?? fake.clock()).toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = {
    date: timestamp.slice(0, 8),
    region: request.region ?? fake.settings.region,
    service: "s3",
  };
  const credentials = request.credentials ?? fake;
  const query: [string, string][] = [
    ...parseQuery(request.query ?? ""),
    ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
    ["X-Amz-Credential", `${credentials.accessKeyId}/${scopeText(scope)}`],
    ["X-Amz-Date", timestamp],
    ["X-Amz-Expires", String(request.expires)],
    ["X-Amz-SignedHeaders", "host"],
  ];
  const path = `/${request.bucket ?? ""}/${request.key ?? ""}`;
  const canonical = canonicalRequest({
    method: request.method ?? "GET",
    path,
    query,
    headers: [["host", [`127.0.0.1:${fake.port}`]]],
    payloadHash: "UNSIGNED-PAYLOAD",
  });
  const signature = sign(
    signingKey(credentials.secretAccessKey, scope),
    stringToSign(timestamp, scope, canonical),
  );
  const pairs = [...query, ["X-Amz-Signature", signature] as const];
  return `${encodeUri(path, "/")}?${
    pairs.map(([name, value]) => `${encodeUri(name)}=${encodeUri(value)}`).join("&")
  }`;
}

/** The bytes of a request line and header fields. */
export function encodeHead(method: string, target: string, headers: Record<string, string>): Uint8Array {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return new TextEncoder().encode(`${method} ${target} HTTP/1.1\r\n${fields}\r\n`);
}

/** The error code in an answer, or its status when there is none. */
export function codeOf(answer: RawResponse): string {
  return /<Code>(.*?)<\/Code>/.exec(answer.text)?.[1] ?? String(answer.status);
}
