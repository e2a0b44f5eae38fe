import type {
  CallOptions,
  Check,
  CopyObjectOptions,
  CopyObjectResult,
  GetManyOptions,
  HeadOptions,
  ObjectAttributes,
  ObjectInfo,
  ObjectStore,
  ObjectWriter,
  ProviderOptions,
  PutOptions,
  PutResult,
  ReadOptions,
  ReadResult,
  Registry,
  ResolvedUri,
  SetAttributesOptions,
  StoreContext,
  StoreFigures,
  WriterOptions,
} from "@lade/core";
import { createStoreContext, Sessions, takeOptions } from "@lade/core/backend";
import {
  copyObject,
  exists,
  getBytes,
  listVersions,
  readInto,
  setAttributes,
  stream,
} from "@lade/core/operations";
import type { Schema, TableBatch } from "@lade/formats/table";
import { createDefaultRegistry } from "./default_registry.ts";
import { needContainer, needObject, needPrefix } from "./need_kind.ts";
import { OpenStores } from "./open_stores.ts";
import { type ContainerCall, OpenedContainers } from "./opened_containers.ts";
import type { Removal } from "./removal/removal.ts";
import type { RemoveOptions } from "./removal/remove.ts";
import type { ContainerRequest } from "./removal/settle_container.ts";
import type { RemovalRequest } from "./removal/settle_removal.ts";
import type { GetManyUriResult, UriEntry, UriVersion } from "./results.ts";
import type { SyncSummary, SyncTreeOptions } from "./sync_trees.ts";
import type { OpenTableOptions, ReadTableOptions, ScanTableOptions } from "./table_options.ts";
import type {
  TransferFilesOptions,
  TransferSummary,
  UriTransfer,
  UriTransferSummary,
} from "./transfers/transfer_options.ts";
import type { LocatedUri, UriCalls } from "@lade/transfer/places";
import { textBytes } from "./text_bytes.ts";
import { UriConfigs } from "./uri_configs.ts";
import { type LadeOptions, type ListUriOptions, refuseUnknown } from "./lade_options.ts";

/**
 * Objects by URI, over every backend. Containers are opened when a URI first names them and kept until the `Lade` is
 * disposed; all of them share one context, so that one byte budget bounds everything, and those of one account at one
 * service share its connections and credentials.
 */
export class Lade implements AsyncDisposable, UriCalls {
  /** The backends. */
  readonly registry: Registry;
  readonly #configs: UriConfigs;
  readonly #opened: OpenedContainers | undefined;
  readonly #layer: (store: ObjectStore) => ObjectStore;
  readonly #stores = new OpenStores();
  readonly #sessions = new Sessions();

  /** Opens nothing yet. */
  constructor(options: LadeOptions = {}) {
    const { config = {}, context, registry, onOpen, layer = (store) => store, ...others } = options;
    refuseUnknown(others);
    this.registry = registry ?? createDefaultRegistry({ context: context ?? createStoreContext() });
    this.#configs = new UriConfigs(config, this.registry.schemes);
    this.#opened = onOpen && new OpenedContainers(onOpen);
    this.#layer = layer;
  }

  /** What all stores of this `Lade` share. */
  get context(): StoreContext {
    return this.registry.context;
  }

  /**
   * Opens a store of the caller's own: a `PrefixStore` when the URI names a prefix. A key is an `InvalidNameError`. It
   * works on after the `Lade` is disposed.
   */
  async openStore(uri: string, options: CallOptions = {}): Promise<ObjectStore> {
    const resolved = await this.#resolve(uri);
    const { provider, container, key } = resolved;
    needPrefix(key, uri);
    const store = this.#layer(await provider.open(container, this.#optionsOf(resolved, options)));
    return key === "" ? store : new (await import("@lade/core/layers")).PrefixStore(store, key);
  }

  /** The stores that are open, but for those of {@linkcode openStore}. */
  get stores(): readonly ObjectStore[] {
    return this.#stores.all;
  }

  /** What they have done so far: requests, retries, bytes, what was waited for, and what each address did. */
  get figures(): StoreFigures {
    return this.#stores.figures;
  }

