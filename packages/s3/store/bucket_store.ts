import {
  AdaptiveLimit,
  type CallOptions,
  type Capabilities,
  checkIfIgnored,
  checkKey,
  checkMetadataNames,
  checkWriteOptions,
  checkWriterOptions,
  type CommonPrefix,
  type CopyOptions,
  type CopyResult,
  type DeleteOptions,
  type DeleteResult,
  type GetOptions,
  type GetResult,
  type GetTagsOptions,
  type HeadOptions,
  type ListOptions,
  type ObjectAttributes,
  type ObjectInfo,
  type ObjectMeta,
  type ObjectPlace,
  type ObjectStore,
  type ObjectToDelete,
  objectUri,
  type ObjectVersion,
  type ObjectWriter,
  parseUploadName,
  type PartWriter,
  type PartWriterOptions,
  type PendingUpload,
  placeBelow,
  type PresignOptions,
  type PutOptions,
  type PutResult,
  type ReadHints,
  type ResumeOptions,
  type SetAttributesOptions,
  type StoreContext,
  type StoreLimits,
  UnsupportedError,
  type WriterOptions,
} from "@lade/core/backend";
import type { S3Connection } from "../wire/s3_connection.ts";
import { ControlPlane } from "../sdk/control_plane.ts";
import type { BucketCopy } from "../copy/bucket_copy.ts";
import { s3KeyFault } from "../endpoint/s3_key_fault.ts";
import { bucketPlace } from "../endpoint/bucket_place.ts";
import { listObjects } from "../list/list_page.ts";
import { getObject } from "../objects/get_object.ts";
import { getTags } from "../objects/get_tags.ts";
import { headObject } from "../objects/head_object.ts";
import { metadataNameFault } from "../headers/metadata_name_fault.ts";
import { s3Capabilities } from "./s3_capabilities.ts";
import type { PendingPart } from "../upload/list_parts.ts";
import type { WriterSetup } from "../upload/open_writer.ts";
import type { S3Store } from "./s3_store.ts";

/** What an {@linkcode BucketStore} is made of. */
export interface BucketStoreSetup {
  /** The container as its URI names it. */
  readonly container: string;
  /** The way to the bucket. */
  readonly connection: S3Connection;
  /** What it shares with other stores. */
  readonly context: StoreContext;
  /** Frees what the store holds. */
  readonly close: () => Promise<void>;
}

const READ_HINTS: ReadHints = {
  firstChunkSize: 8 * 2 ** 20,
  chunkSize: 8 * 2 ** 20,
  largestChunkSize: 32 * 2 ** 20,
  alignment: 1,
};
const FIRST_CONCURRENCY = 4;
const MAX_READ_CONCURRENCY = 64;
const MAX_UPLOAD_CONCURRENCY = 32;

/** What stands behind an `S3Store`. */
export class BucketStore implements S3Store {
  /** `s3://` and the container. */
  readonly uri: string;
  /** All but an atomic rename; what a service other than Amazon's has to show is `"unknown"` until then. */
  readonly capabilities: Capabilities;
  /** Chunks of 8 MiB; larger ones later, since every request costs the service something. */
  readonly readHints: ReadHints;
  /** What the store shares with others. */
  readonly context: StoreContext;
  /** The way to the bucket: endpoint, region and who asks. */
  readonly connection: S3Connection;
  /** From 4 in flight up in either direction. */
  readonly limits: StoreLimits & { readonly write: AdaptiveLimit };
  readonly #control: ControlPlane;
  readonly #close: () => Promise<void>;

  /** Made by `openS3Store`. */
  constructor(setup: BucketStoreSetup) {
    this.uri = `s3://${setup.container}`;
    this.connection = setup.connection;
    this.context = setup.context;
    this.#close = setup.close;
    this.#control = new ControlPlane(setup.connection);
    const { bounds: { maxRetryAfterMs, patienceMs }, uploadConcurrency } = setup.connection.config;
    this.readHints = { ...READ_HINTS, maxRetryAfterMs, patienceMs };
    this.limits = {
      read: this.#limit(FIRST_CONCURRENCY, MAX_READ_CONCURRENCY),
      write: uploadConcurrency === "auto"
        ? this.#limit(FIRST_CONCURRENCY, MAX_UPLOAD_CONCURRENCY)
        : this.#limit(uploadConcurrency, uploadConcurrency),
    };
    this.capabilities = s3Capabilities(setup.connection);
  }

  /** Base URL of the service. */
  get endpoint(): string {
    return this.connection.endpoint.serviceUrl;
  }

  /** The region that requests are signed for now. */
  get region(): string {
    return this.connection.region;
  }

  /** Who asks. */
  get identity(): string {
    return this.connection.setting.identity;
  }

  /** Keys have up to 1,024 bytes of UTF-8; over `fetch` none has a segment `.` or `..`. */
  keyFault(key: string): string | undefined {
    return s3KeyFault(this.connection.config, key);
  }

