import type { StoreContext } from "../context/store_context.ts";
import type { Capabilities } from "../contract/capabilities.ts";
import type { GetResult, ReadyBytes } from "../contract/get_result.ts";
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
import { InvalidNameError } from "../errors/errors.ts";
import { setAttributes } from "../operations/set_attributes.ts";
import { tagsOf } from "./tags_of.ts";
import { placeOf } from "../operations/place_of.ts";
import { checkKey, commonKeyFault, objectUri } from "../uri/check_key.ts";
import { listVersions, listVersionsWithDelimiter } from "../operations/list_versions.ts";
import { toDelete } from "../write/to_delete.ts";
import { PrefixedResult } from "./prefixed_result.ts";
import { PrefixedTree } from "./prefixed_tree.ts";

/**
 * Shows the part of a store below a prefix as a store of its own: its keys are what follows the prefix. An object
 * whose key is the prefix itself has no key here and is not shown. The prefix counts towards the longest key.
 * Disposing it disposes the store.
 */
export class PrefixStore implements ObjectStore {
  /** The URI of the store with the prefix, without the slash at its end. */
  readonly uri: string;
  /** Those of the store. */
  readonly capabilities: Capabilities;
  /** Those of the store. */
  readonly readHints: ReadHints;
  /** Those of the store. */
  readonly limits: StoreLimits;
  /** That of the store. */
  readonly context: StoreContext;
  /** That of the store, below the prefix. */
  readonly tree?: ObjectTree;
  /** What every key begins with in the store below; ends in `/`. */
  readonly prefix: string;
  readonly #store: ObjectStore;

  /** Shows `store` below `prefix`. A prefix that does not end in `/` is a `TypeError`. */
  constructor(store: ObjectStore, prefix: string) {
    if (!prefix.endsWith("/")) {
      throw new TypeError(`Cannot open the prefix ${JSON.stringify(prefix)}: it has to end with "/"`);
    }
    this.#store = store;
    this.prefix = prefix;
    this.uri = objectUri(store.uri, prefix).slice(0, -1);
    this.capabilities = store.capabilities;
    this.readHints = store.readHints;
    this.limits = store.limits;
    this.context = store.context;
    if (store.tree) this.tree = new PrefixedTree(store.tree, prefix);
  }

  /** Why there is no object of this key here: the reason of the store below against the key with its prefix. */
  keyFault(key: string): string | undefined {
    return commonKeyFault(key) ?? this.#store.keyFault(this.prefix + key);
  }

  /** The rule of the store below. */
  metadataNameFault(name: string): string | undefined {
    return this.#store.metadataNameFault(name);
  }

