import type { Capabilities, ObjectPlace, Support } from "@lade/core/backend";
import type { Bounds } from "@lade/core/bounds";
import type { ServiceClient } from "@lade/service/call";
import { encodePath, encodeStrict } from "@lade/service/http";
import type { ServiceTarget } from "@lade/service/store";
import type { GcsCredential } from "../credentials/gcs_credential.ts";

/** A bucket, and the ways to it: what every call takes first. */
export interface GcsTarget extends ServiceTarget {
  /** What it can do; that it keeps versions shows with the first one that is not the latest. */
  readonly capabilities: Capabilities & { versions: Support };
  /** The way by the JSON API. */
  readonly json: ServiceClient;
  /** The way by the XML API, over the same connections. */
  readonly xml: ServiceClient;
  /** What requests are authorized with. */
  readonly credential: GcsCredential;
  /** What was found of the endpoint. */
  readonly traits: GcsTraits;
  /** Base URL of the service. */
  readonly url: string;
  /** Name of the bucket; empty for all of a project. */
  readonly bucket: string;
  /** How objects are written and read. */
  readonly config: GcsObjectConfig;
}

/** What is found of an endpoint while it is used; Google's own has all. */
export interface GcsTraits {
  /** It gives objects by the XML API, in one request with all that describes them; looked for where absent. */
  givesXml?: boolean;
  /** It takes parts by the XML API; unknown where absent. */
  takesParts?: boolean;
  /** It takes batches of deletions; unknown where absent. */
  takesBatches?: boolean;
  /** It moves objects in one step within a bucket; unknown where absent. */
  moves?: boolean;
}

/** How objects are written and read. */
export interface GcsObjectConfig {
  /** Bytes of a part. */
  readonly partSize: number;
  /** Objects of more bytes go in parts. */
  readonly threshold: number;
  /** Bytes of a chunk of a resumable session: a multiple of 256 KiB. */
  readonly chunkSize: number;
  /** Whether what is read is compared with the checksums that the service has of it. */
  readonly verifyDownloads: boolean;
  /** The class of objects that are given none; the bucket's where absent. */
  readonly storageClass?: string;
  /** The key of Cloud KMS by which objects are encrypted; the bucket's where absent. */
  readonly kmsKey?: string;
  /** Where buckets are made; the service's choice where absent. */
  readonly location?: string;
  /** The project of buckets, where that is said. */
  readonly project?: string;
  /** The project that pays for requests. */
  readonly userProject?: string;
  /** How long is waited. */
  readonly bounds: Bounds;
}

/** Where a key leads. Google's buckets are the same at all of its hosts; any other endpoint may have more names than one. */
export function placeOf({ bucket, url }: Pick<GcsTarget, "bucket" | "url">, key: string): ObjectPlace {
  const service = /\.googleapis\.com$/.test(new URL(url).hostname) ? "https://storage.googleapis.com" : url;
  return { service, container: bucket, key, kind: "gcs" };
}

/** The path of the bucket in the JSON API. */
export function bucketPath({ bucket }: Pick<GcsTarget, "bucket">): string {
  return `/storage/v1/b/${encodeStrict(bucket)}`;
}

/** The path of an object, or of all objects of the bucket, in the JSON API. */
export function jsonPath(target: Pick<GcsTarget, "bucket">, key?: string): string {
  const root = `${bucketPath(target)}/o`;
  return key === undefined ? root : `${root}/${encodeStrict(key)}`;
}

/** The path to which objects of the bucket are uploaded by the JSON API. */
export function uploadPath(target: Pick<GcsTarget, "bucket">): string {
  return `/upload${jsonPath(target)}`;
}

/** Segments that clients of HTTP resolve before they ask (RFC 3986, section 5.2.4). */
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/;

/** The path of an object, or of the bucket, in the XML API. */
export function xmlPath({ bucket }: Pick<GcsTarget, "bucket">, key?: string): string {
  const root = `/${encodeStrict(bucket)}`;
  return key === undefined ? root : `${root}/${DOT_SEGMENT.test(key) ? encodeStrict(key) : encodePath(key)}`;
}

/** Query of every request of the JSON API: who pays. */
export function payer(
  { config: { userProject } }: Pick<GcsTarget, "config">,
): { readonly userProject?: string } {
  return userProject === undefined ? {} : { userProject };
}

/** The key by which what is written is encrypted. */
export function kmsQuery(
  { config: { kmsKey } }: Pick<GcsTarget, "config">,
): { readonly kmsKeyName?: string } {
  return kmsKey === undefined ? {} : { kmsKeyName: kmsKey };
}
