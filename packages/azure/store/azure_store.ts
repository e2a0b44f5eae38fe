import * as core from "@lade/core/backend";
import { defaultBounds } from "@lade/core/bounds";
import type { ShownSetting } from "@lade/core/settings";
import type { ServiceFault } from "@lade/service/errors";
import { ServiceTime } from "@lade/service/call";
import type { TransportResponse } from "@lade/service/http";
import type { AccountTraits, AzureTarget, BlobWriteConfig } from "../client/azure_target.ts";
import { accountPlace, accountUri } from "../config/account_host.ts";
import { authorizerOf } from "../credentials/authorizer_of.ts";
import type { AzureCredential } from "../credentials/azure_credential.ts";
import type { BlobCopy } from "../copy/copy_blob.ts";
import { deleteBlob } from "../delete/delete_blob.ts";
import { listBlobs } from "../list/list_blobs.ts";
import { listLevel } from "../list/without_empty.ts";
import { abortUpload, listUploads } from "../list/list_uploads.ts";
import { azureKeyFault, azureMetadataNameFault } from "../names/azure_key_fault.ts";
import { headBlob, readBlob } from "../objects/read_blob.ts";
import type { Presigner } from "../presign/presign_blob.ts";
import { checkVersionedCall } from "../client/version_query.ts";
import { blockSink, newWriter } from "../write/block_sink.ts";
import { putBlob } from "../write/put_blob.ts";
import { resumableSink, resumeWriting } from "../write/resumable_sink.ts";
import { setAttributes } from "../write/set_attributes.ts";
import { getTags } from "../write/tags.ts";
import { writtenHeaders } from "../write/written_headers.ts";
import { azureClient, type AzureClientSetup } from "./azure_client.ts";

/** What an {@linkcode AzureStore} is made of. */
export interface AzureStoreSetup extends AzureClientSetup {
  /** How blobs are written, in blocks of 8 MiB, smaller ones at once, with their checksum kept; and how long is waited. */
  readonly config?: Partial<BlobWriteConfig> & {
    readonly uploadConcurrency?: number | "auto";
  };
  /** What was found of the account; nothing by default. */
  readonly traits?: AccountTraits;
  /** What is configured, and who asks; nothing by default. */
  readonly settings?: () => Promise<readonly ShownSetting[]>;
  /** Frees what the store shares with others; nothing by default. */
  readonly close?: () => Promise<void>;
}

const READ_HINTS: core.ReadHints = {
  firstChunkSize: 2 ** 23,
  chunkSize: 2 ** 23,
  largestChunkSize: 2 ** 25,
  alignment: 1,
};

const CAPABILITIES: core.Capabilities = {
  attributes: true,
  expires: false,
  setAttributes: true,
  tags: "unknown",
  modificationTime: false,
  storageClass: true,
  createOnly: true,
  compareAndSwap: true,
  conditionalDelete: true,
  conditionalCopy: true,
  versions: "unknown",
  resumableWrites: true,
  atomicRename: "unknown",
  presign: false,
};

/** A container of Azure Blob Storage. */
export class AzureStore implements core.ObjectStore {
  readonly uri: string;
  readonly capabilities: core.Capabilities;
  readonly readHints: core.ReadHints;
  readonly limits: AzureTarget["limits"];
  readonly context: core.StoreContext;
  /** The container, and the way to it. */
  readonly target: AzureTarget;
  readonly #capabilities: { atomicRename: core.Support };
  readonly #credential: AzureCredential;
  readonly #close: AzureStoreSetup["close"];
  /** What is configured, and who asks, as it may be shown. */
  readonly settings: () => Promise<readonly ShownSetting[]>;
  #presigner: Promise<Presigner> | undefined;

