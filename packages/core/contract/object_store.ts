import type { StoreContext } from "../context/store_context.ts";
import type { Capabilities } from "./capabilities.ts";
import type { GetResult } from "./get_result.ts";
import type { ObjectPlace } from "./object_place.ts";
import type { ObjectTree } from "./object_tree.ts";
import type { ObjectWriter } from "./object_writer.ts";
import type { PartWriter } from "./part_writer.ts";
import type { ReadHints } from "./read_hints.ts";
import type { StoreFigures } from "./store_figures.ts";
import type { StoreLimits } from "./store_limits.ts";
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
} from "./types.ts";

/**
 * A container of objects in some service. Every method of every store behaves as written here, and the
 * conformance suite asks for each promise.
 *
 * Errors are `StoreError`s; a call with wrong arguments is a `TypeError` or `RangeError`; an aborted call rejects
 * with `signal.reason`. Options are taken as they are when a call is made: what the caller changes in them later changes
 * nothing. A key that the store has a rule against is an `InvalidNameError` in every method, with the
 * reason that `keyFault` gives; any other is held as it is written, character by character.
 */
export interface ObjectStore extends AsyncDisposable {
  /** The container's URI without a trailing slash, such as `s3://bucket`; `file:///` for the root directory. */
  readonly uri: string;
  /** What this store can do. */
  readonly capabilities: Capabilities;
  /** How reads of this store are best cut. */
  readonly readHints: ReadHints;
  /** How many requests it has in flight; a layer has the limits of the store below. */
  readonly limits: StoreLimits;
  /** The clock, random source, byte budget and buffers that this store and its transfers use. */
  readonly context: StoreContext;
  /** The links and directories of a store that holds more than objects; absent where objects are all there is. */
  readonly tree?: ObjectTree;

  /**
   * Why this store has no object of this key by its rules, as a clause that follows a colon ("the key ends in a dot");
   * `undefined` for a key that it holds. It does no I/O, and the answer never changes. Every store holds plain names
   * with `/` between them.
   */
  keyFault(key: string): string | undefined;

  /**
   * Why this store holds no metadata of this name, as a clause that follows a colon ("the name is no identifier");
   * `undefined` for a name that it holds. It does no I/O. A write with another name is an `InvalidNameError` with the
   * reason. Every store that has metadata holds names of letters and digits that begin with a letter.
   */
  metadataNameFault(name: string): string | undefined;

  /**
   * Reads an object or a range of it in one request. A range is cut at the object's end; one that starts at or past
   * the end is a `RangeNotSatisfiableError`, but for an empty object, where offset 0 and any suffix give no bytes.
   * A missing object is a `NotFoundError`. The bytes all belong to the version that `info` describes: when the
   * object changes while it is read, the body fails instead of mixing versions.
   */
  get(key: string, options?: GetOptions): Promise<GetResult>;

  /** Describes an object, without its bytes. A missing object is a `NotFoundError`. */
  head(key: string, options?: HeadOptions): Promise<ObjectInfo>;

  /** Writes an object in one step: readers see the old content or all of the new. `data` is in use until it settles. */
  put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult>;

  /** Starts an object of a size not yet known. Conditions are checked at the latest when it closes. */
  createWriter(key: string, options?: WriterOptions): Promise<ObjectWriter>;

  /**
   * Starts an object of `size` bytes that is written in parts, in any order and without a copy. Conditions are checked
   * at the latest when it closes. `partSize` is a wish: that of the writer is what is used.
   */
  createPartWriter(key: string, size: number, options?: PartWriterOptions): Promise<PartWriter>;

  /**
   * Goes on with a `resumable` write, by the token of its writer. The parts that the store shows to have are written
   * already; all others are to be written. Attributes and conditions are those that the write began with.
   *
   * A write that is closed or aborted is a `NotFoundError`. A token of another object, of another size or of no writer is
   * a `TypeError`. Only one writer may go on with a write: a store that notices a second one rejects it with
   * `UnavailableError`. Call it by `resumePartWriter(store, key, size, token)`.
   */
  resumePartWriter?(key: string, size: number, token: string, options?: ResumeOptions): Promise<PartWriter>;

  /**
   * Lists the writes of keys that start with `prefix` that were begun and are neither closed nor aborted, in any order:
   * all that are `resumable`, and what else the service keeps of them. Where the service shows none over an object that is
   * there, such a write is listed under the object's whole key alone. Call it by `listUploads(store, prefix)`.
   */
  listUploads?(prefix?: string, options?: CallOptions): AsyncIterable<PendingUpload>;

