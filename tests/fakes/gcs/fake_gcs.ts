import { generateKeyPairSync } from "node:crypto";
import {
  FakeServer,
  type RequestHead,
  type ServedRequest,
  type ServiceFault,
  type UnreadRequest,
  type WireResponse,
} from "@lade/testing/http";
import { BytesContent, bytesOf, type Content, SyntheticContent } from "../parts/content.ts";
import type { Signer } from "./auth/signed_url.ts";
import { type IssuedToken, type Principal, Tokens } from "./auth/tokens.ts";
import { errorResponse } from "./error_response.ts";
import { type FakeGcsOptions, PLAIN_BUCKET, PLAIN_SETTINGS } from "./fake_gcs_options.ts";
import type { GcsRequest } from "./gcs_request.ts";
import { plainAttributes } from "./operations/attributes.ts";
import type { ServerSettings, ServerState } from "./operations/call.ts";
import { checksumsOf } from "./operations/checksums.ts";
import { retell } from "./retell.ts";
import { RequestHandler } from "./request_handler.ts";
import { Bucket, type BucketSettings } from "./store/bucket.ts";
import type { Session } from "./store/session.ts";
import type { ObjectAttributes, StoredObject } from "./store/stored_object.ts";

/**
 * Cloud Storage inside the test process, with its JSON API and its XML API: it keeps objects in memory, checks tokens,
 * signatures and checksums, and misbehaves on command.
 */
export class FakeGcs extends FakeServer<GcsRequest> {
  /** Buckets by name. */
  readonly buckets: Map<string, Bucket> = new Map();
  /** Limits and habits; may change at any time. */
  readonly settings: ServerSettings;
  /** The tokens. */
  readonly tokens: Tokens = new Tokens();
  /** Resumable uploads by id. */
  readonly sessions: Map<string, Session> = new Map();
  /** Somebody who may do everything. */
  readonly principal: Principal = { email: "owner@project.iam.gserviceaccount.com" };

  readonly #signers: Map<string, Signer> = new Map();
  readonly #handler: RequestHandler;
  #lastGeneration = 0n;

  private constructor(options: FakeGcsOptions) {
    super(options);
    const given = Object.entries(options).filter(([name]) => name in PLAIN_SETTINGS);
    this.settings = { ...PLAIN_SETTINGS, ...Object.fromEntries(given) };
    const state: ServerState = {
      settings: this.settings,
      buckets: this.buckets,
      sessions: this.sessions,
      rewrites: new Map(),
      tokens: this.tokens,
      signers: this.#signers,
      now: () => this.clock(),
      nextGeneration: () => this.#nextGeneration(),
      url: () => this.url,
      createBucket: (name, settings) => this.createBucket(name, settings),
      serveInner: (request, outer) => this.#handler.serveInner(request, outer),
    };
    this.#handler = new RequestHandler(state);
    for (const name of options.buckets ?? []) this.createBucket(name, options.settings);
  }

  /** Starts a server on a port the system chooses. */
  static start(options: FakeGcsOptions = {}): Promise<FakeGcs> {
    return new FakeGcs(options).listen();
  }

