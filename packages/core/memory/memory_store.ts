import { AdaptiveLimit } from "../concurrency/adaptive_limit.ts";
import { parallelResults } from "../concurrency/in_parallel.ts";
import { createStoreContext, type StoreContext } from "../context/store_context.ts";
import type { Capabilities } from "../contract/capabilities.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { ObjectPlace } from "../contract/object_place.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PartWriter } from "../contract/part_writer.ts";
import type { ReadHints } from "../contract/read_hints.ts";
import { allocateExactly, bytesAtHand, type QuickStore, type ReadyBytes } from "../contract/seams.ts";
import type { StoreLimits } from "../contract/store_limits.ts";
import type {
  CallOptions,
  CommonPrefix,
  CopyOptions,
  CopyResult,
  DeleteOptions,
  DeleteResult,
  GetOptions,
  GetTagsOptions,
  HeadOptions,
  ListOptions,
  ObjectAttributes,
  ObjectInfo,
  ObjectMeta,
  ObjectToDelete,
  ObjectVersion,
  PartWriterOptions,
  PendingUpload,
  PresignOptions,
  PutOptions,
  PutResult,
  ResumeOptions,
  SetAttributesOptions,
  WriterOptions,
} from "../contract/types.ts";
import { placeBelow } from "../operations/place_below.ts";
import { createGetResult } from "../read/create_get_result.ts";
import { resolveRange } from "../read/resolve_range.ts";
import { commonMetadataNameFault } from "../write/check_metadata_names.ts";
import { bytesOf, checkObjectSize, checkWriterOptions } from "../write/check_writer_options.ts";
import { createPartWriter } from "../write/create_part_writer.ts";
import { createStreamWriter, type StreamWriterSetup } from "../write/create_stream_writer.ts";
import { checkObjects, deletedOf, toDelete } from "../write/to_delete.ts";
import { parseToken, parseUploadName } from "../write/write_token.ts";
import { commonKeyFault, keyFault, objectUri } from "../uri/check_key.ts";
import {
  checkEtags,
  checkIfIgnored,
  checkMatch,
  checkWriteConditions,
  checkWriteOptions,
} from "../conditions/conditions.ts";
import { takeOptions } from "../conditions/take_options.ts";
import { checkListOptions } from "../conditions/check_list_options.ts";
import { MemoryChecks } from "./memory_checks.ts";
import { memoryCapabilities, READ_HINTS } from "./memory_capabilities.ts";
import { MemoryContainer, type MemoryObject, type MemoryUpload } from "./memory_container.ts";
import { changedInfo, copiedInfo, infoOf, keptAttributes, resultOf, sourceOf } from "./memory_object.ts";
import { checkText, listKeys, listLevel, listVersionEntries } from "./memory_listing.ts";
import { MemorySink, PART_SIZE } from "./memory_sink.ts";
import { beginUpload, findUpload, freeUpload, MemoryUploadSink, pendingOf } from "./memory_upload.ts";

/** Options of {@linkcode MemoryStore}. */
export interface MemoryStoreOptions {
  /** Holds the objects; a new container by default. */
  readonly container?: MemoryContainer;
  /** The clock, random source, byte budget and buffers to use; a context of its own by default. */
  readonly context?: StoreContext;
}

/** What a listing yields of a container. */
type Entries<T> = (
  container: MemoryContainer,
  prefix: string,
  options: ListOptions,
) => Generator<T, void, void>;

/**
 * Keeps objects in memory. Every call is one step: nothing is ever seen half done. A read shows the object as it was
 * when `get` was called, whatever happens to it meanwhile. Etags are unique to each write.
 */
export class MemoryStore implements ObjectStore, QuickStore {
  /** `memory://` and the container's name. */
  readonly uri: string;
  /** All but storage classes and presigned URLs; versions where the container keeps them. */
  readonly capabilities: Capabilities;
  /** Reads up to 8 MiB are one piece. */
  readonly readHints: ReadHints = READ_HINTS;
  /** Up to four chunks at a time. */
  readonly limits: StoreLimits;
  /** What the options gave. */
  readonly context: StoreContext;
  readonly #container: MemoryContainer;
  readonly #checks: MemoryChecks;

