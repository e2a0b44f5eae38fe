import {
  type GetOptions,
  type GetResult,
  type HeadOptions,
  NotFoundError,
  type ObjectInfo,
  PreconditionFailedError,
} from "@lade/core/backend";
import { checkAnswered, type HeaderNames, unlikeService } from "@lade/service/body";
import { type FailedCall, faultOf } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";
import { getObject } from "@lade/service/objects";
import { generationOf, generationQuery } from "../client/gcs_conditions.ts";
import { GCS_NAMES } from "../client/gcs_names.ts";
import { type GcsTarget, jsonPath, payer, xmlPath } from "../client/gcs_target.ts";
import { askJson, type JsonRequest } from "../client/ask_json.ts";
import { infoOf, type ObjectResource } from "./resource.ts";

/** Reads no checksums, where nothing is to be verified. */
const UNVERIFIED: Pick<HeaderNames, "readChecksums"> = { readChecksums: () => ({}) };
/** Without it, what is stored compressed comes decompressed, and no checksum is that of its bytes. */
const AS_STORED = { "accept-encoding": "gzip" };
/** A checksum that is none, though an emulator may leave it empty: passed over, it would leave the bytes unverified. */
const NO_CHECKSUM =
  /(?:^|[,\s])(?:crc32c=(?!(?:[A-Za-z0-9+/]{6}==)?(?:[,\s]|$))|md5=(?!(?:[A-Za-z0-9+/]{22}==)?(?:[,\s]|$)))/;

/**
 * Reads an object or a range of it, as it is stored: by the XML API, which describes the object in the same answer; by the
 * JSON API where an endpoint has no other. Only what is to be another one is looked at first, since the XML API holds no
 * such condition.
 */
export async function readObject(
  target: GcsTarget,
  key: string,
  options: GetOptions,
  call: FailedCall,
): Promise<GetResult> {
  const { traits } = target;
  const { ifNoneMatch, ...given } = options;
  if (ifNoneMatch !== undefined) {
    const { etag } = await headObject(target, key, options, { ...call, step: "look at" });
    return await readObject(target, key, { ...given, ...(etag !== undefined && { ifMatch: etag }) }, call);
  }
  if (traits.givesXml === false) return await readByJson(target, key, options, call);
  try {
    return await readByXml(target, key, options, call);
  } catch (error) {
    // An emulator that has the XML API may have no words for what is missing: then the JSON API has.
    if (traits.givesXml || !mayLackXml(error)) throw error;
    const result = await readByJson(target, key, options, call);
    traits.givesXml = false;
    return result;
  }
}

async function readByXml(
  target: GcsTarget,
  key: string,
  options: GetOptions,
  call: FailedCall,
): Promise<GetResult> {
  const { config, limits, xml } = target;
  const { version } = options;
  return await getObject({
    client: xml,
    names: config.verifyDownloads ? GCS_NAMES : { ...GCS_NAMES, ...UNVERIFIED },
    key,
    path: xmlPath(target, key),
    ...(version !== undefined && { query: { generation: generationOf(version) } }),
    headers: AS_STORED,
    check: (headers) => checkStored(headers, call),
    call: version === undefined ? call : { ...call, step: "look at a version of" },
    limit: limits.read,
  }, options);
}

/**
 * Every object has a generation: by it alone further bytes are of the same one, and its deletion is of what was read. What is
 * stored compressed comes compressed, or else its size, its ranges and its checksums are those of other bytes.
 */
function checkStored(headers: ResponseHeaders, call: FailedCall): void {
  const unlike = (what: string) => unlikeService(call, GCS_NAMES.service, what);
  if (!headers.get("x-goog-generation")) {
    throw unlike("it does not tell the generation of the object");
  }
  if (NO_CHECKSUM.test(headers.get("x-goog-hash") ?? "")) throw unlike("a checksum of the object is none");
  const stored = headers.get("x-goog-stored-content-encoding");
  if (stored !== "gzip" || /\bgzip\b/.test(headers.get("content-encoding") ?? "")) return;
  throw unlike("what is stored compressed was decompressed on the way; check what stands between");
}

/** The answer with the bytes tells no metadata, so that the object is described first. It may be replaced in between. */
async function readByJson(
  target: GcsTarget,
  key: string,
  options: GetOptions,
  call: FailedCall,
  tries = 3,
): Promise<GetResult> {
  const { config, json, limits } = target;
  const { etag = "", metadata } = await headObject(target, key, options, call);
  const names = { ...GCS_NAMES, conditions: () => ({}), storedMetadata: metadata };
  try {
    return await getObject({
      client: json,
      names: config.verifyDownloads ? names : { ...names, ...UNVERIFIED },
      key,
      path: jsonPath(target, key),
      query: { alt: "media", ...generationQuery({ ...options, ifMatch: etag }), ...payer(target) },
      headers: AS_STORED,
      check: (headers) => checkStored(headers, call),
      call,
      limit: limits.read,
    }, options);
  } catch (error) {
    if (options.ifMatch !== undefined || tries === 1) throw error;
    if (!(error instanceof PreconditionFailedError)) throw error;
    return await readByJson(target, key, options, call, tries - 1);
  }
}

/** Whether what answers a read is not the XML API: not even its own words for what is missing. */
function mayLackXml(error: unknown): boolean {
  const fault = faultOf(error);
  return fault?.foreign !== undefined && [400, 404, 405, 501].includes(fault.status);
}

/** Describes an object. */
export async function headObject(
  target: DescribingTarget,
  key: string,
  options: HeadOptions,
  call: FailedCall,
): Promise<ObjectInfo> {
  return (await describeObject(target, key, options, call)).info;
}

/** What describing an object takes of a target. */
export type DescribingTarget = Pick<GcsTarget, "json" | "bucket" | "config" | "capabilities">;

/** An object, and all that the service says of it. */
export interface DescribedObject {
  readonly info: ObjectInfo;
  readonly resource: ObjectResource;
}

/** {@linkcode headObject}, for who needs all that the service has of it. */
export async function describeObject(
  target: DescribingTarget,
  key: string,
  options: HeadOptions,
  call: FailedCall,
): Promise<DescribedObject> {
  const { signal } = options;
  const request: JsonRequest = {
    method: "GET",
    path: jsonPath(target, key),
    query: { ...generationQuery(options) },
    document: "storage#object",
    signal,
    call,
  };
  const resource = await askJson<ObjectResource>(target, request);
  const info = infoOf(resource, call);
  if (resource.timeDeleted) target.capabilities.versions = true;
  if (info.key !== key) {
    throw new NotFoundError({
      ...call,
      detail: `the service describes ${JSON.stringify(info.key)} in its place`,
    });
  }
  checkAnswered(GCS_NAMES, info, options, call);
  return { info, resource };
}
