import { createHash } from "node:crypto";
import {
  FakeServer,
  type RequestHead,
  type ServedRequest,
  type ServiceFault,
  type UnreadRequest,
  type WireResponse,
} from "@lade/testing/http";
import { DEFAULT_OWNER, type FakeCredential } from "./auth/credential.ts";
import { type Algorithm, checksumOf } from "./checksum/algorithm.ts";
import { errorResponse, namesOf } from "./error_response.ts";
import type { FakeS3Options, FakeS3Settings } from "./fake_s3_options.ts";
import { NO_HABITS } from "./operations/habits.ts";
import type { ServerState } from "./operations/server_state.ts";
import { RequestHandler } from "./request_handler.ts";
import type { S3Request } from "./s3_request.ts";
import { Bucket, type BucketSettings } from "./store/bucket.ts";
import { BytesContent, bytesOf, type Content, SyntheticContent } from "../parts/content.ts";
import { type ObjectAttributes, plainAttributes, type StoredObject } from "./store/stored_object.ts";
import type { Upload } from "./store/upload.ts";

/**
 * An S3 server inside the test process: it keeps objects in memory, checks every signature, and misbehaves on
 * command.
 */
export class FakeS3 extends FakeServer<S3Request> {
  /** Access keys by id; may change at any time. */
  readonly credentials: Map<string, FakeCredential> = new Map();
  /** Buckets by name, with their settings. */
  readonly buckets: Map<string, Bucket> = new Map();
  /** Limits, habits and pace; may change at any time. */
  readonly settings: FakeS3Settings;
  /** The id of the access key that is there from the start. */
  readonly accessKeyId: string;
  /** Its secret. */
  readonly secretAccessKey: string;

  readonly #handler: RequestHandler;
  #lastNumber = 0;

  private constructor(options: FakeS3Options) {
    const settings = {
      region: options.region ?? "us-east-1",
      minPartSize: options.minPartSize ?? 5 * 1024 ** 2,
      maxPutSize: options.maxPutSize ?? 5 * 1024 ** 3,
      maxCopySize: options.maxCopySize ?? 5 * 1024 ** 3,
      maxPageSize: options.maxPageSize ?? 1000,
      checksums: options.checksums ?? true,
      defaultChecksum: options.defaultChecksum ?? true,
      habits: { ...NO_HABITS, ...options.habits },
      latencyMs: options.latencyMs ?? 0,
      bytesPerSecond: options.bytesPerSecond ?? Infinity,
    };
    super({ ...options, pace: settings });
    this.settings = settings;
    this.accessKeyId = options.accessKeyId ?? "FAKEACCESSKEY";
    this.secretAccessKey = options.secretAccessKey ?? "fake/secret+key";
    this.credentials.set(this.accessKeyId, { secretAccessKey: this.secretAccessKey });
    const state: ServerState = {
      settings: this.settings,
      buckets: this.buckets,
      now: () => this.clock(),
      nextNumber: () => ++this.#lastNumber,
    };
    this.#handler = new RequestHandler({
      state,
      credentials: this.credentials,
      baseHosts: options.baseHosts ?? ["localhost", "127.0.0.1", "s3.localhost"],
    });
    for (const name of options.buckets ?? []) this.createBucket(name);
  }

  /** Starts a server on a port the system chooses. */
  static start(options: FakeS3Options = {}): Promise<FakeS3> {
    return new FakeS3(options).listen();
  }

  /** Makes a bucket, owned by the first access key and in the server's region unless said otherwise. */
  createBucket(name: string, settings: Partial<BucketSettings> = {}): Bucket {
    const bucket = new Bucket(name, {
      region: settings.region ?? this.settings.region,
      owner: settings.owner ?? DEFAULT_OWNER,
      publicAccess: settings.publicAccess ?? "none",
      requesterPays: settings.requesterPays ?? false,
      versioning: settings.versioning ?? "off",
      discard: settings.discard ?? false,
    }, this.#now());
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** The bucket of a name; throws when there is none. */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw new Error(`Cannot find bucket "${name}": it does not exist`);
    return bucket;
  }

  /** Stores an object without a request. The bytes are kept, not copied. */
  putObject(
    bucket: string,
    key: string,
    bytes: Uint8Array | string,
    attributes: Partial<ObjectAttributes> = {},
  ): StoredObject {
    const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    return this.#store(
      bucket,
      key,
      new BytesContent(data),
      createHash("md5").update(data).digest("hex"),
      attributes,
    );
  }

  /**
   * Stores an object of any size that takes no memory: byte `i` depends on the seed and `i` alone, and seed 0
   * gives zeros.
   */
  putSynthetic(
    bucket: string,
    key: string,
    options: { size: number; seed?: number; checksum?: Algorithm },
  ): StoredObject {
    const content = new SyntheticContent(options.size, options.seed ?? 1);
    const etag = createHash("md5").update(`${options.size} ${options.seed ?? 1}`).digest("hex");
    const object = this.#store(bucket, key, content, etag, {});
    if (options.checksum !== undefined) {
      const value = checksumOf(options.checksum, content.slice(0, content.size));
      object.checksum = { algorithm: options.checksum, value, type: "FULL_OBJECT" };
    }
    return object;
  }

  /** Removes the current version of an object without a request. */
  removeObject(bucket: string, key: string): void {
    const current = this.object(bucket, key);
    if (current !== undefined) this.bucket(bucket).remove(key, current.versionId);
  }

  /** The current version of an object, or undefined. */
  object(bucket: string, key: string): StoredObject | undefined {
    return this.bucket(bucket).current(key);
  }

  /** The bytes of an object, or undefined. */
  bytes(bucket: string, key: string): Uint8Array | undefined {
    const object = this.object(bucket, key);
    return object && bytesOf(object.content);
  }

  /** The current objects of a bucket in key order. */
  objects(bucket: string): StoredObject[] {
    return this.bucket(bucket).keys().map((key) => this.object(bucket, key))
      .filter((object) => object !== undefined);
  }

  /** The unfinished multipart uploads of a bucket. */
  uploads(bucket: string): Upload[] {
    return [...this.bucket(bucket).uploads.values()];
  }

  protected override describe(record: UnreadRequest, head: RequestHead): S3Request {
    return this.#handler.describe(record, head);
  }

  protected override serve(request: ServedRequest<S3Request>): Promise<WireResponse> {
    return this.#handler.serve(request);
  }

  protected override refuse(fault: ServiceFault, record?: S3Request): WireResponse {
    return errorResponse(fault, record && namesOf(record));
  }

  protected override commonHeaders(record: S3Request): Record<string, string> {
    return {
      "x-amz-id-2": "fake",
      "x-amz-request-id": namesOf(record).requestId,
      ...super.commonHeaders(record),
      "Server": "AmazonS3",
    };
  }

  #store(
    bucketName: string,
    key: string,
    content: Content,
    etag: string,
    attributes: Partial<ObjectAttributes>,
  ): StoredObject {
    const bucket = this.bucket(bucketName);
    const object: StoredObject = {
      key,
      versionId: bucket.newVersionId(),
      deleteMarker: false,
      content,
      etag,
      lastModified: this.#now(),
      owner: bucket.owner,
      attributes: { ...plainAttributes(), ...attributes },
    };
    bucket.add(object);
    return object;
  }

  #now(): number {
    return Math.floor(this.clock() / 1000) * 1000;
  }
}