  /**
   * Removes a write that is not closed, by the token of its writer or of the listing, and its parts; one that is gone
   * already is no error. A writer of it can no longer close. A token of another object is a `TypeError`.
   * Call it by `abortUpload(store, key, token)`.
   */
  abortUpload?(key: string, token: string, options?: CallOptions): Promise<void>;

  /**
   * Lists objects whose keys start with `prefix` (a plain string, no pattern), ascending in UTF-8 byte order unless
   * `order` says that any will do.
   */
  list(prefix?: string, options?: ListOptions): AsyncIterable<ObjectMeta>;

  /**
   * Lists one level: objects whose keys have no `/` after `prefix`, and the distinct prefixes up to the next `/`,
   * together in ascending UTF-8 byte order, unless `order` says that any will do.
   */
  listWithDelimiter(prefix?: string, options?: ListOptions): AsyncIterable<ObjectMeta | CommonPrefix>;

  /**
   * Lists every version of the objects whose keys start with `prefix`, and the delete markers: by ascending key in UTF-8
   * byte order, the newest version of a key first. A store without the method has no such list; one that has it, but
   * keeps no versions, rejects with `UnsupportedError`. Call it by `listVersions(store, prefix)`.
   */
  listVersions?(prefix?: string, options?: CallOptions): AsyncIterable<ObjectVersion>;

  /**
   * Lists the versions of one level, as `listVersions` does, and among them the distinct prefixes up to the next `/` after
   * `prefix`. A store without the method has it made of `listVersions`, by `listVersionsWithDelimiter(store, prefix)`.
   */
  listVersionsWithDelimiter?(
    prefix?: string,
    options?: CallOptions,
  ): AsyncIterable<ObjectVersion | CommonPrefix>;

  /** Deletes an object; deleting one that does not exist succeeds. */
  delete(key: string, options?: DeleteOptions): Promise<void>;

  /**
   * Deletes objects as they arrive, each given by its key or with what `delete` takes; in batches where the service can.
   * Entries of `list` stand for their objects, those of `listVersions` for these versions, which are gone for good.
   * Yields one result for each, in any order. What `delete` would reject with is the error of its result. What is no list,
   * such as a single text, or names no object ends it with a `TypeError`.
   */
  deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options?: CallOptions,
  ): AsyncIterable<DeleteResult>;

  /**
   * Copies within the store, where possible without moving the bytes through this process. Attributes, tags and storage
   * class are copied too.
   */
  copy(from: string, to: string, options?: CopyOptions): Promise<CopyResult>;

  /**
   * Copies an object of another store as `copy` does, where one service has both and can reach them by this store's
   * rights. `undefined` where that is not so, and nothing is done: then the bytes have to be read and written. A store
   * without the method never can.
   */
  copyFrom?(
    source: ObjectStore,
    from: string,
    to: string,
    options?: CopyOptions,
  ): Promise<CopyResult | undefined>;

  /** For layers: the store below, and what it calls `key`. Other stores have no such method. */
  beneath?(key: string): { readonly store: ObjectStore; readonly key: string };

  /**
   * Replaces attributes of an object without moving its bytes; missing where `capabilities.setAttributes` is false. Call
   * it by `setAttributes(store, key, attributes)`. Each attribute given replaces the object's, metadata and tags as a
   * whole; the others stay, and so does the encryption. The object may get a new etag, and a new version where versions
   * are kept: both are in the result. A missing object is a `NotFoundError`, one that is replaced meanwhile a
   * `PreconditionFailedError`.
   */
  setAttributes?(
    key: string,
    attributes: ObjectAttributes,
    options?: SetAttributesOptions,
  ): Promise<PutResult>;

  /** Returns an object's tags; missing where `capabilities.tags` is false. A missing object is a `NotFoundError`. */
  getTags?(key: string, options?: GetTagsOptions): Promise<Record<string, string>>;

  /** Moves within the store. Where `capabilities.atomicRename` is false this is a copy followed by a delete. */
  rename(from: string, to: string, options?: CopyOptions): Promise<void>;

  /**
   * What the store has done so far, and with it those that share its connections: they all give one object, whose numbers go
   * on counting. A store without the method counts nothing; a layer has the figures of the store below.
   */
  figures?(): StoreFigures;

  /**
   * Where a key (or a prefix) leads: the same for every store that leads there. A store without the
   * method leads to places of its own.
   */
  placeOf?(key: string, options?: CallOptions): Promise<ObjectPlace>;

  /** Makes a URL with which anyone may do one thing to one object for a while. */
  presign(key: string, options: PresignOptions): Promise<URL>;
}
