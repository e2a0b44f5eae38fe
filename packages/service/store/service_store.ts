import * as core from "@lade/core/backend";
import type { ShownSetting } from "@lade/core/settings";
import type { RenameSteps } from "../copy/mod.ts";
import type { ServiceCopy, ServiceOperations, SingleDeleter, SinkOptions } from "./service_operations.ts";
import type { ServiceTarget } from "./service_target.ts";

/** Methods that a store has only where its service has the operation. */
const OPTIONAL = {
  resumePartWriter: "resume",
  listUploads: "listUploads",
  abortUpload: "abortUpload",
  listVersions: "listVersions",
  listVersionsWithDelimiter: "listVersions",
  copyFrom: "copyFrom",
  setAttributes: "setAttributes",
  getTags: "getTags",
  placeOf: "placeOf",
} as const satisfies Readonly<Record<string, keyof ServiceOperations<never>>>;

/** A store over the operations of a service. It checks calls, and makes of each what the contract wants. */
export class ServiceStore<T extends ServiceTarget = ServiceTarget> implements core.ObjectStore {
  readonly uri: string;
  readonly capabilities: core.Capabilities;
  readonly readHints: core.ReadHints;
  readonly limits: ServiceTarget["limits"];
  readonly context: core.StoreContext;
  /** The container, and the way to it. */
  readonly target: T;
  readonly #operations: Required<ServiceOperations<T>>;
  readonly #close: () => Promise<void>;

  /** `close` frees what the store holds. */
  constructor(target: T, operations: ServiceOperations<T>, close: () => Promise<void>) {
    ({
      uri: this.uri,
      capabilities: this.capabilities,
      readHints: this.readHints,
      limits: this.limits,
      context: this.context,
    } = target);
    this.target = target;
    // Of the methods below, only those are there whose operation is.
    this.#operations = operations as Required<ServiceOperations<T>>;
    this.#close = close;
    for (const [method, operation] of Object.entries(OPTIONAL)) {
      if (!operations[operation]) Object.defineProperty(this, method, { value: undefined });
    }
  }

  keyFault(key: string): string | undefined {
    return this.target.keyFault(key);
  }

  metadataNameFault(name: string): string | undefined {
    return this.target.metadataNameFault(name);
  }

  figures(): core.StoreFigures {
    return this.target.figures ?? core.sumFigures([]);
  }

  /** What holds for the container and where it came from. */
  async settings(): Promise<readonly ShownSetting[]> {
    return await this.target.settings?.() ?? [];
  }

  async get(key: string, given?: core.GetOptions): Promise<core.GetResult> {
    const options = core.takeOptions(given);
    return await this.#operations.get(this.target, key, options, this.#check("get", key, options));
  }

  async head(key: string, given?: core.HeadOptions): Promise<core.ObjectInfo> {
    const options = core.takeOptions(given);
    return await this.#operations.head(this.target, key, options, this.#check("head", key, options));
  }

  async put(key: string, data: Uint8Array, given?: core.PutOptions): Promise<core.PutResult> {
    const options = core.takeOptions(given);
    const call = this.#checkWrite("put", key, options);
    core.bytesOf(data);
    const bySink = async (own?: Partial<core.WriteSink>) => {
      const { sink, ...setup } = await this.#writing(key, { ...options, size: data.length }, call);
      return await core.putBySink({ ...setup, sink: own ? { ...sink, ...own } : sink }, data);
    };
    const { put } = this.#operations;
    return await (put ? put(this.target, key, data, options, call, bySink) : bySink());
  }

