import type { GetResult } from "../contract/get_result.ts";
import type { ObjectPlace } from "../contract/object_place.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectTree } from "../contract/object_tree.ts";
import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PartWriter } from "../contract/part_writer.ts";
import { bytesAtHand, getBytesAtHand, keepDurable, type ReadyBytes, waitForDisk } from "../contract/seams.ts";
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
import { atMost } from "../conditions/at_most.ts";
import { InvalidNameError } from "../errors/errors.ts";
import { setAttributes } from "../operations/set_attributes.ts";
import { tagsOf } from "./tags_of.ts";
import { placeOf } from "../operations/place_of.ts";
import { needText } from "../conditions/need_text.ts";
import { checkKey, commonKeyFault, objectUri } from "../uri/check_key.ts";
import { listVersions, listVersionsWithDelimiter } from "../operations/list_versions.ts";
import { abortUpload, listUploads, resumePartWriter } from "../operations/resume_write.ts";
import { checkObjects, toDelete } from "../write/to_delete.ts";
import { ForwardingStore } from "./forwarding_store.ts";
import { PrefixedResult } from "./prefixed_result.ts";
import { PrefixedTree } from "./prefixed_tree.ts";

/**
 * Shows the part of a store below a prefix as a store of its own: its keys are what follows the prefix. An object
 * whose key is the prefix itself has no key here and is not shown. The prefix counts towards the longest key.
 * Disposing it disposes the store.
 */
export class PrefixStore extends ForwardingStore {
  /** The URI of the store with the prefix, without the slash at its end. */
  override readonly uri: string;
  /** That of the store, below the prefix. */
  declare readonly tree?: ObjectTree;
  /** What every key begins with in the store below; ends in `/`. */
  readonly prefix: string;

  /** Shows `store` below `prefix`. A prefix that does not end in `/` is a `TypeError`. */
  constructor(store: ObjectStore, prefix: string) {
    if (!prefix.endsWith("/")) {
      throw new TypeError(`Cannot open the prefix ${JSON.stringify(prefix)}: it has to end with "/"`);
    }
    super(store);
    this.prefix = prefix;
    this.uri = objectUri(store.uri, prefix).slice(0, -1);
    if (store.tree) this.tree = new PrefixedTree(store.tree, prefix);
  }

  /** Why there is no object of this key here: the reason of the store below against the key with its prefix. */
  override keyFault(key: string): string | undefined {
    return commonKeyFault(key) ?? this.below.keyFault(this.prefix + key);
  }