  /** Opens a container. */
  constructor(options: MemoryStoreOptions = {}) {
    this.#container = options.container ?? new MemoryContainer();
    this.context = options.context ?? createStoreContext();
    this.limits = { read: new AdaptiveLimit({ clock: this.context.clock, initial: 1, maximum: 4 }) };
    this.uri = `memory://${this.#container.name}`;
    this.#checks = new MemoryChecks(this, this.#container);
    this.capabilities = memoryCapabilities(this.#container.versioning);
  }

  /** The container's rules. */
  keyFault(key: string): string | undefined {
    return commonKeyFault(key) ?? (this.#container.names.keyFault ?? keyFault)(key);
  }

  /** The container's rules, for the name in lower case. */
  metadataNameFault(name: string): string | undefined {
    return commonMetadataNameFault(name) ?? this.#container.names.metadataNameFault?.(name.toLowerCase());
  }

  /** Reads an object or a range of it. */
  async get(key: string, given?: GetOptions): Promise<GetResult> {
    const options = takeOptions(given);
    const object = this.#checks.read("get", key, options);
    const uri = objectUri(this.uri, key);
    const range = resolveRange(options.range, object.info.size, uri);
    const source = sourceOf(object, range.offset);
    return createGetResult({ info: infoOf(object), range, source, uri, signal: options.signal });
  }

  /** Copies an object, or a range of it, that takes no longer than a chunk does. */
  [bytesAtHand](
    key: string,
    allocate: (length: number) => Uint8Array | undefined,
    options: GetOptions = {},
  ): ReadyBytes | undefined {
    const object = this.#checks.read("get", key, options);
    const range = resolveRange(options.range, object.info.size, objectUri(this.uri, key));
    const bytes = range.length > READ_HINTS.chunkSize ? undefined : allocateExactly(allocate, range.length);
    if (!bytes) return undefined;
    bytes.set(object.bytes.subarray(range.offset, range.offset + range.length));
    return { info: infoOf(object), range, bytes };
  }

  /** Describes an object. */
  async head(key: string, given?: HeadOptions): Promise<ObjectInfo> {
    const options = takeOptions(given);
    return infoOf(this.#checks.read("head", key, options));
  }

  /** Stores a copy of `data`. */
  async put(key: string, data: Uint8Array, given?: PutOptions): Promise<PutResult> {
    const options = takeOptions(given);
    this.#checks.beginWrite("put", key, options);
    return this.#commit("put", key, new Uint8Array(bytesOf(data)), options);
  }

  /** Starts an object; its chunks are copied. `partSize` and `concurrency` have nothing to divide here. */
  async createWriter(key: string, given?: WriterOptions): Promise<ObjectWriter> {
    const options = takeOptions(given);
    this.#checks.beginWrite("write", key, options);
    checkWriterOptions(options);
    return createStreamWriter(this.#writing(key, undefined, options));
  }

  /** Starts an object of known size, whose memory is taken immediately. `concurrency` has nothing to bound here. */
  async createPartWriter(key: string, size: number, given?: PartWriterOptions): Promise<PartWriter> {
    const options = takeOptions(given);
    this.#checks.beginWrite("write", key, options);
    checkWriterOptions(options);
    checkObjectSize(size);
    const { partSize = PART_SIZE, resumable = false, signal, ...kept } = options;
    if (!resumable) return await createPartWriter({ size, partSize, ...this.#writing(key, size, options) });
    return await this.#goOn(
      beginUpload(this.#container, { key, size, partSize, options: kept }, this),
      signal,
    );
  }

  /** Goes on with a write that any store of the container began. */
  async resumePartWriter(
    key: string,
    size: number,
    token: string,
    given?: ResumeOptions,
  ): Promise<PartWriter> {
    const options = takeOptions(given);
    const use = { operation: "resume the write of", uri: objectUri(this.uri, key) };
    this.#checks.begin(use.operation, key, options.signal);
    checkWriterOptions(options);
    checkObjectSize(size);
    const parsed = parseToken(token, size, use);
    return await this.#goOn(freeUpload(this.#container, key, parsed, use), options.signal);
  }

  /** Lists the resumable writes, oldest first. */
  async *listUploads(prefix = "", given?: CallOptions): AsyncGenerator<PendingUpload, void, void> {
    const options = takeOptions(given);
    this.#checks.beginListing([prefix], options.signal);
    for (const upload of this.#container.uploads.values()) {
      if (!upload.key.startsWith(prefix)) continue;
      yield pendingOf(upload);
      options.signal?.throwIfAborted();
    }
  }

  /** Frees the memory of a resumable write. */
  async abortUpload(key: string, token: string, given?: CallOptions): Promise<void> {
    const options = takeOptions(given);
    const use = { operation: "abort the upload of", uri: objectUri(this.uri, key) };
    this.#checks.begin(use.operation, key, options.signal);
    const { id } = parseUploadName(token, use);
    if (findUpload(this.#container, key, id)) this.#container.uploads.delete(id);
  }

  /** Lists objects; what is added or deleted behind the place the listing has come to is shown or not as it then is. */
  list(prefix = "", given?: ListOptions): AsyncGenerator<ObjectMeta, void, void> {
    return this.#list(listKeys, prefix, takeOptions(given));
  }

  /** Lists one level; what is folded is skipped, not walked through. */
  listWithDelimiter(
    prefix = "",
    given?: ListOptions,
  ): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
    return this.#list(listLevel, prefix, takeOptions(given));
  }

  /** Lists the versions that the container keeps, and the delete markers. */
  async *listVersions(prefix = "", given?: CallOptions): AsyncGenerator<ObjectVersion, void, void> {
    const options = takeOptions(given);
    const { signal } = options;
    signal?.throwIfAborted();
    this.#checks.checkContainer("list the versions of");
    checkText(this.uri, prefix);
    this.#checks.needVersions("list the versions of", prefix);
    yield* listVersionEntries(this.#container, prefix, signal);
  }

  /** Deletes an object or a version. */
  async delete(key: string, given?: DeleteOptions): Promise<void> {
    const options = takeOptions(given);
    this.#checks.begin("delete", key, options.signal);
    const subject = { operation: "delete", uri: objectUri(this.uri, key) };
    checkIfIgnored(subject, options);
    checkEtags(subject, options);
    this.#checks.checkVersion("delete", key, options.version);
    this.#remove(key, options);
  }

  /** Deletes objects one by one, as their results are asked for. */
  async *deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    given?: CallOptions,
  ): AsyncGenerator<DeleteResult, void, void> {
    const options = takeOptions(given);
    options.signal?.throwIfAborted();
    checkObjects(objects);
    yield* parallelResults(objects, 1, async (object) => {
      const { key, ...conditions } = toDelete(object);
      const told = deletedOf({ key, ...conditions });
      return await this.delete(key, conditions).then(() => told, (error) => ({ ...told, error }));
    }, options.signal);
  }

  /** Copies an object; the bytes are shared. */
  async copy(from: string, to: string, given?: CopyOptions): Promise<CopyResult> {
    const options = takeOptions(given);
    return this.#copy("copy", this, from, to, options);
  }

  /** Copies an object of another container of the same provider; the bytes are shared. */
  async copyFrom(
    source: ObjectStore,
    from: string,
    to: string,
    given?: CopyOptions,
  ): Promise<CopyResult | undefined> {
    const options = takeOptions(given);
    const { store, key } = placeBelow(source, from);
    if (!(#container in store) || store.#container.service !== this.#container.service) {
      return undefined;
    }
    const { metadata = {} } = options.attributes ?? store.#container.find(key, options.sourceVersion)?.info ??
      {};
    // Who reads and writes leaves out the names that this container cannot hold.
    const isHeld = options.attributes || Object.keys(metadata).every((name) => !this.metadataNameFault(name));
    return isHeld ? this.#copy("copy", store, key, to, options) : undefined;
  }

  /** Replaces attributes, with the bytes as they are; the object has a new etag, and a new version. */
  async setAttributes(
    key: string,
    attributes: ObjectAttributes,
    given?: SetAttributesOptions,
  ): Promise<PutResult> {
    const options = takeOptions(given);
    const operation = "set the attributes of";
    const object = this.#checks.read(operation, key, options);
    checkWriteOptions({ operation, uri: objectUri(this.uri, key) }, { ...options, ...attributes });
    this.#checks.checkAttributes(operation, key, attributes);
    const changed = changedInfo(object, attributes, new Date(this.context.clock.now()));
    return resultOf(changed ? this.#container.put(object.bytes, changed) : object);
  }

  /** Returns an object's tags. */
  async getTags(key: string, given?: GetTagsOptions): Promise<Record<string, string>> {
    const options = takeOptions(given);
    return { ...this.#checks.read("get the tags of", key, options).tags };
  }

  /** Moves an object in one step. */
  async rename(from: string, to: string, given?: CopyOptions): Promise<void> {
    const options = takeOptions(given);
    if (options.sourceVersion !== undefined) {
      throw this.#checks.unsupported("rename", from, "a version cannot be renamed", "copy it");
    }
    if (from === to) this.#checkCopy("rename", this, from, to, options);
    else {
      this.#copy("rename", this, from, to, options);
      this.#container.delete(from, new Date(this.context.clock.now()));
    }
  }

  /** The container itself: stores of one container lead to the same places. */
  async placeOf(key: string): Promise<ObjectPlace> {
    return { service: MemoryContainer, container: this.#container, key };
  }

  /** Is an `UnsupportedError`: nobody but this process can read its memory. */
  async presign(key: string, _options: PresignOptions): Promise<URL> {
    this.#checks.begin("presign", key, undefined);
    throw this.#checks.unsupported("presign", key, "objects in memory have no address");
  }

  /** Does nothing: the objects stay in the container. */
  async [Symbol.asyncDispose](): Promise<void> {}

  async *#list<T>(entries: Entries<T>, prefix: string, options: ListOptions): AsyncGenerator<T, void, void> {
    this.#checks.beginListing([prefix, options.startAfter ?? ""], options.signal);
    checkListOptions(this.uri, options);
    yield* entries(this.#container, prefix, options).take(options.limit ?? Infinity);
  }

  #writing(key: string, size: number | undefined, options: WriterOptions): StreamWriterSetup {
    const uri = objectUri(this.uri, key);
    const sink = new MemorySink(uri, size, (bytes) => this.#commit("write", key, bytes, options));
    return { sink, context: this.context, signal: options.signal };
  }

  #goOn(upload: MemoryUpload, signal: AbortSignal | undefined): Promise<PartWriter> {
    const { key, options, partSize, bytes: { length: size }, written } = upload;
    const commit = (bytes: Uint8Array<ArrayBuffer>) => this.#commit("write", key, bytes, options);
    const sink = new MemoryUploadSink(this.#container, upload, commit);
    return createPartWriter({ sink, size, partSize, written, context: this.context, signal });
  }

  #commit(operation: string, key: string, bytes: Uint8Array<ArrayBuffer>, options: PutOptions): PutResult {
    this.#checks.checkContainer(operation);
    const uri = objectUri(this.uri, key);
    checkWriteConditions({ operation, uri }, this.#container.find(key)?.info.etag, options);
    const lastModified = new Date(this.context.clock.now());
    return resultOf(this.#container.put(bytes, { key, lastModified, ...keptAttributes(options) }));
  }

  #checkCopy(
    operation: string,
    store: MemoryStore,
    from: string,
    to: string,
    options: CopyOptions,
  ): MemoryObject {
    store.#checks.begin(operation, from, options.signal);
    this.#checks.begin(operation, to, options.signal);
    const target = { operation: `${operation} to`, uri: objectUri(this.uri, to) };
    checkWriteOptions(target, { ...options, ...options.attributes });
    this.#checks.checkAttributes(target.operation, to, options.attributes ?? {});
    const source = store.#checks.find(operation, from, options.sourceVersion);
    checkMatch({ operation, uri: objectUri(store.uri, from) }, source.info.etag, options.sourceIfMatch);
    checkWriteConditions(target, this.#container.find(to)?.info.etag, options);
    return source;
  }

  #copy(operation: string, store: MemoryStore, from: string, to: string, options: CopyOptions): CopyResult {
    const source = this.#checkCopy(operation, store, from, to, options);
    const lastModified = new Date(this.context.clock.now());
    const info = copiedInfo(source, options.attributes);
    const copied = this.#container.put(source.bytes, { ...info, key: to, lastModified });
    const { etag } = source.info;
    return { ...resultOf(copied), ...(etag !== undefined && { sourceEtag: etag }) };
  }

  #remove(key: string, { version, ifMatch }: DeleteOptions): void {
    const object = this.#container.find(key, version);
    const subject = { operation: "delete", uri: objectUri(this.uri, key) };
    if (object) checkMatch(subject, object.info.etag, ifMatch);
    if (object || version !== undefined) {
      this.#container.delete(key, new Date(this.context.clock.now()), version);
    }
  }
}
