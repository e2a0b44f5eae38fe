import * as core from "@lade/core/backend";
import { ServiceClient } from "@lade/service/call";
import type { TransportOptions } from "@lade/service/http";
import { AZURE_DIALECT } from "../client/azure_dialect.ts";
import type { AzureEndpoint, AzureTarget, BlobWriteConfig } from "../client/azure_target.ts";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { authorizerOf } from "../credentials/authorizer_of.ts";
import { type AzureCredential, identityOf } from "../credentials/azure_credential.ts";
import { askerOf } from "../credentials/describe_sas.ts";
import type { BlobCopy } from "../copy/copy_blob.ts";
import { deleteBlob } from "../delete/delete_blob.ts";
import { AZURE_ERRORS } from "../errors/error_table.ts";
import { explainFault } from "../errors/explain_fault.ts";
import { listBlobs } from "../list/list_blobs.ts";
import { abortUpload, listUploads } from "../list/list_uploads.ts";
import { azureKeyFault, azureMetadataNameFault } from "../names/azure_key_fault.ts";
import { headBlob, readBlob } from "../objects/read_blob.ts";
import type { Presigner } from "../presign/presign_blob.ts";
import { checkVersionedCall } from "../client/version_query.ts";
import { blockSink, newWriter } from "../write/block_sink.ts";
import { resumableSink, resumeWriting } from "../write/resumable_sink.ts";
import { setAttributes } from "../write/set_attributes.ts";
import { getTags } from "../write/tags.ts";
import { writtenHeaders } from "../write/written_headers.ts";

/** How a container is opened. */
export interface AzureStoreOptions {
  /** Where the account answers. */
  readonly endpoint: AzureEndpoint;
  /** What requests are authorized with. */
  readonly credential: AzureCredential;
  /** The clock, random source, byte budget and buffers to use; a context of its own by default. */
  readonly context?: core.StoreContext;
  /** Options of the transport. */
  readonly transport?: TransportOptions;
  /** How blobs are written: in blocks of 8 MiB, smaller ones at once, with their checksum kept. */
  readonly config?: Partial<BlobWriteConfig>;
}

const CAPABILITIES: core.Capabilities = {
  attributes: true,
  expires: false,
  setAttributes: true,
  tags: true,
  modificationTime: false,
  storageClass: true,
  createOnly: true,
  compareAndSwap: true,
  conditionalDelete: true,
  conditionalCopy: true,
  versions: false,
  resumableWrites: true,
  atomicRename: false,
  presign: false,
};

/** Opens a container. No request is made: the first call says whether the container is there. */
export function openAzureStore(container: string, options: AzureStoreOptions): core.ObjectStore {
  return new AzureStore(container, options);
}

/** A container of Azure Blob Storage. */
export class AzureStore implements core.ObjectStore {
  readonly uri: string;
  readonly capabilities: core.Capabilities;
  readonly readHints: core.ReadHints = {
    firstChunkSize: 2 ** 23,
    chunkSize: 2 ** 23,
    largestChunkSize: 2 ** 25,
    alignment: 1,
  };
  readonly limits: AzureTarget["limits"];
  readonly context: core.StoreContext;
  /** The container, and the way to it. */
  readonly target: AzureTarget;
  readonly #credential: AzureCredential;
  #presigner: Promise<Presigner> | undefined;

  /** Made by `openAzureStore`. */
  constructor(
    container: string,
    { endpoint, credential, context = core.createStoreContext(), transport, config = {} }: AzureStoreOptions,
  ) {
    const { clock } = context;
    const { blockSize = 2 ** 23 } = config;
    this.context = context;
    this.#credential = credential;
    this.capabilities = {
      ...CAPABILITIES,
      presign: credential.kind === "sharedKey" || credential.kind === "bearer",
    };
    this.uri = `az://${new URL(endpoint.url).host}${endpoint.path}/${container}`;
    const limit = (initial: number, maximum: number) => new core.AdaptiveLimit({ clock, initial, maximum });
    this.limits = { read: limit(4, 64), write: limit(4, 32) };
    const client = new ServiceClient({
      url: endpoint.url,
      service: AZURE_NAMES.service,
      get identity(): string {
        return identityOf(credential);
      },
      errors: AZURE_ERRORS,
      explain: (fault, call) => explainFault(fault, call, askerOf(credential, clock), clock.now()),
      next: { dns: `check the name of the account "${endpoint.account}", the network and its name server` },
      dialect: AZURE_DIALECT,
      signs: { ids: ["x-ms-request-id"], prefixes: ["x-ms-"] },
      authorizer: authorizerOf(credential, context),
      context,
      transport,
    });
    this.target = {
      client,
      batchAuthorizer: authorizerOf(credential, context, { inBatch: true }),
      traits: {},
      endpoint,
      container,
      refusedCopies: new Set(),
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
        ...config,
      },
    };
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
    return await core.putBySink(this.#writing("put", key, options), data);
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
    return listBlobs(this.target, prefix, options, "/");
  }

  delete(key: string, options: core.DeleteOptions = {}): Promise<void> {
    return deleteBlob(this.target, key, options);
  }

  async *deleteMany(
    objects: AsyncIterable<string | core.ObjectToDelete> | Iterable<string | core.ObjectToDelete>,
    options: core.CallOptions = {},
  ): AsyncGenerator<core.DeleteResult, void, void> {
    const [{ deleteInBatches }, { batchDeleter }] = await Promise.all([
      import("@lade/service/delete"),
      import("../delete/batch_deleter.ts"),
    ]);
    yield* deleteInBatches(batchDeleter(this.target), objects, options);
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

  async rename(from: string, to: string, options: core.CopyOptions = {}): Promise<void> {
    const copy = this.#copying("rename", this, from, to, options);
    const [{ copyBlob }, { renameByCopy }] = await Promise.all([
      import("../copy/copy_blob.ts"),
      import("@lade/service/copy"),
    ]);
    await renameByCopy(this, from, to, options, { copy: (pin) => copyBlob(copy, options, pin) });
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