  /** Reads an object or a range of it. */
  override async get(key: string, options?: GetOptions): Promise<GetResult> {
    const result = await this.below.get(this.#full("get", key), options);
    return new PrefixedResult(result, this.#cut(result.info));
  }

  /** Reads an object or a range of it synchronously, where the store below can. */
  override [bytesAtHand]?(
    key: string,
    allocate: (length: number) => Uint8Array | undefined,
    options?: GetOptions,
  ): ReadyBytes | undefined {
    const ready = getBytesAtHand(this.below, this.#full("get", key), allocate, options);
    return ready && { ...ready, info: this.#cut(ready.info) };
  }

  /** Has writes below a prefix wait for the disk. */
  override [waitForDisk]?(prefix: string): void {
    keepDurable(this.below, this.prefix + prefix);
  }

  /** Describes an object. */
  override async head(key: string, options?: HeadOptions): Promise<ObjectInfo> {
    return this.#cut(await this.below.head(this.#full("head", key), options));
  }

  /** Writes an object in one step. */
  override async put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
    return await this.below.put(this.#full("put", key), data, options);
  }

  /** Starts an object of a size not yet known. */
  override async createWriter(key: string, options?: WriterOptions): Promise<ObjectWriter> {
    return await this.below.createWriter(this.#full("write", key), options);
  }

  /** Starts an object that is written in parts. */
  override async createPartWriter(
    key: string,
    size: number,
    options?: PartWriterOptions,
  ): Promise<PartWriter> {
    return await this.below.createPartWriter(this.#full("write", key), size, options);
  }

  /** Goes on with a resumable write. Tokens are those of the store below and name the key with the prefix. */
  override async resumePartWriter?(
    key: string,
    size: number,
    token: string,
    options?: ResumeOptions,
  ): Promise<PartWriter> {
    return await resumePartWriter(
      this.below,
      this.#full("resume the write of", key),
      size,
      token,
      options,
    );
  }

  /** Lists the uploads of keys below the prefix. */
  override async *listUploads?(
    prefix = "",
    options?: CallOptions,
  ): AsyncGenerator<PendingUpload, void, void> {
    for await (const upload of listUploads(this.below, this.#below(prefix), options)) {
      if (upload.key !== this.prefix) yield this.#cut(upload);
    }
  }

  /** Removes an upload and its parts. */
  override async abortUpload?(key: string, token: string, options?: CallOptions): Promise<void> {
    await abortUpload(this.below, this.#full("abort the upload of", key), token, options);
  }

  /** Lists the objects below the prefix. */
  override list(prefix = "", options?: ListOptions): AsyncGenerator<ObjectMeta, void, void> {
    return atMost(
      this.#shortened(this.below.list(this.#below(prefix), this.#listOptions(options))),
      options?.limit,
    );
  }

  /** Lists one level. */
  override listWithDelimiter(
    prefix = "",
    options?: ListOptions,
  ): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
    const entries = this.below.listWithDelimiter(this.#below(prefix), this.#listOptions(options));
    return atMost(this.#shortened(entries), options?.limit);
  }

  /** Lists the versions of the objects below the prefix. */
  override async *listVersions?(
    prefix = "",
    options?: CallOptions,
  ): AsyncGenerator<ObjectVersion, void, void> {
    for await (const version of listVersions(this.below, this.#below(prefix), options)) {
      if (version.key !== this.prefix) yield this.#cut(version);
    }
  }

  /** Lists the versions of one level. */
  override async *listVersionsWithDelimiter?(
    prefix = "",
    options?: CallOptions,
  ): AsyncGenerator<ObjectVersion | CommonPrefix, void, void> {
    for await (const entry of listVersionsWithDelimiter(this.below, this.#below(prefix), options)) {
      if ("prefix" in entry) yield { prefix: this.#short(entry.prefix) };
      else if (entry.key !== this.prefix) yield this.#cut(entry);
    }
  }

  /** Deletes an object. */
  override async delete(key: string, options?: DeleteOptions): Promise<void> {
    await this.below.delete(this.#full("delete", key), options);
  }

  /** Deletes objects as they arrive. */
  override async *deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options?: CallOptions,
  ): AsyncGenerator<DeleteResult, void, void> {
    checkObjects(objects);
    const refused: DeleteResult[] = [];
    for await (const result of this.below.deleteMany(this.#fullKeys(objects, refused), options)) {
      yield* refused.splice(0);
      yield { ...result, key: this.#short(result.key) };
    }
    yield* refused.splice(0);
  }

  /** Copies an object below the prefix. */
  override async copy(from: string, to: string, options?: CopyOptions): Promise<CopyResult> {
    return await this.below.copy(this.#full("copy", from), this.#full("copy to", to), options);
  }

  /** Copies an object of another store to below the prefix, where the store below can. */
  override async copyFrom?(
    source: ObjectStore,
    from: string,
    to: string,
    options?: CopyOptions,
  ): Promise<CopyResult | undefined> {
    return await this.below.copyFrom?.(source, from, this.#full("copy to", to), options);
  }

  /** The store below, and the key with the prefix. */
  override beneath?(key: string): { readonly store: ObjectStore; readonly key: string } {
    return { store: this.below, key: this.#full("copy", key) };
  }

  /** Replaces attributes of an object. */
  override async setAttributes?(
    key: string,
    attributes: ObjectAttributes,
    options?: SetAttributesOptions,
  ): Promise<PutResult> {
    return await setAttributes(this.below, this.#full("set the attributes of", key), attributes, options);
  }

  /** Returns an object's tags. */
  override async getTags?(key: string, options?: GetTagsOptions): Promise<Record<string, string>> {
    return await tagsOf(this.below, this.#full("get the tags of", key), options);
  }

  /** Moves an object below the prefix. */
  override async rename(from: string, to: string, options?: CopyOptions): Promise<void> {
    await this.below.rename(this.#full("rename", from), this.#full("rename to", to), options);
  }

  /** Where a key leads in the store below. */
  override async placeOf?(key: string, options?: CallOptions): Promise<ObjectPlace> {
    return await placeOf(this.below, this.prefix + key, options);
  }

  /** Makes a URL of an object. */
  override async presign(key: string, options: PresignOptions): Promise<URL> {
    return await this.below.presign(this.#full("presign", key), options);
  }

  #full(operation: string, key: string): string {
    // Other reasons against the key are given by the store below.
    checkKey(operation, { uri: this.uri, keyFault: commonKeyFault }, key);
    return this.prefix + key;
  }

  /** A prefix of listings in the store below. */
  #below(prefix: string): string {
    needText(prefix);
    return this.prefix + prefix;
  }

  #short(key: string): string {
    return key.slice(this.prefix.length);
  }

  #cut<T extends { readonly key: string }>(meta: T): T {
    return { ...meta, key: this.#short(meta.key) };
  }

  #shortened(entries: AsyncIterable<ObjectMeta>): AsyncGenerator<ObjectMeta, void, void>;
  #shortened(
    entries: AsyncIterable<ObjectMeta | CommonPrefix>,
  ): AsyncGenerator<ObjectMeta | CommonPrefix, void, void>;
  async *#shortened(
    entries: AsyncIterable<ObjectMeta | CommonPrefix>,
  ): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
    for await (const entry of entries) {
      if ("prefix" in entry) yield { prefix: this.#short(entry.prefix) };
      else if (entry.key !== this.prefix) yield this.#cut(entry);
    }
  }

  #listOptions(options: ListOptions | undefined): ListOptions | undefined {
    if (!options) return undefined;
    const { startAfter, limit, onLeftOut } = options;
    return {
      ...options,
      // The object that has the prefix for a key may be among them.
      ...(limit !== undefined && { limit: limit < 1 ? limit : limit + 1 }),
      ...(startAfter && { startAfter: this.#below(startAfter) }),
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
    for await (const given of objects) {
      const object = toDelete(given);
      const { key, version } = object;
      const detail = commonKeyFault(key);
      if (detail !== undefined) {
        const uri = objectUri(this.uri, key);
        const error = new InvalidNameError({ operation: "delete", uri, detail });
        refused.push({ key, ...(version !== undefined && { version }), error });
      } else yield { ...object, key: this.prefix + key };
    }
  }
}
