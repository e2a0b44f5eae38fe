import { encodeQuery } from "@lade/service/http";
import { HmacKey, Sha256 } from "@lade/codec/hash";

/** The `x-amz-content-sha256` of a body that the signature does not cover. */
export const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

/** What Signature Version 4 needs to know of credentials. */
export interface SigningCredentials {
  /** Names the key pair. */
  readonly accessKeyId: string;
  /** The secret half. */
  readonly secretAccessKey: string;
  /** Goes with temporary credentials. */
  readonly sessionToken?: string;
}

/** A request as it will be sent. */
export interface SignableRequest {
  /** Upper case. */
  readonly method: string;
  /** Host, with the port where it is not the scheme's own. */
  readonly host: string;
  /** Path in its encoded form, starting with a slash. */
  readonly path: string;
  /** Query in its encoded form, names ascending, without the question mark; empty for none. */
  readonly query: string;
  /** Headers by their lower-case names, without `host`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers that proxies or the transport may change, which therefore are never signed. */
const UNSIGNED_HEADERS = new Set(
  ("authorization cache-control connection expect from keep-alive max-forwards pragma referer te trailer " +
    "transfer-encoding upgrade user-agent x-amzn-trace-id").split(" "),
);

interface SigningKey {
  readonly id: string;
  readonly key: HmacKey;
}

/**
 * Signs requests to one region by AWS Signature Version 4, in the form S3 has it: the path is encoded once and
 * nothing of it is resolved. The derived key is kept for the day, so that a request costs one hash and one HMAC.
 */
export class Signer {
  /** The region of the credential scope. */
  readonly region: string;
  readonly #service: string;
  readonly #sha256 = new Sha256();
  #signingKey: SigningKey | undefined;
  #second = NaN;
  #date = "";

  /** Makes a signer for a region, and for another service than S3 where one is named. */
  constructor(region: string, service = "s3") {
    this.region = region;
    this.#service = service;
  }

  /**
   * The headers of a signed request: those given, and the four that carry the signature. `payloadHash` is the body's
   * SHA-256 in hexadecimal, or {@linkcode UNSIGNED_PAYLOAD}.
   */
  sign(
    request: SignableRequest,
    credentials: SigningCredentials,
    timeMs: number,
    payloadHash: string = UNSIGNED_PAYLOAD,
  ): Record<string, string> {
    const date = this.#dateOf(timeMs);
    const headers: Record<string, string> = {
      ...request.headers,
      "x-amz-content-sha256": payloadHash,
      "x-amz-date": date,
    };
    if (credentials.sessionToken !== undefined) headers["x-amz-security-token"] = credentials.sessionToken;
    const names = ["host"];
    for (const name in headers) if (!UNSIGNED_HEADERS.has(name)) names.push(name);
    names.sort();
    let lines = "";
    for (const name of names) lines += `${name}:${trim(headers[name] ?? request.host)}\n`;
    const signedHeaders = names.join(";");
    const canonical =
      `${request.method}\n${request.path}\n${request.query}\n${lines}\n${signedHeaders}\n${payloadHash}`;
    const scope = this.#scope(date);
    headers["authorization"] =
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, ` +
      `Signature=${this.#signature(canonical, date, credentials)}`;
    return headers;
  }

  /**
   * The query of a presigned URL, without the question mark. Only `host` and the headers given are signed, and who
   * uses the URL has to send the latter. `query` is in its plain form.
   */
  presign(
    request: Omit<SignableRequest, "query">,
    query: Readonly<Record<string, string | undefined>>,
    credentials: SigningCredentials,
    timeMs: number,
    expiresInSeconds: number,
    payloadHash: string = UNSIGNED_PAYLOAD,
  ): string {
    const date = this.#dateOf(timeMs);
    const names = ["host", ...Object.keys(request.headers)].sort();
    const signed = encodeQuery({
      ...query,
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": `${credentials.accessKeyId}/${this.#scope(date)}`,
      "X-Amz-Date": date,
      "X-Amz-Expires": String(expiresInSeconds),
      "X-Amz-Security-Token": credentials.sessionToken,
      "X-Amz-SignedHeaders": names.join(";"),
    });
    const lines = names.map((name) => `${name}:${trim(request.headers[name] ?? request.host)}\n`).join("");
    const canonical = `${request.method}\n${request.path}\n${signed}\n${lines}\n${
      names.join(";")
    }\n${payloadHash}`;
    return `${signed}&X-Amz-Signature=${this.#signature(canonical, date, credentials)}`;
  }

  /** Formatting the time costs half of what the signature does, and most requests share a second. */
  #dateOf(timeMs: number): string {
    const second = Math.floor(timeMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#date = amzDate(timeMs);
    }
    return this.#date;
  }

  #scope(date: string): string {
    return `${date.slice(0, 8)}/${this.region}/${this.#service}/aws4_request`;
  }

  #signature(canonical: string, date: string, credentials: SigningCredentials): string {
    const hash = this.#sha256.hex(canonical);
    const text = `AWS4-HMAC-SHA256\n${date}\n${this.#scope(date)}\n${hash}`;
    return this.#key(date.slice(0, 8), credentials.secretAccessKey).hex(text);
  }

  #key(day: string, secret: string): HmacKey {
    const id = `${day}/${secret}`;
    if (this.#signingKey?.id === id) return this.#signingKey.key;
    let bytes: Uint8Array = new TextEncoder().encode(`AWS4${secret}`);
    for (const step of [day, this.region, this.#service, "aws4_request"]) {
      bytes = new HmacKey(this.#sha256, bytes).digest(step);
    }
    const key = new HmacKey(this.#sha256, bytes);
    this.#signingKey = { id, key };
    return key;
  }
}

function trim(value: string): string {
  return value.includes("  ") ? value.trim().replace(/ +/g, " ") : value.trim();
}

/** A time in the form Signature Version 4 has it: `20130524T000000Z`. */
function amzDate(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]|\.\d+/g, "");
}
