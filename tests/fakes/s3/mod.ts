/**
 * An S3 server for tests, in process: it speaks the wire protocol, checks signatures and checksums strictly, keeps
 * objects in memory, and misbehaves on command. Independent of the packages under test.
 *
 * ```ts
 * await using fake = await startFakeS3({ buckets: ["bucket"] });
 * fake.putObject("bucket", "key", "value");
 * fake.faults.add({
 *   match: { operation: "GetObject", nth: 2 },
 *   action: { kind: "cut", afterBytes: 3, how: "rst" },
 * });
 * // A client of fake.url with fake.accessKeyId and fake.secretAccessKey, in path style; then:
 * fake.requests.map(({ operation, status, bytesSent }) => ({ operation, status, bytesSent }));
 * ```
 *
 * @module
 */
import { FakeS3 } from "./fake_s3.ts";
import type { FakeS3Options } from "./fake_s3_options.ts";

export { FakeS3 } from "./fake_s3.ts";
export type { FakeS3Options, FakeS3Settings } from "./fake_s3_options.ts";
export type { FakeCredential } from "./auth/credential.ts";
export type { ChunkSigning } from "./auth/aws_chunked.ts";
export type { Scope } from "./auth/sigv4.ts";
export { type Algorithm, ALGORITHMS, type Checksum, type ChecksumType } from "./checksum/algorithm.ts";
export type { Habits } from "./operations/habits.ts";
export {
  type ActionOf,
  type CutMode,
  type Fault,
  type FaultAction,
  makeCertificate,
  type Pace,
  RawConnection,
  type RawResponse,
  type TlsCertificate,
} from "@lade/testing/http";
export { refuseUnsigned } from "./refuse_unsigned.ts";
export type { S3Request } from "./s3_request.ts";
export type { Operation } from "./operations/route.ts";
export type { ServerSettings } from "./operations/server_state.ts";
export {
  codeOf,
  presign,
  type RawRequest,
  rawRequest,
  type SignedRequest,
  signRequest,
} from "./raw_client.ts";
export type { Bucket, BucketSettings } from "./store/bucket.ts";
export { bytesOf, type Content, SyntheticContent } from "../parts/content.ts";
export type { ObjectAttributes, PartInfo, StoredObject } from "./store/stored_object.ts";
export type { Upload, UploadedPart } from "./store/upload.ts";

/** Starts a server on 127.0.0.1, on a port the system chooses; dispose it to stop it. */
export function startFakeS3(options: FakeS3Options = {}): Promise<FakeS3> {
  return FakeS3.start(options);
}