  /** Makes no request. */
  constructor(
    container: string,
    { endpoint, credential, context, transport, config = {}, traits = {}, settings, close }: AzureStoreSetup,
  ) {
    const { clock } = context;
    const { blockSize = 2 ** 23, bounds = defaultBounds } = config;
    const { maxRetryAfterMs, patienceMs } = bounds;
    const { uploadConcurrency: most = "auto" } = config;
    this.context = context;
    this.#close = close;
    this.settings = settings ?? (() => Promise.resolve([]));
    this.readHints = { ...READ_HINTS, maxRetryAfterMs, patienceMs };
    this.#credential = credential;
    const capabilities = {
      ...CAPABILITIES,
      presign: credential.kind === "sharedKey" || credential.kind === "bearer",
    };
    this.capabilities = this.#capabilities = capabilities;
    this.uri = `${accountUri(endpoint)}/${container}`;
    const limit = (initial: number, maximum: number) => new core.AdaptiveLimit({ clock, initial, maximum });
    this.limits = { read: limit(4, 64), write: most === "auto" ? limit(4, 32) : limit(most, most) };
    // What names a version shows that the account keeps them, a write that does not shows that it keeps none.
    const onAnswer = ({ status, headers }: TransportResponse) => {
      if (headers.has("x-ms-resource-type")) traits.hasDirectories = true;
      settleTags();
      if (capabilities.versions !== "unknown") return;
      if (headers.has("x-ms-version-id")) capabilities.versions = true;
      else if (status === 201 && headers.has("etag")) capabilities.versions = false;
    };
    // Tags and directories exclude each other.
    const onFault = ({ code }: ServiceFault) => {
      if (code === "FeatureNotYetSupportedForHierarchicalNamespaceAccounts") traits.hasDirectories = true;
      settleTags();
    };
    const settleTags = () => {
      if (capabilities.tags === "unknown" && traits.hasDirectories !== undefined) {
        capabilities.tags = !traits.hasDirectories;
      }
    };
    const time = new ServiceTime(clock);
    const client = azureClient({ endpoint, credential, context, transport, onAnswer, onFault, time });
    this.target = {
      client,
      batchAuthorizer: authorizerOf(credential, context, { inBatch: true, time }),
      time,
      traits,
      endpoint,
      container,
      uri: this.uri,
      capabilities: this.capabilities,
      keyFault: azureKeyFault,
      metadataNameFault: azureMetadataNameFault,
      context,
      limits: this.limits,
      config: {
        blockSize,
        threshold: blockSize,
        storedChecksum: true,
        verifyDownloads: true,
        tags: {},
        bounds,
        ...config,
      },
    };
  }

  /** The account by its name, where it is one of Azure's, and container and key as they are. */
  async placeOf(key: string): Promise<core.ObjectPlace> {
    return accountPlace(this.target, key);
  }

  keyFault(key: string): string | undefined {
    return azureKeyFault(key);
  }

  metadataNameFault(name: string): string | undefined {
    return azureMetadataNameFault(name);
  }

  get(key: string, options: core.GetOptions = {}): Promise<core.GetResult> {
    return readBlob(this.target, key, options);
  }

  head(key: string, options: core.HeadOptions = {}): Promise<core.ObjectInfo> {
    return headBlob(this.target, key, options);
  }