  /** Finds the container of a URI, opened and shared, and the key or prefix in it. */
  async locate(uri: string): Promise<LocatedUri> {
    const resolved = await this.#resolve(uri);
    const { provider, container, key, configured } = resolved;
    const name = `${provider.format({ container, key: "" })} ${configured}`;
    const store = await this.#stores.get(name, () => this.#open(resolved));
    return { store, key, uriOf: (key) => provider.format({ container, key }) };
  }

  /** The URI as its provider writes it, that of an `https:` URL of a service too. Opens nothing. */
  async uriOf(uri: string): Promise<string> {
    const { provider, container, key } = await this.#resolve(uri);
    return provider.format({ container, key });
  }

  /** Reads a whole object into fresh memory. */
  async get(uri: string, given?: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
    const { store, key, options } = await this.#object(uri, "get", given);
    return (await getBytes(store, key, options)).bytes;
  }

  /** Reads `length` bytes from `offset`, fewer where the object ends. */
  async getRange(
    uri: string,
    offset: number,
    length: number,
    options: Omit<ReadOptions, "range"> = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    return await this.get(uri, { ...options, range: { offset, length } });
  }

  /** Reads an object, or a range of it, to the start of `target`. */
  async readInto(uri: string, target: Uint8Array, given?: ReadOptions): Promise<ReadResult> {
    const { store, key, options } = await this.#object(uri, "get", given);
    return await readInto(store, key, target, options);
  }

