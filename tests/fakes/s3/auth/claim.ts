import type { RequestHead } from "@lade/testing/http";
import { S3Error } from "../s3_error.ts";
import { ALGORITHM, type Scope } from "./sigv4.ts";
import { parseQuery } from "./uri_encoding.ts";

/** What a signed request says about itself, not yet believed. */
export interface Claim {
  /** Where the signature was found. */
  from: "header" | "query";
  /** The access key. */
  accessKeyId: string;
  /** The scope signed for. */
  scope: Scope;
  /** The names of the signed fields, in the order given. */
  signedHeaders: readonly string[];
  /** The signature, in hexadecimal. */
  signature: string;
  /** `YYYYMMDDTHHMMSSZ`. */
  timestamp: string;
  /** Seconds a presigned request is valid for. */
  expires?: number;
  /** The session token. */
  token?: string;
  /** The query that is signed, decoded. */
  query: readonly (readonly [name: string, value: string])[];
}

/** Reads the claim of a request, or undefined when it is anonymous. */
export function readClaim(head: RequestHead): Claim | undefined {
  const query = parseQuery(head.rawQuery);
  const header = head.headers.get("authorization");
  const inQuery = query.some(([name]) => name === "X-Amz-Algorithm" || name === "X-Amz-Signature");
  if (header !== undefined && inQuery) {
    throw new S3Error("InvalidArgument", {
      message: "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, " +
        "Signature query string parameter or the Authorization header should be specified",
    });
  }
  if (header !== undefined) return fromHeader(head, header, query);
  if (query.some(([name]) => name === "AWSAccessKeyId")) throw onlyVersion4();
  return inQuery ? fromQuery(query) : undefined;
}

function onlyVersion4(): S3Error {
  return new S3Error("InvalidRequest", {
    message: "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
  });
}

function fromHeader(head: RequestHead, header: string, query: [string, string][]): Claim {
  const malformed = (message: string) => new S3Error("AuthorizationHeaderMalformed", { message });
  const [algorithm, ...rest] = header.split(" ");
  if (algorithm !== ALGORITHM) throw onlyVersion4();
  const fields = new Map(
    rest.join(" ").split(",").map((part) => {
      const equals = part.indexOf("=");
      return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
    }),
  );
  const [credential, signed, signature] = ["Credential", "SignedHeaders", "Signature"].map((name) =>
    fields.get(name)
  );
  if (credential === undefined || signed === undefined || signature === undefined || fields.size !== 3) {
    throw malformed(
      "The authorization header is malformed; it needs Credential, SignedHeaders and Signature.",
    );
  }
  const timestamp = head.headers.get("x-amz-date");
  if (timestamp === undefined || !isTimestamp(timestamp)) {
    throw new S3Error("AccessDenied", {
      message: "AWS authentication requires a valid Date or x-amz-date header",
    });
  }
  const token = head.headers.get("x-amz-security-token");
  return {
    from: "header",
    ...parseCredential(credential, timestamp, malformed),
    signedHeaders: signed.split(";"),
    signature,
    timestamp,
    query,
    ...(token === undefined ? {} : { token }),
  };
}

function fromQuery(query: [string, string][]): Claim {
  const malformed = (message: string) => new S3Error("AuthorizationQueryParametersError", { message });
  const values = new Map(query);
  const need = (name: string): string => {
    const value = values.get(name);
    if (value !== undefined) return value;
    throw malformed(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, " +
        "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  };
  if (need("X-Amz-Algorithm") !== ALGORITHM) {
    throw malformed('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  }
  const timestamp = need("X-Amz-Date");
  if (!isTimestamp(timestamp)) {
    throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  const expires = Number(need("X-Amz-Expires"));
  if (!Number.isInteger(expires)) throw malformed("X-Amz-Expires should be a number");
  if (expires < 0) throw malformed("X-Amz-Expires must be non-negative");
  if (expires > 604800) {
    throw malformed(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
    );
  }
  const token = values.get("X-Amz-Security-Token");
  return {
    from: "query",
    ...parseCredential(need("X-Amz-Credential"), timestamp, malformed),
    signedHeaders: need("X-Amz-SignedHeaders").split(";"),
    signature: need("X-Amz-Signature"),
    timestamp,
    expires,
    query: query.filter(([name]) => name !== "X-Amz-Signature"),
    ...(token === undefined ? {} : { token }),
  };
}

function parseCredential(
  credential: string,
  timestamp: string,
  malformed: (message: string) => S3Error,
): { accessKeyId: string; scope: Scope } {
  const parts = credential.split("/");
  const [accessKeyId, date, region, service, end] = parts;
  if (parts.length !== 5 || !accessKeyId || !date || !region || !service || end !== "aws4_request") {
    throw malformed(
      `The Credential is malformed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request", got "${credential}".`,
    );
  }
  if (date !== timestamp.slice(0, 8)) {
    throw malformed(
      `Invalid credential date "${date}". This date is not the same as X-Amz-Date: "${
        timestamp.slice(0, 8)
      }".`,
    );
  }
  if (service !== "s3") throw malformed(`incorrect service "${service}". This endpoint belongs to "s3".`);
  return { accessKeyId, scope: { date, region, service } };
}

function isTimestamp(text: string): boolean {
  return /^\d{8}T\d{6}Z$/.test(text);
}
