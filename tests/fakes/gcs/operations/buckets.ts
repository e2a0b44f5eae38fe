import { emptyResponse, type WireResponse } from "@lade/testing/http";
import { badParameter, GcsError } from "../gcs_error.ts";
import type { Bucket, BucketSettings } from "../store/bucket.ts";
import { checkClass } from "./attributes.ts";
import { bucketOf, type Call, isoTime, jsonResponse, queryNumber, readJson } from "./call.ts";
import { checkWriteConditions } from "./conditions.ts";
import { checkBucketName } from "./names.ts";

/** `buckets.list` of a project. */
export function listBuckets(call: Call): WireResponse {
  const { query, server } = call;
  const project = projectIn(query);
  const prefix = query.get("prefix") ?? "";
  const after = query.get("pageToken") ?? "";
  const found = [...server.buckets.values()]
    .filter(({ name, settings }) => settings.project === project && name.startsWith(prefix) && name > after)
    .sort((a, b) => a.name < b.name ? -1 : 1);
  const limit = queryNumber(call, "maxResults", 1, server.settings.maxPageSize);
  const page = found.slice(0, limit);
  return jsonResponse({
    kind: "storage#buckets",
    ...(found.length > limit && { nextPageToken: page.at(-1)?.name }),
    ...(page.length > 0 && { items: page.map((bucket) => bucketResource(call, bucket)) }),
  });
}

/** `buckets.insert` into a project. */
export async function insertBucket(call: Call): Promise<WireResponse> {
  const { server } = call;
  const project = projectIn(call.query);
  const { name, ...document } = await readJson(call);
  if (typeof name !== "string") throw new GcsError("RequiredParameter", "Required parameter: name");
  checkBucketName(name);
  const there = server.buckets.get(name);
  if (there) {
    throw new GcsError(
      there.settings.project === project ? "BucketAlreadyOwnedByYou" : "BucketAlreadyExists",
    );
  }
  return jsonResponse(bucketResource(call, server.createBucket(name, { project, ...settingsIn(document) })));
}

/** `buckets.get`. */
export function getBucket(call: Call): WireResponse {
  return jsonResponse(bucketResource(call, bucketOf(call)));
}

/** `buckets.patch`. */
export async function patchBucket(call: Call): Promise<WireResponse> {
  const document = await readJson(call);
  const bucket = bucketOf(call);
  checkWriteConditions(call, conditionedBy(bucket));
  Object.assign(bucket.settings, settingsIn(document));
  bucket.metageneration++;
  return jsonResponse(bucketResource(call, bucket));
}

/** `buckets.delete` of one that is empty. */
export function deleteBucket(call: Call): WireResponse {
  const bucket = bucketOf(call);
  checkWriteConditions(call, conditionedBy(bucket));
  if (!bucket.empty) throw new GcsError("BucketNotEmpty");
  call.server.buckets.delete(bucket.name);
  return emptyResponse(204);
}

function conditionedBy({ metageneration, timeCreated }: Bucket) {
  return { generation: String(timeCreated), metageneration };
}

function projectIn(query: ReadonlyMap<string, string>): string {
  const project = query.get("project");
  if (project) return project;
  throw new GcsError("RequiredParameter", "Required parameter: project", {
    details: { locationType: "parameter", location: "project" },
  });
}

/** What a document says of a bucket; all else of it is passed over. */
function settingsIn(document: Readonly<Record<string, unknown>>): Partial<BucketSettings> {
  const { location, storageClass, versioning, billing, labels, defaultEventBasedHold } = document;
  const { retentionPolicy, softDeletePolicy, hierarchicalNamespace, encryption } = document;
  return {
    ...(typeof location === "string" && { location: location.toUpperCase() }),
    ...(typeof storageClass === "string" && { storageClass: checkClass(storageClass) }),
    ...(versioning !== undefined && { versioning: Object(versioning).enabled === true }),
    ...(billing !== undefined && { requesterPays: Object(billing).requesterPays === true }),
    ...(typeof labels === "object" &&
      { labels: Object.fromEntries(Object.entries(labels ?? {}).map(textOf)) }),
    ...(typeof defaultEventBasedHold === "boolean" && { defaultEventBasedHold }),
    ...(retentionPolicy !== undefined && { retentionMs: secondsIn(retentionPolicy, "retentionPeriod") }),
    ...(softDeletePolicy !== undefined &&
      { softDeleteMs: secondsIn(softDeletePolicy, "retentionDurationSeconds") }),
    ...(hierarchicalNamespace !== undefined &&
      { hierarchical: Object(hierarchicalNamespace).enabled === true }),
    ...(encryption !== undefined && { defaultKmsKeyName: Object(encryption).defaultKmsKeyName ?? undefined }),
  };
}

function textOf([name, value]: [string, unknown]): [string, string] {
  return [name, String(value)];
}

function secondsIn(policy: unknown, name: string): number {
  const seconds = Number(Object(policy)[name] ?? 0);
  if (!Number.isInteger(seconds) || seconds < 0) throw badParameter(name, String(seconds));
  return seconds * 1000;
}

function bucketResource({ server }: Call, { name, settings, metageneration, timeCreated }: Bucket): unknown {
  const { retentionMs, softDeleteMs, defaultKmsKeyName } = settings;
  return {
    kind: "storage#bucket",
    id: name,
    selfLink: `${server.url()}/storage/v1/b/${name}`,
    name,
    projectNumber: "123456789012",
    metageneration: String(metageneration),
    location: settings.location,
    locationType: /^(?:US|EU|ASIA)$/.test(settings.location) ? "multi-region" : "region",
    storageClass: settings.storageClass,
    etag: btoa(String(metageneration)),
    timeCreated: isoTime(timeCreated),
    updated: isoTime(timeCreated),
    ...(settings.versioning && { versioning: { enabled: true } }),
    ...(settings.requesterPays && { billing: { requesterPays: true } }),
    ...(settings.hierarchical && { hierarchicalNamespace: { enabled: true } }),
    ...(settings.defaultEventBasedHold && { defaultEventBasedHold: true }),
    ...(retentionMs > 0 && {
      retentionPolicy: { retentionPeriod: String(retentionMs / 1000), effectiveTime: isoTime(timeCreated) },
    }),
    softDeletePolicy: { retentionDurationSeconds: String(softDeleteMs / 1000) },
    ...(defaultKmsKeyName !== undefined && { encryption: { defaultKmsKeyName } }),
    ...(Object.keys(settings.labels).length > 0 && { labels: settings.labels }),
    iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: "inherited" },
  };
}
