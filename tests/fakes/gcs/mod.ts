/**
 * Google Cloud Storage for tests, in process: it speaks the JSON API and the XML API as their references have them,
 * checks tokens, signatures and checksums, keeps objects in memory, and misbehaves on command. Independent of the
 * packages under test.
 *
 * ```ts
 * await using fake = await startFakeGcs({ buckets: ["bucket"] });
 * fake.putObject("bucket", "key", "value");
 * fake.faults.add({ match: { operation: "objects.get", nth: 2 }, action: { kind: "status", status: 503 } });
 * // A client of fake.url with fake.issueToken(); then:
 * fake.requests.map(({ operation, status, bytesSent }) => ({ operation, status, bytesSent }));
 * ```
 *
 * @module
 */
import { FakeGcs } from "./fake_gcs.ts";
import type { FakeGcsOptions } from "./fake_gcs_options.ts";

export type { IssuedToken, Principal } from "./auth/tokens.ts";
export { FakeGcs } from "./fake_gcs.ts";
export type { FakeGcsOptions } from "./fake_gcs_options.ts";
export type { GcsRequest } from "./gcs_request.ts";
export type { ServerSettings } from "./operations/call.ts";
export type { Operation } from "./operations/route.ts";
export { gcsRequest, type RawRequest, reasonOf } from "./raw_client.ts";
export type { Bucket, BucketSettings } from "./store/bucket.ts";
export type { Session } from "./store/session.ts";
export type { ObjectAttributes, StoredObject } from "./store/stored_object.ts";

/** Starts a server on 127.0.0.1, on a port the system chooses; dispose it to stop it. */
export function startFakeGcs(options: FakeGcsOptions = {}): Promise<FakeGcs> {
  return FakeGcs.start(options);
}
