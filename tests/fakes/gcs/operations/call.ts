import type { HeaderList, RequestBody, WireResponse } from "@lade/testing/http";
import type { Identity } from "../auth/authenticate.ts";
import type { Signer } from "../auth/signed_url.ts";
import type { Tokens } from "../auth/tokens.ts";
import { badParameter, GcsError } from "../gcs_error.ts";
import type { Bucket } from "../store/bucket.ts";
import type { Rewrite } from "../store/rewrite.ts";
import type { Session } from "../store/session.ts";
import { etagOf, type StoredObject } from "../store/stored_object.ts";
import type { Target } from "../target.ts";
import type { Operation } from "./route.ts";

/** Limits and habits of the service; may change at any time. */
export interface ServerSettings {
  /** Whoever sends no authorization may do everything, as with emulators. */
  allowsAnonymous: boolean;
  /** How long tokens hold, in milliseconds. */
  tokenMs: number;
  /** Most entries of a page. */
  maxPageSize: number;
  /** Most requests of a batch. */
  maxBatchCount: number;
  /** Batches are not known, as to emulators. */
  refusesBatches: boolean;
  /** Moves are not known, as to emulators. */
  refusesMoves: boolean;
  /** The XML API has no multipart uploads, as with emulators. */
  refusesParts: boolean;
  /** There is no XML API, as with emulators. */
  refusesXml: boolean;
  /** Smallest part but the last, in bytes. */
  minPartSize: number;
  /** Bytes that a session takes at a time: chunks but the last are multiples of it. */
  chunkUnit: number;
  /** A chunk that is no multiple is stored as far as it is one, where it would be refused. */
  takesOddChunks: boolean;
  /** Most bytes that a session stores of one request; the client has to send the rest again. */
  maxStoredBytes: number;
  /** Bytes that one call of a rewrite copies, where it has to copy any. */
  rewriteBytes: number;
  /** Most changes of one object within a second of the server's clock; more are refused with 429. */
  maxMutationRate: number;
  /** Largest object of which an MD5 is computed, in bytes. */
  maxMd5Size: number;
}

/** What operations work on. */
export interface ServerState {
  /** Limits and habits. */
  readonly settings: ServerSettings;
  /** Buckets by name. */
  readonly buckets: Map<string, Bucket>;
  /** Resumable uploads by id. */
  readonly sessions: Map<string, Session>;
  /** Rewrites under way by token. */
  readonly rewrites: Map<string, Rewrite>;
  /** The tokens. */
  readonly tokens: Tokens;
  /** Service accounts that can sign, by address. */
  readonly signers: ReadonlyMap<string, Signer>;
  /** Its time, milliseconds since the epoch. */
  now(): number;
  /** A greater number with each call, as generations are named. */
  nextGeneration(): string;
  /** Where it is, without a slash at the end. */
  url(): string;
  /** Makes a bucket. */
  createBucket(name: string, settings: Partial<Bucket["settings"]>): Bucket;
  /** Answers a request that came inside another one, by the authorization of that one's sender unless it has its own. */
  serveInner(request: InnerRequest, outer: Call): Promise<WireResponse>;
}

/** A request that came inside another one. */
export interface InnerRequest {
  /** The method. */
  readonly method: string;
  /** The path and query as sent. */
  readonly target: string;
  /** The header fields. */
  readonly headers: HeaderList;
  /** The body. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A body, as operations read it. */
export type CallBody = Pick<RequestBody, "next" | "bytes" | "declaredLength">;

/** One request that was understood and whose sender is known. */
export interface Call {
  /** The operation. */
  readonly operation: Operation;
  /** Where it leads. */
  readonly target: Target;
  /** The query, decoded. */
  readonly query: ReadonlyMap<string, string>;
  /** The header fields. */
  readonly headers: HeaderList;
  /** The body. */
  readonly body: CallBody;
  /** The sender. */
  readonly identity: Identity;
  /** A fault has the service pass over the range that is asked for. */
  readonly ignoresRange: boolean;
  /** What it works on. */
  readonly server: ServerState;
}

/** Does one operation. */
export type Handler = (call: Call) => Promise<WireResponse> | WireResponse;

/** A bucket, by default the one of a call. */
export function bucketOf({ target, server }: Call, name: string = target.bucket): Bucket {
  const bucket = server.buckets.get(name);
  if (!bucket) throw new GcsError("NoSuchBucket");
  return bucket;
}

/** The object of a call, in the generation that its query names. */
export function objectOf(call: Call): StoredObject {
  const { target: { bucket, key }, query } = call;
  const found = bucketOf(call).find(key, generationIn(query, "generation"));
  if (!found) throw noSuchKey(bucket, key);
  checkTag(call, found);
  return found;
}

/** The refusal of a name under which there is no object. */
export function noSuchKey(bucket: string, key: string): GcsError {
  return new GcsError("NoSuchKey", `No such object: ${bucket}/${key}`);
}

/** A generation in a query. */
export function generationIn(query: ReadonlyMap<string, string>, name: string): string | undefined {
  const text = query.get(name);
  if (text !== undefined && !/^\d+$/.test(text)) throw badParameter(name, text);
  return text;
}

/** `If-Match` and `If-None-Match`. */
function checkTag({ headers, target: { api }, operation }: Call, object: StoredObject): void {
  const etag = api === "xml" ? xmlEtag(object) : etagOf(object);
  const fits = (text: string | undefined) => text === "*" || text === etag || text === `"${etag}"`;
  const [match, none] = [headers.get("if-match"), headers.get("if-none-match")];
  if (match !== undefined && !fits(match)) throw new GcsError("PreconditionFailed");
  const reads = /get|head/i.test(operation);
  if (none !== undefined && fits(none)) throw new GcsError(reads ? "NotModified" : "PreconditionFailed");
}

/** The entity tag of the XML API, in quotes: the MD5 where there is one. */
export function xmlEtag(object: StoredObject): string {
  return `"${object.md5 === undefined ? etagOf(object) : Uint8Array.fromBase64(object.md5).toHex()}"`;
}

/** A number in the query, at least `least` and at most `most`; `most` where it is absent. */
export function queryNumber({ query }: Call, name: string, least: number, most: number): number {
  const text = query.get(name);
  if (text === undefined) return most;
  if (!/^\d+$/.test(text) || Number(text) < least) throw badParameter(name, text);
  return Math.min(Number(text), most);
}

/** The document that a call brings. */
export async function readJson({ body, headers }: Call): Promise<Record<string, unknown>> {
  const text = new TextDecoder().decode(await body.bytes());
  if (text === "") return {};
  if (!/^application\/json\b/i.test(headers.get("content-type") ?? "")) {
    throw new GcsError("InvalidArgument", `Unsupported content type: ${headers.get("content-type")}`);
  }
  return parseObject(text);
}

/** The object that a text is in JSON. */
export function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Refused below.
  }
  throw new GcsError("InvalidArgument", "Parse Error");
}

/** A time as documents have it. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** An answer with a document in JSON. */
export function jsonResponse(value: unknown, status = 200): WireResponse {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { status, headers: { "Content-Type": "application/json; charset=UTF-8" }, body, chunked: false };
}
