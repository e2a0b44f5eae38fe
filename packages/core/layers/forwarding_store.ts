import type { StoreContext } from "../context/store_context.ts";
import type { Capabilities } from "../contract/capabilities.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { ObjectPlace } from "../contract/object_place.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectTree } from "../contract/object_tree.ts";
import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PartWriter } from "../contract/part_writer.ts";
import type { ReadHints } from "../contract/read_hints.ts";
import {
  bytesAtHand,
  type DurableStore,
  getBytesAtHand,
  keepDurable,
  type QuickStore,
  type ReadyBytes,
  waitForDisk,
} from "../contract/seams.ts";
import { type StoreFigures, sumFigures } from "../contract/store_figures.ts";
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
import { listVersions, listVersionsWithDelimiter } from "../operations/list_versions.ts";
import { placeOf } from "../operations/place_of.ts";
import { abortUpload, listUploads, resumePartWriter } from "../operations/resume_write.ts";
import { setAttributes } from "../operations/set_attributes.ts";
import { tagsOf } from "./tags_of.ts";

/** What a store may have, bytes at hand among it. */
export type StoreMembers = ObjectStore & Partial<QuickStore & DurableStore>;

/** Members that some stores lack. */
export type OptionalMember = {
  [Name in keyof StoreMembers]-?: undefined extends StoreMembers[Name] ? Name : never;
}[keyof StoreMembers];

/** Methods that a layer has only where the store below has them; the others it always has. */
const OPTIONAL: Readonly<Record<Exclude<OptionalMember, "beneath" | "placeOf" | "tree">, true>> = {
  [bytesAtHand]: true,
  [waitForDisk]: true,
  abortUpload: true,
  copyFrom: true,
  figures: true,
  getTags: true,
  listUploads: true,
  listVersions: true,
  listVersionsWithDelimiter: true,
  resumePartWriter: true,
  setAttributes: true,
};

const ABSENT = { value: undefined, writable: true, configurable: true };

/**
 * Forwards every member of the contract to the store below. A layer extends it and overrides what it changes. It has the
 * methods that are optional in the contract where the store below has them.
 *
 * What a layer owes:
 *
 * - Options are forwarded whole, `signal` and conditions included. What a layer renames in a call it renames in results,
 *   listings and what `onLeftOut` is called with.
 * - `context`, `limits` and `figures` are those of the store below, so that all ways to one store share one memory bound and one
 *   number of requests in flight. A layer waits for no permit: the transfer that calls it holds one.
 * - `beneath` and `placeOf` give the store below, so that the service makes copies and two ways to one object are
 *   recognized. A layer that must not be bypassed leaves out `beneath`.
 * - Bytes at hand bypass `get`. A layer that has to see every read leaves them out.
 * - Disposing a layer disposes the store below. Of several layers over one store, dispose only the last to be used.
 */
export class ForwardingStore implements ObjectStore, Partial<QuickStore & DurableStore> {
  /** That of the store below. */
  readonly uri: string;
  /** Those of the store below. */
  readonly capabilities: Capabilities;
  /** Those of the store below. */
  readonly readHints: ReadHints;
  /** Those of the store below. */
  readonly limits: StoreLimits;
  /** That of the store below. */
  readonly context: StoreContext;
  /** That of the store below. */
  readonly tree?: ObjectTree;
  /** The store that everything is handed on to. */
  protected readonly below: ObjectStore;

  /** Hands on to `store`, but for the optional members in `without`. */
  constructor(store: ObjectStore, without: readonly OptionalMember[] = []) {
    this.below = store;
    this.uri = store.uri;
    this.capabilities = store.capabilities;
    this.readHints = store.readHints;
    this.limits = store.limits;
    this.context = store.context;
    if (store.tree && !without.includes("tree")) this.tree = store.tree;
    const lacking = Reflect.ownKeys(OPTIONAL).filter((name) => Reflect.get(store, name) === undefined);
    // An own property hides the method, be it a subclass's.
    for (const name of [...lacking, ...without]) Object.defineProperty(this, name, ABSENT);
  }

  /** Why the store below has no object of a key. */
  keyFault(key: string): string | undefined {
    return this.below.keyFault(key);
  }

  /** Why the store below has no metadata of a name. */
  metadataNameFault(name: string): string | undefined {
    return this.below.metadataNameFault(name);
  }

  /** Reads an object or a range of it. */
  get(key: string, options?: GetOptions): Promise<GetResult> {
    return this.below.get(key, options);
  }

