import type { GetResult } from "../contract/get_result.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectTree } from "../contract/object_tree.ts";
import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PartWriter } from "../contract/part_writer.ts";
import { bytesAtHand } from "../contract/seams.ts";
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
import { takeOptions } from "../conditions/take_options.ts";
import { needText } from "../conditions/need_text.ts";
import { objectUri } from "../uri/check_key.ts";
import { listVersions, listVersionsWithDelimiter } from "../operations/list_versions.ts";
import { abortUpload, listUploads, resumePartWriter } from "../operations/resume_write.ts";
import { setAttributes } from "../operations/set_attributes.ts";
import { tagsOf } from "./tags_of.ts";
import { ForwardingStore } from "./forwarding_store.ts";
import { Observation } from "./observation.ts";
import { ObservedPartWriter } from "./observed_part_writer.ts";
import { ObservedResult } from "./observed_result.ts";
import { ObservedWriter } from "./observed_writer.ts";
import type { ObservedCall, ObserveOptions, StoreObserver, StoreOperation } from "./store_event.ts";

/**
 * Reports every call on a store to `observer`: its start, and its end with duration, bytes and error. Times come from
 * the clock of the store's context. The store otherwise behaves the same; disposing the layer disposes it.
 */
export function observe(
  store: ObjectStore,
  observer: StoreObserver,
  options: ObserveOptions = {},
): ObjectStore {
  return new ObservedStore(store, observer, options);
}

class ObservedStore extends ForwardingStore {
  declare readonly tree?: ObjectTree;
  readonly #observer: StoreObserver;
  readonly #options: ObserveOptions;
  #calls = 0;

  constructor(store: ObjectStore, observer: StoreObserver, options: ObserveOptions) {
    // Every read is to be seen as a `get`.
    super(store, [bytesAtHand]);
    this.#observer = observer;
    this.#options = options;
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

  override async get(key: string, given?: GetOptions): Promise<GetResult> {
    const options = takeOptions(given);
    const { range } = options;
    // What is no range is refused below, and nothing that an observer could tell of.
    const asked = typeof range === "object" && range !== null ? { askedRange: range } : undefined;
    const observation = this.#start("get", key, asked);
    const result = await observation.begin(() => this.below.get(key, options));
    return new ObservedResult(result, observation, options?.signal);
  }

  override async head(key: string, given?: HeadOptions): Promise<ObjectInfo> {
    const options = takeOptions(given);
    return await this.#start("head", key).run(() => this.below.head(key, options));
  }

  override async put(key: string, data: Uint8Array, given?: PutOptions): Promise<PutResult> {
    const options = takeOptions(given);
    return await this.#start("put", key).run(() => this.below.put(key, data, options), ({ size }) => size);
  }

  override async createWriter(key: string, given?: WriterOptions): Promise<ObjectWriter> {
    const options = takeOptions(given);
    const observation = this.#start("write", key);
    const writer = await observation.begin(() => this.below.createWriter(key, options));
    return new ObservedWriter(writer, observation, options?.signal);
  }

  override async createPartWriter(
    key: string,
    size: number,
    given?: PartWriterOptions,
  ): Promise<PartWriter> {
    const options = takeOptions(given);
    const observation = this.#start("write", key);
    const writer = await observation.begin(() => this.below.createPartWriter(key, size, options));
    return new ObservedPartWriter(writer, observation, options?.signal);
  }

  override async resumePartWriter?(
    key: string,
    size: number,
    token: string,
    given?: ResumeOptions,
  ): Promise<PartWriter> {
    const options = takeOptions(given);
    const observation = this.#start("write", key);
    const resume = () => resumePartWriter(this.below, key, size, token, options);
    return new ObservedPartWriter(await observation.begin(resume), observation, options?.signal);
  }

  override async *listUploads?(
    prefix = "",
    options?: CallOptions,
  ): AsyncGenerator<PendingUpload, void, void> {
    yield* this.#start("listUploads", prefix).entries(() => listUploads(this.below, prefix, options));
  }

  override async abortUpload?(key: string, token: string, given?: CallOptions): Promise<void> {
    const options = takeOptions(given);
    await this.#start("abortUpload", key).run(() => abortUpload(this.below, key, token, options));
  }

  override async *list(prefix = "", options?: ListOptions): AsyncGenerator<ObjectMeta, void, void> {
    yield* this.#start("list", prefix).entries(() => this.below.list(prefix, options));
  }

  override async *listWithDelimiter(
    prefix = "",
    options?: ListOptions,
  ): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
    const observation = this.#start("listWithDelimiter", prefix);
    yield* observation.entries(() => this.below.listWithDelimiter(prefix, options));
  }