  /** The rule of names of HTTP headers, of which they are a part. */
  metadataNameFault(name: string): string | undefined {
    return metadataNameFault(name);
  }

  /** Reads an object or a range of it. */
  async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    const { read } = this.limits;
    const { falls } = read;
    const onThrottled = () => read.noteThrottled(falls);
    return await getObject(this.connection, this.#check("get", key), key, options, onThrottled);
  }

  /** Describes an object. */
  async head(key: string, options: HeadOptions = {}): Promise<ObjectInfo> {
    return await headObject(this.connection, this.#check("head", key), key, options);
  }

  /** Writes an object: in one request up to the multipart threshold, in parts sent side by side beyond. */
  async put(key: string, data: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    const uri = this.#check("put", key);
    if (!(data instanceof Uint8Array)) {
      throw new TypeError(`Cannot put ${JSON.stringify(uri)}: a Uint8Array is needed`);
    }
    this.#checkWrite("put", uri, options);
    const { threshold, disabled } = this.connection.config.multipart;
    if (disabled || data.length <= threshold) {
      options.signal?.throwIfAborted();
      const { putObject } = await import("../upload/put_object.ts");
      return await putObject({ connection: this.connection, operation: "put", uri, key }, data, options);
    }
    const { putLarge } = await import("../upload/open_writer.ts");
    return await putLarge(this.#writing("put", key, {}), data, options);
  }

  /** Starts an object of a size not yet known. */
  async createWriter(key: string, options: WriterOptions = {}): Promise<ObjectWriter> {
    const { openWriter } = await import("../upload/open_writer.ts");
    return await openWriter(this.#writing("write", key, options), options);
  }

  /**
   * Starts an object of known size: as one request up to the multipart threshold, else as a multipart upload. A resumable
   * one is an upload at any size.
   */
  async createPartWriter(key: string, size: number, options: PartWriterOptions = {}): Promise<PartWriter> {
    const { openPartWriter } = await import("../upload/open_writer.ts");
    return await openPartWriter(this.#writing("write", key, options), size, options);
  }

  /** Goes on with a multipart upload, with the parts that the service lists. */
  async resumePartWriter(
    key: string,
    size: number,
    token: string,
    options: ResumeOptions = {},
  ): Promise<PartWriter> {
    const { resumeWriter } = await import("../upload/open_writer.ts");
    return await resumeWriter(this.#writing("resume the write of", key, options), size, token, options);
  }

  /** Lists objects. */
  list(prefix = "", options: ListOptions = {}): AsyncGenerator<ObjectMeta, void, void> {
    return listObjects(this.connection, this.uri, prefix, options);
  }

  /** Lists one level. */
  listWithDelimiter(
    prefix = "",
    options: ListOptions = {},
  ): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
    return listObjects(this.connection, this.uri, prefix, options, "/");
  }

  /** Lists versions and delete markers. In a bucket that never kept versions, each object is its version `null`. */
  async *listVersions(prefix = "", options: CallOptions = {}): AsyncGenerator<ObjectVersion, void, void> {
    const { listObjectVersions } = await import("../list/version_page.ts");
    yield* listObjectVersions(this.connection, this.uri, prefix, options);
  }

  /** Lists the versions of one level. */
  async *listVersionsWithDelimiter(
    prefix = "",
    options: CallOptions = {},
  ): AsyncGenerator<ObjectVersion | CommonPrefix, void, void> {
    const { listObjectVersions } = await import("../list/version_page.ts");
    yield* listObjectVersions(this.connection, this.uri, prefix, options, "/");
  }

  /** Deletes an object or a version. In a bucket with versions, the former leaves a delete marker. */
  async delete(key: string, options: DeleteOptions = {}): Promise<void> {
    const uri = this.#check("delete", key);
    checkIfIgnored({ operation: "delete", uri }, options);
    const { deleteObject } = await import("../delete/delete_object.ts");
    await deleteObject(this.connection, uri, key, options);
  }

  /** Deletes objects by batches of 1,000. */
  async *deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options: CallOptions = {},
  ): AsyncGenerator<DeleteResult, void, void> {
    const [{ deleteInBatches }, { S3BatchDeleter }] = await Promise.all([
      import("@lade/service/delete"),
      import("../delete/s3_batch_deleter.ts"),
    ]);
    yield* deleteInBatches(new S3BatchDeleter(this.connection, this.#control, this.uri), objects, options);
  }

  /** Copies by the service. */
  async copy(from: string, to: string, options: CopyOptions = {}): Promise<CopyResult> {
    const target = this.#bucketCopy("copy", this, from, to, options);
    const { serverSideCopy } = await import("../copy/server_side_copy.ts");
    return await serverSideCopy(target, options);
  }

  /** Copies by the service from another bucket that it has, where the same identity asks for both. */
  async copyFrom(
    source: ObjectStore,
    from: string,
    to: string,
    options: CopyOptions = {},
  ): Promise<CopyResult | undefined> {
    const { store, key } = placeBelow(source, from);
    if (!(#control in store)) return undefined;
    const target = this.#bucketCopy("copy", store, key, to, options);
    const { copyBetween } = await import("../copy/server_side_copy.ts");
    return await copyBetween(target, options);
  }

  /** Copies the object onto itself by the service, with other attributes. */
  async setAttributes(
    key: string,
    attributes: ObjectAttributes,
    options: SetAttributesOptions = {},
  ): Promise<PutResult> {
    const operation = "set the attributes of";
    const target = this.#bucketCopy(operation, this, key, key, { ...options, attributes }, operation);
    const { setAttributes } = await import("../copy/server_side_copy.ts");
    return await setAttributes({ ...target, operation }, attributes, options);
  }

  /** Returns an object's tags. */
  async getTags(key: string, options: GetTagsOptions = {}): Promise<Record<string, string>> {
    const uri = this.#check("get the tags of", key);
    options.signal?.throwIfAborted();
    return await getTags(this.connection, uri, key, options);
  }

  /** Copies, then deletes the source. When that changes in between, both stay, by a `PreconditionFailedError`. */
  async rename(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    const target = this.#bucketCopy("rename", this, from, to, options);
    const { renameObject } = await import("../copy/rename_object.ts");
    await renameObject(this, target, options);
  }

  /** The service by its URL, Amazon's by its partition. */
  async placeOf(key: string): Promise<ObjectPlace> {
    return bucketPlace(this.connection.endpoint, this.connection.bucket ?? "", key);
  }

  /** Makes a URL that works for seven days at most, and no longer than the credentials that signed it. */
  async presign(key: string, options: PresignOptions): Promise<URL> {
    const uri = this.#check("presign", key);
    const { presignObject } = await import("../presign/presign_object.ts");
    return await presignObject(this.connection, uri, key, options);
  }

  /** Lists multipart uploads that were begun and are neither completed nor aborted. */
  async *listUploads(prefix = "", options: CallOptions = {}): AsyncGenerator<PendingUpload, void, void> {
    const { listUploads } = await import("../upload/list_uploads.ts");
    yield* listUploads(this.connection, this.uri, prefix, options);
  }

  /** Lists the parts that the service has of an upload. */
  async *listParts(
    key: string,
    uploadId: string,
    options: CallOptions = {},
  ): AsyncGenerator<PendingPart, void, void> {
    const uri = this.#check("list the parts of", key);
    const { listParts } = await import("../upload/list_parts.ts");
    yield* listParts(this.connection, uri, key, uploadId, options);
  }

  /** Removes a multipart upload and its parts; one that is gone already is no error. */
  async abortUpload(key: string, token: string, options: CallOptions = {}): Promise<void> {
    const { target } = this.#writing("abort the upload of", key, options);
    const { id } = parseUploadName(token, target);
    const { MultipartUpload } = await import("../upload/multipart_upload.ts");
    await new MultipartUpload(target, id, undefined, "none").abort(options.signal);
  }

  /** Closes the connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  #check(operation: string, key: string): string {
    checkKey(operation, this, key);
    return objectUri(this.uri, key);
  }

  #bucketCopy(
    operation: string,
    store: BucketStore,
    from: string,
    to: string,
    options: CopyOptions,
    targetOperation: string = `${operation} to`,
  ): BucketCopy {
    const fromUri = store.#check(operation, from);
    const toUri = this.#check(operation, to);
    options.signal?.throwIfAborted();
    const call = { operation: targetOperation, uri: toUri };
    checkWriteOptions(call, { ...options, ...options.attributes });
    checkMetadataNames(call, this, options.attributes ?? {});
    const { connection } = this;
    return { source: store.connection, connection, control: this.#control, from, to, fromUri, toUri };
  }

  #checkWrite(operation: string, uri: string, options: PutOptions): void {
    const detail = "the service dates objects by its clock";
    checkWriteOptions({ operation, uri }, options);
    checkMetadataNames({ operation, uri }, this, options);
    if (options.lastModified !== undefined) throw new UnsupportedError({ operation, uri, detail });
  }

  /** What a writer is made of, once its options are checked. */
  #writing(operation: string, key: string, options: WriterOptions): WriterSetup {
    const uri = this.#check(operation, key);
    const { concurrency, signal } = options;
    signal?.throwIfAborted();
    this.#checkWrite(operation, uri, options);
    checkWriterOptions(options);
    const { connection, context } = this;
    const limit = concurrency === undefined ? this.limits.write : this.#limit(concurrency, concurrency);
    return { target: { connection, control: this.#control, operation, uri, key }, limit, context };
  }

  #limit(initial: number, maximum: number): AdaptiveLimit {
    return new AdaptiveLimit({ clock: this.context.clock, initial, maximum });
  }
}
