import type { Check } from "@lade/core/backend";
import {
  beginDiagnosis,
  examineService,
  failedCheck,
  probe,
  type ServiceDiagnoseOptions,
  type ServicePatient,
  tellEndpoint,
  tellLifetime,
  tellSettings,
} from "@lade/service/diagnosis";
import { askJson } from "../client/ask_json.ts";
import { bucketPath, type GcsTarget } from "../client/gcs_target.ts";
import { type GcsCredential, identityOf } from "../credentials/gcs_credential.ts";
import { GcsStore } from "../store/gcs_store.ts";
import { type GcsStoreOptions, openService, setupOf } from "../store/open_gcs_store.ts";
import { checkBucket } from "../uris/gcs_location.ts";

/** Tokens that are signed here are refused beyond this. */
const MAX_SKEW_MS = 5 * 60_000;
/** Settings that have checks of their own. */
const TOLD = new Set(["endpoint", "identity"]);

/** Options of {@linkcode diagnose}. */
export type GcsDiagnoseOptions = GcsStoreOptions & ServiceDiagnoseOptions;

/**
 * Finds out how it stands with a bucket: who asks, where, the clock, what the bucket is and keeps, which calls are allowed,
 * latency, throughput and what bounds it. Like the diagnosis of every service it yields failures, and removes what it made.
 */
export async function* diagnose(bucket: string, options: GcsDiagnoseOptions = {}): AsyncGenerator<Check> {
  const { context, transport, begun } = beginDiagnosis(options);
  const { answers, prefix } = begun;
  checkBucket("diagnose", bucket);
  const { config, ...opened } = await openService("diagnose", bucket, { ...options, context }, transport);
  const { endpoint, shown } = config;
  await using _transport = opened.transport;
  await using store = new GcsStore(bucket, { ...opened, config: setupOf(config) });
  const patient: ServicePatient = {
    ...{ ...begun, store, maxSkewMs: MAX_SKEW_MS, inParts: true },
    container: "bucket",
    failed: failedCheck,
    credentials: () => checkCredentials(opened.credential, context.clock.now()),
    configuration: async () => {
      const source = shown.find(({ name }) => name === "endpoint")?.source ?? "";
      const own = answers.answers.length > 0
        ? [await probe(patient, (signal) => tellBucket(store.target, signal)).catch(unknownBucket)]
        : [];
      return [tellEndpoint({ url: endpoint.url, source }, answers), ...own, ...tellSettings(shown, TOLD)];
    },
    listPage: (signal) => Array.fromAsync(store.list(prefix, { signal, limit: 1_000 })),
    blame: () => undefined,
    tellWritten: ({ checksums: { crc32c } = {} }) =>
      crc32c === undefined ? "the service told no checksum" : "the service compared its CRC-32C and keeps it",
    *traits() {
      if (store.target.traits.takesParts !== false) return;
      const detail =
        "the endpoint takes no parts side by side: large objects go by a session, one request after another";
      yield { name: "parts", outcome: "ok", detail, facts: { parts: false } };
    },
  };
  yield* examineService(patient);
}

async function checkCredentials(credential: GcsCredential, nowMs: number): Promise<Check> {
  const name = "credentials";
  if (credential.kind === "anonymous") return { name, outcome: "ok", detail: identityOf(credential) };
  const { expiration, email } = await credential.tokens.get();
  const detail = `${identityOf(credential)}${tellLifetime(expiration, nowMs)}`;
  return { name, outcome: "ok", detail, ...(email !== undefined && { facts: { identity: email } }) };
}

/** A bucket as the JSON API describes it ("Buckets"), as far as it is told here. */
interface BucketResource {
  readonly location?: string;
  readonly storageClass?: string;
  readonly versioning?: { readonly enabled?: boolean };
  readonly softDeletePolicy?: { readonly retentionDurationSeconds?: string };
  readonly hierarchicalNamespace?: { readonly enabled?: boolean };
  readonly billing?: { readonly requesterPays?: boolean };
  readonly retentionPolicy?: { readonly retentionPeriod?: string };
}

/** Says where the bucket is and what it keeps, as far as who asks may know. */
async function tellBucket(target: GcsTarget, signal: AbortSignal): Promise<Check> {
  const call = { operation: "look at", uri: target.uri };
  const request = { method: "GET", path: bucketPath(target), signal, call };
  const bucket = await askJson<BucketResource>(target, { ...request, document: "storage#bucket" });
  const { location = "", storageClass = "", versioning, billing, hierarchicalNamespace } = bucket;
  const days = (seconds: string | undefined) => Math.round(Number(seconds ?? 0) / 86_400);
  const softDeleteDays = days(bucket.softDeletePolicy?.retentionDurationSeconds);
  const retentionDays = days(bucket.retentionPolicy?.retentionPeriod);
  const versions = versioning?.enabled === true;
  const hierarchical = hierarchicalNamespace?.enabled === true;
  const requesterPays = billing?.requesterPays === true;
  const words = [
    location,
    storageClass,
    versions ? "each write keeps the version before" : "no versions",
    softDeleteDays > 0 ? `keeps deleted objects for ${softDeleteDays} days` : "no soft delete",
    hierarchical && "hierarchical namespace",
    retentionDays > 0 && `objects stay for ${retentionDays} days at least`,
    requesterPays && "the requester pays",
  ];
  return {
    name: "bucket",
    outcome: "ok",
    detail: words.filter(Boolean).join(", "),
    facts: {
      location,
      storageClass,
      ...{ versions, hierarchical, requesterPays, softDeleteDays, retentionDays },
    },
  };
}

function unknownBucket(): Check {
  const detail = "what it is, is not for this identity to know: that takes storage.buckets.get";
  return { name: "bucket", outcome: "skipped", detail };
}