  override async *listVersions?(
    prefix = "",
    options?: CallOptions,
  ): AsyncGenerator<ObjectVersion, void, void> {
    yield* this.#start("listVersions", prefix).entries(() => listVersions(this.below, prefix, options));
  }

  override async *listVersionsWithDelimiter?(
    prefix = "",
    options?: CallOptions,
  ): AsyncGenerator<ObjectVersion | CommonPrefix, void, void> {
    const observation = this.#start("listVersionsWithDelimiter", prefix);
    yield* observation.entries(() => listVersionsWithDelimiter(this.below, prefix, options));
  }

  override async delete(key: string, given?: DeleteOptions): Promise<void> {
    const options = takeOptions(given);
    await this.#start("delete", key).run(() => this.below.delete(key, options));
  }

  override async *deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options?: CallOptions,
  ): AsyncGenerator<DeleteResult, void, void> {
    const observation = this.#start("deleteMany", "");
    const deleteAll = () => this.below.deleteMany(objects, options);
    yield* observation.entries(deleteAll, (result) => observation.deleted(result));
  }

  override async copy(from: string, to: string, given?: CopyOptions): Promise<CopyResult> {
    const options = takeOptions(given);
    return await this.#start("copy", from, { toKey: to }).run(() => this.below.copy(from, to, options));
  }

  override async copyFrom?(
    source: ObjectStore,
    from: string,
    to: string,
    given?: CopyOptions,
  ): Promise<CopyResult | undefined> {
    const options = takeOptions(given);
    const { copyFrom } = this.below;
    if (!copyFrom) return undefined;
    const observation = this.#start("copyFrom", from, { uri: objectUri(source.uri, from), toKey: to });
    const copied = await observation.begin(() => copyFrom.call(this.below, source, from, to, options));
    observation.finish(copied === undefined);
    return copied;
  }

  override async setAttributes?(
    key: string,
    attributes: ObjectAttributes,
    given?: SetAttributesOptions,
  ): Promise<PutResult> {
    const [taken, options] = [takeOptions(attributes), takeOptions(given)];
    return await this.#start("setAttributes", key).run(() => setAttributes(this.below, key, taken, options));
  }

  override async getTags?(key: string, given?: GetTagsOptions): Promise<Record<string, string>> {
    const options = takeOptions(given);
    return await this.#start("getTags", key).run(() => tagsOf(this.below, key, options));
  }

  override async rename(from: string, to: string, given?: CopyOptions): Promise<void> {
    const options = takeOptions(given);
    await this.#start("rename", from, { toKey: to }).run(() => this.below.rename(from, to, options));
  }

  override async presign(key: string, given: PresignOptions): Promise<URL> {
    const options = takeOptions(given);
    return await this.#start("presign", key).run(() => this.below.presign(key, options));
  }

  #start(operation: StoreOperation, key: string, more?: Partial<ObservedCall>): Observation {
    // Observers count on texts.
    needText(key);
    if (more && "toKey" in more) needText(more.toKey as string);
    const uri = operation === "deleteMany" ? this.uri : objectUri(this.uri, key);
    const call = { id: ++this.#calls, operation, uri, key, ...more };
    return new Observation(this.#observer, this.context.clock, call, this.#options);
  }
}