  /** Reads an object or a range of it. */
  async get(key: string, options?: GetOptions): Promise<GetResult> {
    const result = await this.#store.get(this.#full("get", key), options);
    return new PrefixedResult(result, this.#cut(result.info));
  }

  /** Reads an object or a range of it at once, where the store below can. */
  getNow(
    key: string,
    allocate: (length: number) => Uint8Array | undefined,
    options?: GetOptions,
  ): ReadyBytes | undefined {
    const ready = this.#store.getNow?.(this.#full("get", key), allocate, options);
    return ready && { ...ready, info: this.#cut(ready.info) };
  }

  /** Tells what an object is. */
  async head(key: string, options?: HeadOptions): Promise<ObjectInfo> {
    return this.#cut(await this.#store.head(this.#full("head", key), options));
  }

  /** Writes an object in one step. */
  async put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
    return await this.#store.put(this.#full("put", key), data, options);
  }

  /** Starts an object of a size not yet known. */
  async createWriter(key: string, options?: WriterOptions): Promise<ObjectWriter> {
    return await this.#store.createWriter(this.#full("write", key), options);
  }

  /** Starts an object that is written in parts. */
  async createPartWriter(key: string, size: number, options?: WriterOptions): Promise<PartWriter> {
    return await this.#store.createPartWriter(this.#full("write", key), size, options);
  }

  /** Lists the objects below the prefix. */
  async *list(prefix = "", options?: ListOptions): AsyncGenerator<ObjectMeta, void, void> {
    for await (const entry of this.#store.list(this.prefix + prefix, this.#listOptions(options))) {
      if (entry.key !== this.prefix) yield this.#cut(entry);
    }
  }

  /** Lists one level. */
  async *listWithDelimiter(
    prefix = "",
    options?: ListOptions,
  ): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
    const entries = this.#store.listWithDelimiter(this.prefix + prefix, this.#listOptions(options));
    for await (const entry of entries) {
      if ("prefix" in entry) yield { prefix: this.#short(entry.prefix) };
      else if (entry.key !== this.prefix) yield this.#cut(entry);
    }
  }

  /** Lists the versions of the objects below the prefix. */
  async *listVersions(prefix = "", options?: CallOptions): AsyncGenerator<ObjectVersion, void, void> {
    for await (const version of listVersions(this.#store, this.prefix + prefix, options)) {
      if (version.key !== this.prefix) yield this.#cut(version);
    }
  }

  /** Lists the versions of one level. */
  async *listVersionsWithDelimiter(
    prefix = "",
    options?: CallOptions,
  ): AsyncGenerator<ObjectVersion | CommonPrefix, void, void> {
    for await (const entry of listVersionsWithDelimiter(this.#store, this.prefix + prefix, options)) {
      if ("prefix" in entry) yield { prefix: this.#short(entry.prefix) };
      else if (entry.key !== this.prefix) yield this.#cut(entry);
    }
  }

  /** Deletes an object. */
  async delete(key: string, options?: DeleteOptions): Promise<void> {
    await this.#store.delete(this.#full("delete", key), options);
  }

  /** Deletes objects as they arrive. */
  async *deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options?: CallOptions,
  ): AsyncGenerator<DeleteResult, void, void> {
    const refused: DeleteResult[] = [];
    for await (const result of this.#store.deleteMany(this.#fullKeys(objects, refused), options)) {
      yield* refused.splice(0);
      yield { ...result, key: this.#short(result.key) };
    }
    yield* refused.splice(0);
  }

  /** Copies an object below the prefix. */
  async copy(from: string, to: string, options?: CopyOptions): Promise<CopyResult> {
    return await this.#store.copy(this.#full("copy", from), this.#full("copy to", to), options);
  }

  /** Copies an object of another store to below the prefix, where the store below can. */
  async copyFrom(
    source: ObjectStore,
    from: string,
    to: string,
    options?: CopyOptions,
  ): Promise<CopyResult | undefined> {
    return await this.#store.copyFrom?.(source, from, this.#full("copy to", to), options);
  }

  /** The store below, and the key with the prefix. */
  beneath(key: string): { readonly store: ObjectStore; readonly key: string } {
    return { store: this.#store, key: this.#full("copy", key) };
  }

  /** Replaces attributes of an object. */
  async setAttributes(
    key: string,
    attributes: ObjectAttributes,
    options?: SetAttributesOptions,
  ): Promise<PutResult> {
    return await setAttributes(this.#store, this.#full("set the attributes of", key), attributes, options);
  }

  /** Tells an object's tags. */
  async getTags(key: string, options?: GetTagsOptions): Promise<Record<string, string>> {
    return await tagsOf(this.#store, this.#full("get the tags of", key), options);
  }

  /** Moves an object below the prefix. */
  async rename(from: string, to: string, options?: CopyOptions): Promise<void> {
    await this.#store.rename(this.#full("rename", from), this.#full("rename to", to), options);
  }

  /** Where a key leads in the store below. */
  async placeOf(key: string, options?: CallOptions): Promise<ObjectPlace> {
    return await placeOf(this.#store, this.prefix + key, options);
  }

  /** Makes a URL of an object. */
  async presign(key: string, options: PresignOptions): Promise<URL> {
    return await this.#store.presign(this.#full("presign", key), options);
  }

  /** Disposes the store below. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  #full(operation: string, key: string): string {
    // What else the store below has against the key, it tells by itself.
    checkKey(operation, { uri: this.uri, keyFault: commonKeyFault }, key);
    return this.prefix + key;
  }

  #short(key: string): string {
    return key.slice(this.prefix.length);
  }

  #cut<T extends { readonly key: string }>(meta: T): T {
    return { ...meta, key: this.#short(meta.key) };
  }

  #listOptions(options: ListOptions | undefined): ListOptions | undefined {
    if (!options) return undefined;
    const { startAfter, onLeftOut } = options;
    return {
      ...options,
      ...(startAfter && { startAfter: this.prefix + startAfter }),
      ...(onLeftOut && {
        onLeftOut: (leftOut) => onLeftOut({ ...leftOut, key: this.#short(leftOut.key) }),
      }),
    };
  }

  /** The objects as the store below has them; those whose key is none here become results in `refused`. */
  async *#fullKeys(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    refused: DeleteResult[],
  ): AsyncGenerator<string | ObjectToDelete, void, void> {
    for await (const object of objects) {
      const { key, version } = toDelete(object);
      const detail = commonKeyFault(key);
      if (detail !== undefined) {
        const uri = objectUri(this.uri, key);
        const error = new InvalidNameError({ operation: "delete", uri, detail });
        refused.push({ key, ...(version !== undefined && { version }), error });
      } else yield typeof object === "string" ? this.prefix + key : { ...object, key: this.prefix + key };
    }
  }
}
