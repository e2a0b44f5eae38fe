import type { StoreContext } from "../context/store_context.ts";
import type { Capabilities } from "../contract/capabilities.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { ObjectPlace } from "../contract/object_place.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectTree } from "../contract/object_tree.ts";
import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PartWriter } from "../contract/part_writer.ts";
import type { ReadHints } from "../contract/read_hints.ts";
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
  PresignOptions,
  PutOptions,
  PutResult,
  SetAttributesOptions,
  WriterOptions,
} from "../contract/types.ts";
import { placeOf } from "../operations/place_of.ts";
import { objectUri } from "../uri/check_key.ts";
import { listVersions, listVersionsWithDelimiter } from "../operations/list_versions.ts";
import { setAttributes } from "../operations/set_attributes.ts";
import { tagsOf } from "./tags_of.ts";
import { Observation } from "./observation.ts";
import { ObservedPartWriter } from "./observed_part_writer.ts";
import { ObservedResult } from "./observed_result.ts";
import { ObservedWriter } from "./observed_writer.ts";
import type { ObservedCall, StoreObserver, StoreOperation } from "./store_event.ts";

/**
 * Tells `observer` of every call on a store: its start, and its end with duration, bytes and error. Times come from
 * the clock of the store's context. The store behaves as it does without; disposing the layer disposes it.
 */
export function observe(store: ObjectStore, observer: StoreObserver): ObjectStore {
  return new ObservedStore(store, observer);
}

class ObservedStore implements ObjectStore {
  readonly uri: string;
  readonly capabilities: Capabilities;
  readonly readHints: ReadHints;
  readonly limits: StoreLimits;
  readonly context: StoreContext;
  readonly tree?: ObjectTree;
  readonly #store: ObjectStore;
  readonly #observer: StoreObserver;
  #calls = 0;

  constructor(store: ObjectStore, observer: StoreObserver) {
    this.#store = store;
    this.#observer = observer;
    this.uri = store.uri;
    this.capabilities = store.capabilities;
    this.readHints = store.readHints;
    this.limits = store.limits;
    this.context = store.context;
    const { tree } = store;
    if (!tree) return;
    this.tree = {
      kindOf: (key, options) => tree.kindOf(key, options),
      walk: (prefix, options) => this.#start("list", prefix).entries(() => tree.walk(prefix, options)),
      remove: (key, options) => this.#start("deleteMany", key).entries(() => tree.remove(key, options)),
      move: (from, to, options) =>
        this.#start("rename", from, { toKey: to }).entries(() => tree.move(from, to, options)),
      makeDirectory: (prefix, options) =>
        this.#start("put", prefix).run(() => tree.makeDirectory(prefix, options)),
    };
  }

  keyFault(key: string): string | undefined {
    return this.#store.keyFault(key);
  }

  metadataNameFault(name: string): string | undefined {
    return this.#store.metadataNameFault(name);
  }

  async get(key: string, options?: GetOptions): Promise<GetResult> {
    const askedRange = options?.range;
    const observation = this.#start("get", key, askedRange && { askedRange });
    const result = await observation.begin(() => this.#store.get(key, options));
    return new ObservedResult(result, observation, options?.signal);
  }

  async head(key: string, options?: HeadOptions): Promise<ObjectInfo> {
    return await this.#start("head", key).run(() => this.#store.head(key, options));
  }

  async put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
    return await this.#start("put", key).run(() => this.#store.put(key, data, options), ({ size }) => size);
  }

  async createWriter(key: string, options?: WriterOptions): Promise<ObjectWriter> {
    const observation = this.#start("write", key);
    const writer = await observation.begin(() => this.#store.createWriter(key, options));
    return new ObservedWriter(writer, observation, options?.signal);
  }

  async createPartWriter(key: string, size: number, options?: WriterOptions): Promise<PartWriter> {
    const observation = this.#start("write", key);
    const writer = await observation.begin(() => this.#store.createPartWriter(key, size, options));
    return new ObservedPartWriter(writer, observation, options?.signal);
  }

  async *list(prefix = "", options?: ListOptions): AsyncGenerator<ObjectMeta, void, void> {
    yield* this.#start("list", prefix).entries(() => this.#store.list(prefix, options));
  }

  async *listWithDelimiter(
    prefix = "",
    options?: ListOptions,
  ): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
    const observation = this.#start("listWithDelimiter", prefix);
    yield* observation.entries(() => this.#store.listWithDelimiter(prefix, options));
  }

  async *listVersions(prefix = "", options?: CallOptions): AsyncGenerator<ObjectVersion, void, void> {
    yield* this.#start("listVersions", prefix).entries(() => listVersions(this.#store, prefix, options));
  }

  async *listVersionsWithDelimiter(
    prefix = "",
    options?: CallOptions,
  ): AsyncGenerator<ObjectVersion | CommonPrefix, void, void> {
    const observation = this.#start("listVersionsWithDelimiter", prefix);
    yield* observation.entries(() => listVersionsWithDelimiter(this.#store, prefix, options));
  }

  async delete(key: string, options?: DeleteOptions): Promise<void> {
    await this.#start("delete", key).run(() => this.#store.delete(key, options));
  }

  async *deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options?: CallOptions,
  ): AsyncGenerator<DeleteResult, void, void> {
    yield* this.#start("deleteMany", "").entries(() => this.#store.deleteMany(objects, options));
  }

  async copy(from: string, to: string, options?: CopyOptions): Promise<CopyResult> {
    return await this.#start("copy", from, { toKey: to }).run(() => this.#store.copy(from, to, options));
  }

  async copyFrom(
    source: ObjectStore,
    from: string,
    to: string,
    options?: CopyOptions,
  ): Promise<CopyResult | undefined> {
    const { copyFrom } = this.#store;
    if (!copyFrom) return undefined;
    const observation = this.#start("copyFrom", from, { uri: objectUri(source.uri, from), toKey: to });
    const copied = await observation.begin(() => copyFrom.call(this.#store, source, from, to, options));
    observation.finish(copied === undefined);
    return copied;
  }

  beneath(key: string): { readonly store: ObjectStore; readonly key: string } {
    return { store: this.#store, key };
  }

  async setAttributes(
    key: string,
    attributes: ObjectAttributes,
    options?: SetAttributesOptions,
  ): Promise<PutResult> {
    return await this.#start("setAttributes", key).run(() =>
      setAttributes(this.#store, key, attributes, options)
    );
  }

  async getTags(key: string, options?: GetTagsOptions): Promise<Record<string, string>> {
    return await this.#start("getTags", key).run(() => tagsOf(this.#store, key, options));
  }

  async rename(from: string, to: string, options?: CopyOptions): Promise<void> {
    await this.#start("rename", from, { toKey: to }).run(() => this.#store.rename(from, to, options));
  }

  async placeOf(key: string, options?: CallOptions): Promise<ObjectPlace> {
    return await placeOf(this.#store, key, options);
  }

  async presign(key: string, options: PresignOptions): Promise<URL> {
    return await this.#start("presign", key).run(() => this.#store.presign(key, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  #start(operation: StoreOperation, key: string, more?: Partial<ObservedCall>): Observation {
    const uri = operation === "deleteMany" ? this.uri : objectUri(this.uri, key);
    const call = { id: ++this.#calls, operation, uri, key, ...more };
    return new Observation(this.#observer, this.context.clock, call);
  }
}