  async createWriter(key: string, given?: core.WriterOptions): Promise<core.ObjectWriter> {
    const options = core.takeOptions(given);
    const call = this.#checkWrite("write", key, options);
    return core.createStreamWriter(await this.#writing(key, options, call));
  }

  async createPartWriter(
    key: string,
    size: number,
    given?: core.PartWriterOptions,
  ): Promise<core.PartWriter> {
    const options = core.takeOptions(given);
    const call = this.#checkWrite("write", key, options);
    core.checkObjectSize(size);
    return await core.createPartWriter({ ...await this.#writing(key, { ...options, size }, call), size });
  }

  async resumePartWriter(
    key: string,
    size: number,
    text: string,
    given?: core.ResumeOptions,
  ): Promise<core.PartWriter> {
    const options = core.takeOptions(given);
    const call = this.#checkWrite("resume the write of", key, { ...options, resumable: true });
    core.checkObjectSize(size);
    const token = core.parseToken(text, size, call);
    const resumed = await this.#operations.resume(this.target, key, token, options, call);
    const { partSize } = token;
    const { signal } = options;
    return await core.createPartWriter({ ...resumed, size, partSize, context: this.context, signal });
  }

  async *listUploads(
    prefix = "",
    given?: core.CallOptions,
  ): AsyncGenerator<core.PendingUpload, void, void> {
    const options = core.takeOptions(given);
    yield* await this.#operations.listUploads(this.target, prefix, options);
  }

  async abortUpload(key: string, token: string, given?: core.CallOptions): Promise<void> {
    const options = core.takeOptions(given);
    const call = this.#check("abort the upload of", key, options);
    const { id } = core.parseUploadName(token, call);
    await this.#operations.abortUpload(this.target, key, id, options, call);
  }

  list(prefix = "", given?: core.ListOptions): AsyncGenerator<core.ObjectMeta, void, void> {
    const options = core.takeOptions(given);
    // Without a delimiter nothing is folded.
    return this.#operations.list(this.target, prefix, options) as AsyncGenerator<core.ObjectMeta, void, void>;
  }

  listWithDelimiter(
    prefix = "",
    given?: core.ListOptions,
  ): AsyncGenerator<core.ObjectMeta | core.CommonPrefix, void, void> {
    const options = core.takeOptions(given);
    return this.#operations.list(this.target, prefix, options, "/");
  }

  async *listVersions(
    prefix = "",
    given?: core.CallOptions,
  ): AsyncGenerator<core.ObjectVersion, void, void> {
    const options = core.takeOptions(given);
    const versions = await this.#operations.listVersions(this.target, prefix, options);
    yield* versions as AsyncIterable<core.ObjectVersion>;
  }

  async *listVersionsWithDelimiter(
    prefix = "",
    given?: core.CallOptions,
  ): AsyncGenerator<core.ObjectVersion | core.CommonPrefix, void, void> {
    const options = core.takeOptions(given);
    yield* await this.#operations.listVersions(this.target, prefix, options, "/");
  }

  async delete(key: string, given?: core.DeleteOptions): Promise<void> {
    const options = core.takeOptions(given);
    const call = this.#check("delete", key, options);
    core.checkIfIgnored(call, options);
    await this.#operations.delete(this.target, key, options, call);
  }

  async *deleteMany(
    objects: AsyncIterable<string | core.ObjectToDelete> | Iterable<string | core.ObjectToDelete>,
    given?: core.CallOptions,
  ): AsyncGenerator<core.DeleteResult, void, void> {
    const options = core.takeOptions(given);
    core.checkObjects(objects);
    const single: SingleDeleter = {
      uri: this.uri,
      keyFault: (key) => this.keyFault(key),
      sendOne: ({ key, ...given }, signal) => this.delete(key, signal ? { ...given, signal } : given),
    };
    const [{ deleteInBatches }, deleter] = await Promise.all([
      import("../delete/mod.ts"),
      this.#operations.deleter(this.target, single),
    ]);
    yield* deleteInBatches(deleter, objects, options);
  }

  async copy(from: string, to: string, given?: core.CopyOptions): Promise<core.CopyResult> {
    const options = core.takeOptions(given);
    return await this.#operations.copy(this.#copying("copy", this, from, to, options), options);
  }

  async copyFrom(
    source: core.ObjectStore,
    from: string,
    to: string,
    given?: core.CopyOptions,
  ): Promise<core.CopyResult | undefined> {
    const options = core.takeOptions(given);
    const { store, key } = core.placeBelow(source, from);
    if (!(#operations in store) || store.#operations !== this.#operations) return undefined;
    return await this.#operations.copyFrom(this.#copying("copy", store, key, to, options), options);
  }

  async rename(from: string, to: string, given?: core.CopyOptions): Promise<void> {
    const options = core.takeOptions(given);
    const copy = this.#copying("rename", this, from, to, options);
    const { rename } = this.#operations;
    const copyAndDelete = async (given: core.CopyOptions, steps: Partial<RenameSteps> = {}) => {
      const { renameByCopy } = await import("../copy/mod.ts");
      const own = { copy: (pin?: string) => this.#operations.copy(copy, options, pin) };
      await renameByCopy(this, from, to, given, { ...own, ...steps });
    };
    await (rename ? rename(copy, options, copyAndDelete) : copyAndDelete(options));
  }

  async setAttributes(
    key: string,
    givenAttributes: core.ObjectAttributes,
    given?: core.SetAttributesOptions,
  ): Promise<core.PutResult> {
    const [attributes, options] = [core.takeOptions(givenAttributes), core.takeOptions(given)];
    const call = this.#checkWrite("set the attributes of", key, { ...options, ...attributes });
    return await this.#operations.setAttributes(this.target, key, attributes, options, call);
  }

  async getTags(key: string, given?: core.GetTagsOptions): Promise<Record<string, string>> {
    const options = core.takeOptions(given);
    const call = this.#check("get the tags of", key, options);
    return await this.#operations.getTags(this.target, key, options, call);
  }

  async placeOf(key: string): Promise<core.ObjectPlace> {
    return this.#operations.placeOf(this.target, key);
  }

  async presign(key: string, given: core.PresignOptions): Promise<URL> {
    const options = core.takeOptions(given);
    const call = this.#check("presign", key);
    if (this.#operations.presign) return await this.#operations.presign(this.target, key, options, call);
    throw new core.UnsupportedError({ ...call, detail: "the service signs no URLs" });
  }

  /** Frees what the store holds. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  #check(operation: string, key: string, options: core.GetOptions = {}): core.KeyCall {
    const { version } = options;
    core.checkVersion(operation, core.objectUri(this.uri, key), version);
    if (version === undefined || !this.target.hasAnyway?.(version)) {
      return core.checkCall(this, operation, key, options);
    }
    const { version: _, ...given } = options;
    return core.checkCall(this, operation, key, given);
  }

  #checkWrite(operation: string, key: string, options: core.CheckedOptions & core.CopyOptions): core.KeyCall {
    core.checkKey(operation, this, key);
    const detail = this.target.refusal?.(options);
    if (detail === undefined) return core.checkWriteCall(this, operation, key, options);
    throw new core.UnsupportedError({ operation, uri: core.objectUri(this.uri, key), detail });
  }

  async #writing(
    key: string,
    options: SinkOptions,
    call: core.KeyCall,
  ): Promise<core.StreamWriterSetup & { readonly partSize: number }> {
    const { partSize = this.target.partSize, signal } = options;
    const sink = await this.#operations.sink(this.target, key, options, call);
    return { sink, partSize, context: this.context, signal };
  }

  #copying(
    operation: string,
    store: ServiceStore<T>,
    fromKey: string,
    toKey: string,
    options: core.CopyOptions,
  ): ServiceCopy<T> {
    const { signal, sourceVersion: version } = options;
    const asked = { ...(signal && { signal }), ...(version !== undefined && { version }) };
    const source = store.#check(operation, fromKey, asked);
    const target = this.#checkWrite(`${operation} to`, toKey, { ...options, ...options.attributes });
    const { target: from } = store;
    return { from, to: this.target, fromKey, toKey, calls: { from: source, to: target } };
  }
}