  /** Reads an object as a byte stream. */
  async stream(uri: string, given?: ReadOptions): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const { store, key, options } = await this.#object(uri, "get", given);
    return stream(store, key, options);
  }

  /**
   * Reads many whole objects of one container concurrently and yields them in order, each with its bytes or its error;
   * a wrong URI is such an error too.
   */
  async *getMany(
    uris: AsyncIterable<string> | Iterable<string>,
    options: GetManyOptions = {},
  ): AsyncGenerator<GetManyUriResult> {
    const { getManyUris } = await import("./get_many_uris.ts");
    yield* getManyUris(uris, (uri) => this.#object(uri, "get"), options);
  }

  /** Writes an object in one step. Text is stored as UTF-8; one that is no Unicode (a lone surrogate) is a `TypeError`. */
  async put(uri: string, data: Uint8Array | string, given?: PutOptions): Promise<PutResult> {
    const bytes = typeof data === "string" ? textBytes(uri, data) : data;
    const { store, key, options } = await this.#object(uri, "put", given);
    return await store.put(key, bytes, options);
  }

  /** Starts an object of a size not yet known; nobody sees it before its writer closes. */
  async createWriter(uri: string, given?: WriterOptions): Promise<ObjectWriter> {
    const { store, key, options } = await this.#object(uri, "write to", given);
    return await store.createWriter(key, options);
  }

  /** Lists what starts with a URI, ascending. */
  async *list(uri: string, options: ListUriOptions = {}): AsyncGenerator<UriEntry> {
    const { delimiter = false, ...rest } = options;
    const { store, key, uriOf } = await this.locate(uri);
    const entries = delimiter ? store.listWithDelimiter(key, rest) : store.list(key, rest);
    for await (const entry of entries) {
      yield { ...entry, uri: uriOf("prefix" in entry ? entry.prefix : entry.key) };
    }
  }

  /**
   * Lists every version of what starts with a URI, and the delete markers: by ascending key, the newest of a key first. A
   * store that keeps no versions is an `UnsupportedError`.
   */
  async *listVersions(uri: string, options: CallOptions = {}): AsyncGenerator<UriVersion> {
    const { store, key, uriOf } = await this.locate(uri);
    for await (const version of listVersions(store, key, options)) {
      yield { ...version, uri: uriOf(version.key) };
    }
  }

  /** Describes an object. */
  async stat(uri: string, given?: HeadOptions): Promise<ObjectInfo> {
    const { store, key, options } = await this.#object(uri, "stat", given);
    return await store.head(key, options);
  }

  /** Whether an object exists; any failure but a missing object rejects. */
  async exists(uri: string, options: { readonly signal?: AbortSignal } = {}): Promise<boolean> {
    const { store, key } = await this.#object(uri, "stat", options);
    return await exists(store, key, options);
  }

  /** Replaces each attribute that is given, and moves no bytes; where objects have none (files), an `UnsupportedError`. */
  async setAttributes(
    uri: string,
    attributes: ObjectAttributes,
    given?: SetAttributesOptions,
  ): Promise<PutResult> {
    const taken = takeOptions(attributes);
    const { store, key, options } = await this.#object(uri, "set the attributes of", given);
    return await setAttributes(store, key, taken, options);
  }

  /**
   * Removes an object, or with `recursive` everything under a prefix or in a directory, and resolves with the number of
   * objects removed. One that does not exist counts where only a further request would show it. Links are removed as
   * links. A whole container is an `InvalidNameError` without `all`; for what else is refused see
   * {@linkcode settleRemoval}.
   */
  async remove(uri: string, given?: RemoveOptions): Promise<number> {
    const [options, { remove }] = [takeOptions(given), await import("./removal/remove.ts")];
    return await remove(this, uri, options);
  }

  /**
   * Finds out what a URI names and refuses what must not be removed: the root directory, a mount point, the working
   * directory and those above it, a name that is an object and a prefix too, and a whole container without `all`. The
   * result can preview the removal, and do it.
   */
  async settleRemoval(request: RemovalRequest): Promise<Removal> {
    const [taken, { settleRemoval }] = [takeOptions(request), await import("./removal/settle_removal.ts")];
    return await settleRemoval(this, taken);
  }

  /** Finds out which container a URI names, and refuses any other URI and what must not be removed. */
  async settleContainer(request: ContainerRequest): Promise<Removal> {
    const taken = takeOptions(request);
    const { settleContainer } = await import("./removal/settle_container.ts");
    return await settleContainer(this, taken);
  }

  /**
   * Reads a table (Parquet, CSV, TSV, JSON lines, Arrow, TFRecords of tf.Examples), or the columns and rows of it that are
   * wanted, as one batch. One that takes more than the context's byte budget is a `QuotaExceededError`: `scanTable` reads it.
   */
  async readTable(uri: string, given?: ReadTableOptions): Promise<TableBatch> {
    const [options, { readTable }] = [takeOptions(given), await import("./tables.ts")];
    return await readTable(await this.#object(uri, "read", options), options);
  }

  /** Reads a table as `readTable` does, but batch by batch, in memory of a few of them. */
  async *scanTable(uri: string, options: ScanTableOptions = {}): AsyncGenerator<TableBatch, void, undefined> {
    const { scanTable } = await import("./tables.ts");
    yield* scanTable(await this.#object(uri, "read", options), options);
  }

  /** The columns of a table: told by its format, or inferred from its first rows. */
  async schemaOf(uri: string, given?: OpenTableOptions): Promise<Schema> {
    const [options, { schemaOf }] = [takeOptions(given), await import("./tables.ts")];
    return await schemaOf(await this.#object(uri, "read", options), options);
  }

  /** Copies an object: by the service's own means where it has both, else through this process. */
  async copy(from: string, to: string, given?: CopyObjectOptions): Promise<CopyObjectResult> {
    const source = await this.#object(from, "copy", given);
    const target = await this.#object(to, "copy to");
    return await copyObject(source.store, source.key, target.store, target.key, source.options);
  }

  /**
   * Copies or moves objects between any two stores, as `lade cp` and `lade mv` do: one or several, or with `recursive`
   * everything under each source, many concurrently, each verified. Of two sources that would bring one name the second
   * fails. Rejects with the error of the one object, or with an `AggregateError` when any of several failed, after the
   * rest.
   */
  async transfer(request: UriTransfer): Promise<UriTransferSummary> {
    const [taken, { transferUris }] = [takeOptions(request), await import("./transfers/transfer_uris.ts")];
    return await transferUris(this, taken);
  }

  /**
   * Uploads local files, and directories with all below them, to a prefix (a URI that ends in `/`). A file keeps its
   * name, a directory's files their names below it; of two that would have one name the second fails. Rejects with an
   * `AggregateError` when any failed, after the rest; a link that leads out of its directory fails, unless the
   * configuration says `symlinks: "follow"`.
   */
  async upload(
    files: string | Iterable<string>,
    uri: string,
    given?: TransferFilesOptions,
  ): Promise<TransferSummary> {
    const [options, { uploadFiles }] = [takeOptions(given), await import("./transfers/transfer_files.ts")];
    return await uploadFiles(this, typeof files === "string" ? [files] : files, uri, options);
  }

  /**
   * Downloads an object, or everything under a prefix, into a local directory, which is made if need be. Nothing is
   * ever written outside it. Rejects with an `AggregateError` when any object failed, after the rest.
   */
  async download(uri: string, directory: string, given?: TransferFilesOptions): Promise<TransferSummary> {
    const [options, { downloadFiles }] = [takeOptions(given), await import("./transfers/transfer_files.ts")];
    return await downloadFiles(this, uri, directory, options);
  }

  /**
   * Brings a tree up to date: copies from the prefix or directory `source` what `destination` lacks or has otherwise, and
   * with `delete` deletes what the source lacks, last and only if nothing failed. What is the same is not copied, and only
   * what was listed is replaced or deleted. Rejects with an `AggregateError` when any object failed, after the rest.
   */
  async sync(source: string, destination: string, given?: SyncTreeOptions): Promise<SyncSummary> {
    const [options, { syncTrees }] = [takeOptions(given), await import("./sync_trees.ts")];
    return await syncTrees(this, source, destination, options);
  }

  /** Makes the container that a URI names. */
  async createContainer(uri: string, options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const resolved = await this.#container(uri, "make container");
    await resolved.provider.createContainer(resolved.container, this.#containerCall(resolved, options));
  }

  /** Deletes the empty container that a URI names. */
  async deleteContainer(uri: string, options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const resolved = await this.#container(uri, "delete container");
    await resolved.provider.deleteContainer(resolved.container, this.#containerCall(resolved, options));
  }

  /** Lists the URIs of the containers of a scheme, such as `s3://`, or of an account, such as `az://HOST`. */
  async *listContainers(uri: string, options: CallOptions = {}): AsyncGenerator<string> {
    const { listContainerUris } = await import("./list_container_uris.ts");
    const find = (all: string) => this.registry.resolveAccount(all, this.#configs.layersOf);
    yield* listContainerUris(uri, find, (call) => this.#containerCall(call, options));
  }

  /** Whether a URI names no container, but a scheme or an account, whose containers `listContainers` lists. */
  async holdsContainers(uri: string): Promise<boolean> {
    return await this.registry.resolveAccount(uri, this.#configs.layersOf) !== undefined;
  }

  /**
   * Finds out what works between here and the container or prefix that a URI names, check by check; a check that fails is
   * yielded, not thrown. Temporary objects are made only with `write`, and removed before the iteration ends.
   */
  async *diagnose(
    uri: string,
    options: CallOptions & { readonly write?: boolean } = {},
  ): AsyncGenerator<Check> {
    const resolved = await this.#resolve(uri);
    const { diagnoseUri } = await import("./diagnose_uri.ts");
    yield* diagnoseUri(uri, resolved, this.#optionsOf(resolved, options));
  }

  /** Closes every store that was opened, and has what was learned of endpoints kept. A later call opens them again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stores[Symbol.asyncDispose]();
    await this.#sessions[Symbol.asyncDispose]();
    await this.context.endpoints?.save();
  }

  async #open(resolved: ResolvedUri): Promise<ObjectStore> {
    const { provider, container, configured } = resolved;
    const store = await provider.open(container, this.#optionsOf(resolved));
    if (this.#opened) {
      const asked = provider.settings?.(store) ?? Promise.resolve([]);
      await this.#opened.tellSoon({ provider, container, configured }, asked, this.context.clock);
    }
    return this.#layer(store);
  }

  async #resolve(uri: string): Promise<ResolvedUri> {
    return await this.registry.resolve(uri, this.#configs.layersOf);
  }

  /** Options of every call of a provider. */
  #optionsOf<T extends CallOptions>({ config }: Pick<ResolvedUri, "config">, call?: T): T & ProviderOptions {
    return { ...call as T, context: this.context, sessions: this.#sessions, ...(config && { config }) };
  }

  /** Options of a call on a container, or on all of a scheme. */
  #containerCall(call: ContainerCall, options: CallOptions): ProviderOptions {
    return { ...this.#optionsOf(call, options), ...this.#opened?.callOptions(call) };
  }

  /** An object, whose key may end in a slash where there is one of that very key, and the options as they are now. */
  async #object<T extends CallOptions>(uri: string, operation: string, given?: T) {
    const options = takeOptions(given);
    const located = await this.locate(uri);
    await needObject(located, uri, operation, options);
    return { ...located, options };
  }

  async #container(uri: string, operation: string): Promise<ResolvedUri> {
    return await needContainer((uri) => this.#resolve(uri), uri, operation);
  }
}
