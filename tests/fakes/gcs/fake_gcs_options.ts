import type { FakeServerOptions } from "@lade/testing/http";
import type { ServerSettings } from "./operations/call.ts";
import type { BucketSettings } from "./store/bucket.ts";

/** How a server is started. */
export interface FakeGcsOptions extends FakeServerOptions, Partial<ServerSettings> {
  /** Names of buckets to make. */
  buckets?: readonly string[];
  /** How those differ from plain ones. */
  settings?: Partial<BucketSettings>;
}

/** Limits and habits of the service as its reference has them. */
export const PLAIN_SETTINGS: ServerSettings = {
  allowsAnonymous: false,
  tokenMs: 3_600_000,
  maxPageSize: 1000,
  maxBatchCount: 100,
  refusesBatches: false,
  refusesMoves: false,
  refusesParts: false,
  refusesXml: false,
  minPartSize: 5 * 2 ** 20,
  chunkUnit: 256 * 1024,
  takesOddChunks: false,
  maxStoredBytes: Infinity,
  rewriteBytes: 2 ** 30,
  maxMutationRate: Infinity,
  maxMd5Size: Infinity,
};

/** A bucket about which nothing was said. */
export const PLAIN_BUCKET: BucketSettings = {
  project: "project",
  location: "US",
  storageClass: "STANDARD",
  versioning: false,
  requesterPays: false,
  retentionMs: 0,
  defaultEventBasedHold: false,
  hierarchical: false,
  softDeleteMs: 7 * 86_400_000,
  defaultKmsKeyName: undefined,
  discard: false,
  labels: {},
};