  /** Makes a bucket. */
  createBucket(name: string, settings: Partial<BucketSettings> = {}): Bucket {
    const bucket = new Bucket(name, { ...PLAIN_BUCKET, ...settings }, this.clock());
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** The bucket of a name; throws when there is none. */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) throw new Error(`Cannot find bucket "${name}": it does not exist`);
    return bucket;
  }

  /** A token of somebody, by default of one who may do everything. */
  issueToken(principal: Principal = this.principal, lastsMs: number = this.settings.tokenMs): string {
    return this.tokens.issue(principal, this.clock() + lastsMs);
  }

  /** Makes a service account that can sign, and gives its private key in PEM. */
  addSigner(principal: Principal = this.principal): string {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    this.#signers.set(principal.email, { ...principal, publicKey });
    return privateKey;
  }

  /** The tokens that were given out. */
  get issued(): readonly IssuedToken[] {
    return [...this.tokens.issued.values()];
  }

  /** Stores an object without a request. The bytes are kept, not copied. */
  putObject(
    bucket: string,
    name: string,
    bytes: Uint8Array | string,
    attributes: Partial<ObjectAttributes> = {},
  ): StoredObject {
    const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    return this.#store(bucket, name, new BytesContent(data), attributes);
  }

  /** Stores an object of any size that takes no memory: byte `i` depends on the seed and `i` alone; seed 0 gives zeros. */
  putSynthetic(
    bucket: string,
    name: string,
    { size, seed = 1 }: { size: number; seed?: number },
  ): StoredObject {
    return this.#store(bucket, name, new SyntheticContent(size, seed), {});
  }

  /** Removes an object without a request, with all that was kept of it. */
  removeObject(bucket: string, name: string): void {
    this.bucket(bucket).forget(name);
  }

  /** The live generation of an object, or undefined. */
  object(bucket: string, name: string): StoredObject | undefined {
    return this.bucket(bucket).entry(name)?.current;
  }

  /** The bytes of an object, or undefined. */
  bytes(bucket: string, name: string): Uint8Array | undefined {
    const object = this.object(bucket, name);
    return object && bytesOf(object.content);
  }

  /** The live objects of a bucket in the order of a listing. */
  objects(bucket: string): StoredObject[] {
    return this.bucket(bucket).objects();
  }

  /** How many uploads to a bucket were begun and neither finished nor given up: sessions and multipart uploads. */
  unfinished(bucket: string): number {
    const open = [...this.sessions.values()].filter((session) =>
      session.bucket === bucket && session.finished === undefined && session.gone === undefined
    );
    return open.length + this.bucket(bucket).uploads.size;
  }

  /** Makes all uploads that are not finished expired: 404 or 410 answers whatever is asked of them. */
  expireSessions(status: 404 | 410 = 410): void {
    for (const session of this.sessions.values()) if (!session.finished) session.gone ??= status;
  }

  protected override describe(record: UnreadRequest, head: RequestHead): GcsRequest {
    return this.#handler.describe(record, head);
  }

  protected override serve(request: ServedRequest<GcsRequest>): Promise<WireResponse> {
    return this.#handler.serve(request);
  }

  protected override refuse(fault: ServiceFault, record?: GcsRequest): WireResponse {
    return errorResponse(fault, record);
  }

  /** The tag is the generation; both stand in header fields and in documents. */
  protected override retell(
    response: WireResponse,
    what: "etag" | "time",
    value: string | undefined,
  ): WireResponse {
    return retell(response, what === "etag" ? "generation" : "updated", value);
  }

  protected override commonHeaders(record: GcsRequest): Record<string, string> {
    const name = `AHmUCY-${String(record.id).padStart(12, "0")}`;
    const isUnknown = this.settings.refusesXml && record.operation?.startsWith("xml.");
    return {
      ...super.commonHeaders(record),
      ...(!isUnknown && { "Server": "UploadServer", "X-GUploader-UploadID": name }),
    };
  }

  #store(
    bucketName: string,
    name: string,
    content: Content,
    attributes: Partial<ObjectAttributes>,
  ): StoredObject {
    const bucket = this.bucket(bucketName);
    const [now, sums] = [this.clock(), checksumsOf(content, this.settings.maxMd5Size)];
    const object: StoredObject = {
      ...plainAttributes(bucket),
      ...attributes,
      name,
      generation: this.#nextGeneration(),
      metageneration: 1,
      content,
      ...sums,
      timeCreated: now,
      updated: now,
    };
    bucket.replace(object);
    return object;
  }

  /** The time in microseconds, greater with each call. */
  #nextGeneration(): string {
    const tick = BigInt(Math.floor(this.clock())) * 1000n;
    this.#lastGeneration = tick > this.#lastGeneration ? tick : this.#lastGeneration + 1n;
    return String(this.#lastGeneration);
  }
}