  /** Gives bytes that are at hand. */
  [bytesAtHand]?(
    key: string,
    allocate: (length: number) => Uint8Array | undefined,
    options?: GetOptions,
  ): ReadyBytes | undefined {
    return getBytesAtHand(this.below, key, allocate, options);
  }

  /** Has writes below a prefix wait for the disk. */
  [waitForDisk]?(prefix: string): void {
    keepDurable(this.below, prefix);
  }

  /** Describes an object. */
  head(key: string, options?: HeadOptions): Promise<ObjectInfo> {
    return this.below.head(key, options);
  }

  /** Writes an object in one step. */
  put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
    return this.below.put(key, data, options);
  }

  /** Starts an object of a size not yet known. */
  createWriter(key: string, options?: WriterOptions): Promise<ObjectWriter> {
    return this.below.createWriter(key, options);
  }

  /** Starts an object that is written in parts. */
  createPartWriter(key: string, size: number, options?: PartWriterOptions): Promise<PartWriter> {
    return this.below.createPartWriter(key, size, options);
  }

  /** Goes on with a resumable write. */
  resumePartWriter?(key: string, size: number, token: string, options?: ResumeOptions): Promise<PartWriter> {
    return resumePartWriter(this.below, key, size, token, options);
  }

  /** Lists the writes that are not closed. */
  listUploads?(prefix?: string, options?: CallOptions): AsyncIterable<PendingUpload> {
    return listUploads(this.below, prefix, options);
  }

  /** Removes a write that is not closed. */
  abortUpload?(key: string, token: string, options?: CallOptions): Promise<void> {
    return abortUpload(this.below, key, token, options);
  }

  /** Lists objects. */
  list(prefix?: string, options?: ListOptions): AsyncIterable<ObjectMeta> {
    return this.below.list(prefix, options);
  }

  /** Lists one level. */
  listWithDelimiter(prefix?: string, options?: ListOptions): AsyncIterable<ObjectMeta | CommonPrefix> {
    return this.below.listWithDelimiter(prefix, options);
  }

  /** Lists versions. */
  listVersions?(prefix?: string, options?: CallOptions): AsyncIterable<ObjectVersion> {
    return listVersions(this.below, prefix, options);
  }

  /** Lists the versions of one level. */
  listVersionsWithDelimiter?(
    prefix?: string,
    options?: CallOptions,
  ): AsyncIterable<ObjectVersion | CommonPrefix> {
    return listVersionsWithDelimiter(this.below, prefix, options);
  }

  /** Deletes an object. */
  delete(key: string, options?: DeleteOptions): Promise<void> {
    return this.below.delete(key, options);
  }

  /** Deletes objects as they arrive. */
  deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options?: CallOptions,
  ): AsyncIterable<DeleteResult> {
    return this.below.deleteMany(objects, options);
  }

  /** Copies within the store. */
  copy(from: string, to: string, options?: CopyOptions): Promise<CopyResult> {
    return this.below.copy(from, to, options);
  }

  /** Copies an object of another store. */
  async copyFrom?(
    source: ObjectStore,
    from: string,
    to: string,
    options?: CopyOptions,
  ): Promise<CopyResult | undefined> {
    return await this.below.copyFrom?.(source, from, to, options);
  }

  /** The store below, and what it calls `key`. */
  beneath?(key: string): { readonly store: ObjectStore; readonly key: string } {
    return { store: this.below, key };
  }

  /** Replaces attributes of an object. */
  setAttributes?(
    key: string,
    attributes: ObjectAttributes,
    options?: SetAttributesOptions,
  ): Promise<PutResult> {
    return setAttributes(this.below, key, attributes, options);
  }

  /** Returns an object's tags. */
  getTags?(key: string, options?: GetTagsOptions): Promise<Record<string, string>> {
    return tagsOf(this.below, key, options);
  }

  /** Moves within the store. */
  rename(from: string, to: string, options?: CopyOptions): Promise<void> {
    return this.below.rename(from, to, options);
  }

  /** What the store below has done. */
  figures?(): StoreFigures {
    return this.below.figures?.() ?? sumFigures([]);
  }

  /** Where a key leads in the store below. */
  placeOf?(key: string, options?: CallOptions): Promise<ObjectPlace> {
    return placeOf(this.below, key, options);
  }

  /** Makes a URL of an object. */
  presign(key: string, options: PresignOptions): Promise<URL> {
    return this.below.presign(key, options);
  }

  /** Disposes the store below. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.below[Symbol.asyncDispose]();
  }
}
