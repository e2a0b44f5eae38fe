import type { Identity } from "../auth/authenticate.ts";
import type { Payload } from "../auth/payload.ts";
import { S3Error } from "../s3_error.ts";
import type { Bucket } from "../store/bucket.ts";
import type { HeaderList, WireResponse } from "@lade/testing/http";
import { xmlDocument } from "../../parts/write_xml.ts";
import type { Xml } from "../../parts/write_xml.ts";
import type { Operation } from "./route.ts";
import type { ServerState } from "./server_state.ts";

/** One request that was understood and whose sender is known. */
export interface Call {
  /** The operation. */
  operation: Operation;
  /** The query, decoded. */
  query: ReadonlyMap<string, string>;
  /** The header fields; of a presigned request also the fields it carries in its query. */
  headers: HeaderList;
  /** The sender. */
  identity: Identity;
  /** The body. */
  payload: Payload;
  /** The bucket's name, or an empty string. */
  bucketName: string;
  /** The key, or an empty string. */
  key: string;
  /** The `Host` field, for locations. */
  host: string;
  /** What it works on. */
  server: ServerState;
}

/** Does one operation. */
export type Handler = (call: Call) => Promise<WireResponse> | WireResponse;

/** The bucket of a call. */
export function bucketOf(call: Call): Bucket {
  const bucket = call.server.buckets.get(call.bucketName);
  if (bucket === undefined) throw new S3Error("NoSuchBucket", { details: { BucketName: call.bucketName } });
  return bucket;
}

/** The server's time in whole seconds, as it is stored; milliseconds since the epoch. */
export function wholeSeconds(call: Call): number {
  return Math.floor(call.server.now() / 1000) * 1000;
}

/** A number in the query within bounds, `fallback` when it is absent; anything else is `InvalidArgument`. */
export function queryNumber(
  call: Call,
  name: string,
  options: { min: number; max: number; fallback: number; clamp?: boolean },
): number {
  const text = call.query.get(name);
  if (text === undefined) return options.fallback;
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < options.min || (value > options.max && options.clamp !== true)) {
    throw new S3Error("InvalidArgument", {
      message: name === "partNumber"
        ? `Part number must be an integer between ${options.min} and ${options.max}, inclusive`
        : `Argument ${name} must be an integer between ${options.min} and ${options.max}`,
      details: { ArgumentName: name, ArgumentValue: text },
    });
  }
  return Math.min(value, options.max);
}

/** An answer without a body. */
export function emptyResponse(status: number, headers: Record<string, string> = {}): WireResponse {
  return { status, headers, body: new Uint8Array(0), chunked: false };
}

/** An answer with a document, sent in chunks as the service does. */
export function xmlResponse(
  root: string,
  children: readonly (Xml | undefined)[],
  headers: Record<string, string> = {},
): WireResponse {
  return {
    status: 200,
    headers: { ...headers, "Content-Type": "application/xml" },
    body: new TextEncoder().encode(xmlDocument(root, children)),
    chunked: true,
  };
}