  async put(key: string, data: Uint8Array, options: core.PutOptions = {}): Promise<core.PutResult> {
    return await putBlob(() => this.#writing("put", key, options), data);
  }

  async createWriter(key: string, options: core.WriterOptions = {}): Promise<core.ObjectWriter> {
    return core.createStreamWriter(this.#writing("write", key, options));
  }

  async createPartWriter(
    key: string,
    size: number,
    options: core.PartWriterOptions = {},
  ): Promise<core.PartWriter> {
    core.checkObjectSize(size);
    return await core.createPartWriter({ ...this.#writing("write", key, options), size });
  }

  setAttributes(
    key: string,
    attributes: core.ObjectAttributes,
    options: core.SetAttributesOptions = {},
  ): Promise<core.PutResult> {
    return setAttributes(this.target, key, attributes, options);
  }

  getTags(key: string, options: core.GetTagsOptions = {}): Promise<Record<string, string>> {
    return getTags(this.target, key, options);
  }

  async resumePartWriter(
    key: string,
    size: number,
    token: string,
    options: core.ResumeOptions = {},
  ): Promise<core.PartWriter> {
    return await core.createPartWriter(await resumeWriting(this.target, key, size, token, options));
  }

  listUploads(prefix = "", options: core.CallOptions = {}): AsyncGenerator<core.PendingUpload, void, void> {
    return listUploads(this.target, prefix, options);
  }

  abortUpload(key: string, token: string, options: core.CallOptions = {}): Promise<void> {
    return abortUpload(this.target, key, token, options);
  }

  list(prefix = "", options: core.ListOptions = {}): AsyncGenerator<core.ObjectMeta, void, void> {
    return listBlobs(this.target, prefix, options) as AsyncGenerator<core.ObjectMeta, void, void>;
  }

  listWithDelimiter(
    prefix = "",
    options: core.ListOptions = {},
  ): AsyncGenerator<core.ObjectMeta | core.CommonPrefix, void, void> {
    return listLevel(this.target, prefix, options);
  }

  async *listVersions(
    prefix = "",
    options: core.CallOptions = {},
  ): AsyncGenerator<core.ObjectVersion, void, void> {
    const { listBlobVersions } = await import("../list/list_versions.ts");
    yield* listBlobVersions(this.target, prefix, options) as AsyncGenerator<core.ObjectVersion, void, void>;
  }

  async *listVersionsWithDelimiter(
    prefix = "",
    options: core.CallOptions = {},
  ): AsyncGenerator<core.ObjectVersion | core.CommonPrefix, void, void> {
    const { listBlobVersions } = await import("../list/list_versions.ts");
    yield* listBlobVersions(this.target, prefix, options, "/");
  }

  delete(key: string, options: core.DeleteOptions = {}): Promise<void> {
    return deleteBlob(this.target, key, options);
  }

  async *deleteMany(
    objects: AsyncIterable<string | core.ObjectToDelete> | Iterable<string | core.ObjectToDelete>,
    options: core.CallOptions = {},
  ): AsyncGenerator<core.DeleteResult, void, void> {
    const [{ deleteInBatches }, { batchDeleter }, { SnapshotsFirst }] = await Promise.all([
      import("@lade/service/delete"),
      import("../delete/batch_deleter.ts"),
      import("../delete/snapshots_first.ts"),
    ]);
    const first = new SnapshotsFirst();
    yield* deleteInBatches(batchDeleter(this.target, first), first.order(objects), options);
  }

  async copy(from: string, to: string, options: core.CopyOptions = {}): Promise<core.CopyResult> {
    const copy = this.#copying("copy", this, from, to, options);
    const { copyBlob } = await import("../copy/copy_blob.ts");
    return await copyBlob(copy, options);
  }

  async copyFrom(
    source: core.ObjectStore,
    from: string,
    to: string,
    options: core.CopyOptions = {},
  ): Promise<core.CopyResult | undefined> {
    const { store, key } = core.placeBelow(source, from);
    if (!(#credential in store)) return undefined;
    const copy = this.#copying("copy", store, key, to, options);
    const { copyAcross } = await import("../copy/copy_across.ts");
    return await copyAcross(copy, options);
  }

  /** One step where the account has directories, which the answer about the source shows; else a copy and a delete. */
  async rename(from: string, to: string, options: core.CopyOptions = {}): Promise<void> {
    const copy = this.#copying("rename", this, from, to, options);
    const { rename } = await import("../namespace/rename.ts");
    await rename(this, copy, options);
    this.#capabilities.atomicRename = this.target.traits.hasDirectories === true;
  }

  async presign(key: string, options: core.PresignOptions): Promise<URL> {
    const { uri } = core.checkCall(this, "presign", key);
    this.#presigner ??= import("../presign/presign_blob.ts").then(({ presigner }) =>
      presigner(this.target, this.#credential)
    );
    return await (await this.#presigner)(uri, key, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.target.client.close();
    await this.#close?.();
  }

  #copying(
    operation: string,
    store: AzureStore,
    fromKey: string,
    toKey: string,
    options: core.CopyOptions,
  ): BlobCopy {
    const { signal, sourceVersion: version } = options;
    const asked = { ...(signal && { signal }), ...(version !== undefined && { version }) };
    const { target: from } = store;
    const source = checkVersionedCall(from, operation, fromKey, asked);
    const target = core.checkWriteCall(this, `${operation} to`, toKey, { ...options, ...options.attributes });
    const calls = { from: source, to: target };
    return { from, to: this.target, fromKey, toKey, calls, credential: store.#credential };
  }

  #writing(operation: string, key: string, given: core.PartWriterOptions) {
    const call = core.checkWriteCall(this, operation, key, given);
    const { partSize = this.target.config.blockSize, signal } = given;
    const headers = writtenHeaders(this.target, given, call);
    const makeSink = given.resumable ? resumableSink : blockSink;
    const sink = makeSink(this.target, { key, call, headers, options: given, writer: newWriter() });
    return { sink, partSize, context: this.context, signal };
  }
}
