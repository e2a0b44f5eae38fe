/**
 * The words of the contract: what an object is, what a call takes and what it answers.
 *
 * Sizes and offsets are in bytes. Keys are Unicode strings compared by their UTF-8 bytes.
 *
 * @module
 */

/** Part of an object: from `offset` for `length` bytes (to the end without it), or its last `suffixLength` bytes. */
export type ByteRange =
  | { readonly offset: number; readonly length?: number }
  | { readonly suffixLength: number };

/** A range with both ends known. */
export interface ResolvedRange {
  /** First byte, counted from the start of the object. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}

/** Checksums by their label, each in the base64 form the services use (big-endian bytes). */
export interface Checksums {
  /** CRC-32C (Castagnoli) of the whole object. */
  readonly crc32c?: string;
  /** CRC-64/NVME of the whole object. */
  readonly crc64nvme?: string;
  /** CRC-32 (IEEE 802.3) of the whole object. */
  readonly crc32?: string;
  /** SHA-256 of the whole object. */
  readonly sha256?: string;
  /** SHA-1 of the whole object. */
  readonly sha1?: string;
  /** SHA-512 of the whole object. */
  readonly sha512?: string;
  /** MD5 of the whole object. */
  readonly md5?: string;
}

/** What a listing has of an object. */
export interface ObjectMeta {
  /** The key within the store. */
  readonly key: string;
  /** Size of the whole object in bytes. */
  readonly size: number;
  /** When the content last changed, as precise as the service has it. */
  readonly lastModified: Date;
  /**
   * When anything of a local file last changed, its times too, in whole seconds: it shows a change of the content whose
   * time of change was set back. Absent elsewhere.
   */
  readonly statusChanged?: Date;
  /** Opaque tag of this content; equal tags mean equal content. Compared as a string, quotes removed. */
  readonly etag?: string;
  /** Opaque name of this version, where the store keeps versions. */
  readonly version?: string;
  /** The service's name of the storage class. */
  readonly storageClass?: string;
  /** Checksums of the whole object that the service stores; in a listing, those that the service lists. */
  readonly checksums?: Checksums;
}

/** Everything a store knows of an object. */
export interface ObjectInfo extends ObjectMeta {
  /** Media type given on write. */
  readonly contentType?: string;
  /** Content encoding given on write; bodies are never decoded by it. */
  readonly contentEncoding?: string;
  /** Cache directive given on write. */
  readonly cacheControl?: string;
  /** How a browser shows or names it, given on write. */
  readonly contentDisposition?: string;
  /** Language of the content, given on write. */
  readonly contentLanguage?: string;
  /** When caches drop it, given on write. */
  readonly expires?: Date;
  /** How many tags it has; absent where it has none, or where the service does not say. */
  readonly tagCount?: number;
  /**
   * A checksum over the checksums of the object's parts, which no read of the whole can be compared with: its label and
   * value, such as `crc32c ERERER==-3`. Only where none of the whole is known.
   */
  readonly partsChecksum?: string;
  /** User metadata; names are lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A "directory" of a listing by delimiter: every key that starts with it is folded into this one entry. */
export interface CommonPrefix {
  /** The folded prefix, ending in `/`. */
  readonly prefix: string;
}

/** One version of an object, or a delete marker: a version that says that the object is gone. */
export interface ObjectVersion {
  /** The key within the store. */
  readonly key: string;
  /** Opaque name of this version, as `get`, `head`, `delete` and `copy` take it. */
  readonly version: string;
  /** Whether it is the newest of its key: what a call without a version sees. */
  readonly isLatest: boolean;
  /** When it was written. */
  readonly lastModified: Date;
  /** Size in bytes; absent for a delete marker. */
  readonly size?: number;
  /** Tag of its content; absent for a delete marker. */
  readonly etag?: string;
  /** Whether it is a delete marker, which has no content. Deleting the newest one brings the object back. */
  readonly isDeleteMarker: boolean;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, which then rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** Conditions on the object's present state. A call whose condition does not hold changes nothing. */
export interface Preconditions {
  /** Goes on only while the object's etag is this one: else `PreconditionFailedError`. */
  readonly ifMatch?: string;
  /**
   * Goes on only while the object's etag is not this one. On a write `"*"` is the one accepted value and means
   * create only: an existing object is an `AlreadyExistsError`.
   */
  readonly ifNoneMatch?: string;
  /** What to do where the service would ignore the condition; `"refuse"` by default. */
  readonly ifIgnored?: IgnoredCondition;
}

/**
 * What to do about a condition that the service would ignore: `"refuse"` rejects with `UnsupportedError`, `"look"`
 * compares what is there just before the request, so that another writer may come between. Where the service holds
 * the condition both are the same.
 */
export type IgnoredCondition = "refuse" | "look";

/** Options of `get`. */
export interface GetOptions extends CallOptions, Preconditions {
  /** The bytes wanted; all by default. An end past the object's end is cut there. */
  readonly range?: ByteRange;
  /** Reads this version of the object. */
  readonly version?: string;
  /**
   * Says that the answer is going to be poured (`GetResult.pour`), and how many bytes are still to be poured for the same
   * read, those of this answer included. It changes how bytes are moved, and never which.
   */
  readonly pours?: number;
}

/** Options of `head`. */
export interface HeadOptions extends CallOptions, Preconditions {
  /** Asks about this version of the object. */
  readonly version?: string;
}

/** Attributes that are stored with an object. */
export interface ObjectAttributes {
  /** Media type. */
  readonly contentType?: string;
  /** Content encoding; the bytes are stored as given. */
  readonly contentEncoding?: string;
  /** Cache directive. */
  readonly cacheControl?: string;
  /** How a browser shows or names it, such as `attachment; filename="r.csv"`. */
  readonly contentDisposition?: string;
  /** Language of the content, such as `de`. */
  readonly contentLanguage?: string;
  /** When caches drop it; stored in whole seconds. */
  readonly expires?: Date;
  /** The service's name of a storage class. */
  readonly storageClass?: string;
  /** User metadata; names are stored in lower case, in which no two may be equal. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Tags by name, as services have them for rules and bills. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Options of `put`. */
export interface PutOptions extends CallOptions, Preconditions, ObjectAttributes {
  /** When the content last changed, in place of the time of the write: to the millisecond. */
  readonly lastModified?: Date;
}

/** Options of `createWriter`. */
export interface WriterOptions extends PutOptions {
  /** Bytes in one part of a multipart upload; chosen by the store when absent, and grown to fit its part limit. */
  readonly partSize?: number;
  /** How many parts to write concurrently; chosen by the store when absent. */
  readonly concurrency?: number;
}

/** Options of `createPartWriter`. */
export interface PartWriterOptions extends WriterOptions {
  /**
   * Bytes that the caller fills a part with at a time, where the writer has `fillPart`: they are then its `partSize`,
   * unless that is given.
   */
  readonly fillSize?: number;
  /**
   * The write may outlive its writer: `resumePartWriter` goes on with it by the writer's `token`, in this process or
   * another. Only `close` and `abort` end such a write. A failure, an aborted `signal`, disposal and the end of the
   * process leave the parts that are stored. `false` by default.
   */
  readonly resumable?: boolean;
}

/** Options of `resumePartWriter`. Attributes, conditions and part size are those that the write began with. */
export interface ResumeOptions extends CallOptions {
  /** How many parts to write concurrently; chosen by the store when absent. */
  readonly concurrency?: number;
}

/** A write that was begun and is neither closed nor aborted. */
export interface PendingUpload {
  /** Key of the object to be. */
  readonly key: string;
  /** What the store calls it; a writer's token, which is JSON, has the same text as its `id`. */
  readonly id: string;
  /** What `abortUpload` takes. It is not enough to resume the write: that takes the writer's own token. */
  readonly token: string;
  /** When it was begun. */
  readonly begun: Date;
  /** Bytes of the parts that are stored, where the listing has them. */
  readonly bytes?: number;
}

/**
 * The result of a finished write. At least one of etag, version and checksums is there, and proves that the bytes are
 * stored: an answer without any is an error.
 */
export interface PutResult {
  /** Bytes stored. */
  readonly size: number;
  /** Tag of the stored content. */
  readonly etag?: string;
  /** Version that this write made. */
  readonly version?: string;
  /** Checksums the service confirmed or stored. */
  readonly checksums?: Checksums;
}

/** Options of `list` and `listWithDelimiter`. */
export interface ListOptions extends CallOptions {
  /** Lists only keys (and common prefixes) after this one in UTF-8 byte order; it need not exist. Needs the order `"key"`. */
  readonly startAfter?: string;
  /**
   * `"key"` (the default) lists ascending in UTF-8 byte order: a store that cannot is an error, before the first entry
   * where it can know. `"any"` yields the entries as the store has them, which every store can, for callers that
   * need no order.
   */
  readonly order?: "key" | "any";
  /** Ends the listing after so many entries, at least 1. A store asks its service for no more where it can. */
  readonly limit?: number;
  /**
   * Called, in no order, for each entry that is not an object, such as a link that may not be followed. Also called for
   * an entry that may not be read, such as a directory of another user, and the listing goes on; without `onLeftOut` it
   * ends there with an error. Stores that hold only objects never call it.
   */
  readonly onLeftOut?: (leftOut: LeftOut) => void;
}

/** An entry that a listing left out because it is no object. */
export interface LeftOut {
  /** Its name, as that of an object would be; that of a directory which holds nothing, or may not be read, ends in `/`. */
  readonly key: string;
  /** What it is, and what to do to have it listed where that can be. */
  readonly reason: string;
  /** Whether there are bytes to it, or may be, which a copy of the listed objects lacks. */
  readonly hasBytes: boolean;
  /** The error of reading it, where it may not be read. */
  readonly error?: Error;
}

/** Options of `delete`. */
export interface DeleteOptions extends CallOptions {
  /** Deletes only while the object's etag is this one: else `PreconditionFailedError`. */
  readonly ifMatch?: string;
  /** What to do where the service would ignore the condition; `"refuse"` by default. */
  readonly ifIgnored?: IgnoredCondition;
  /** Deletes this version for good. */
  readonly version?: string;
}

/** One object, or one version of it, that `deleteMany` is to delete; what is absent is as for `delete`. */
export interface ObjectToDelete extends Pick<DeleteOptions, "ifMatch" | "version"> {
  /** The key. */
  readonly key: string;
}

/** What became of one key of `deleteMany`. */
export interface DeleteResult {
  /** The key as it was given. */
  readonly key: string;
  /** The version as it was given; absent where none was. */
  readonly version?: string;
  /** Why it could not be deleted; absent when it is gone. */
  readonly error?: Error;
}

/** Options of `copy`: conditions are on the destination. */
export interface CopyOptions extends CallOptions, Preconditions {
  /** Goes on only while the source's etag is this one: else `PreconditionFailedError`. */
  readonly sourceIfMatch?: string;
  /** Copies this version of the source. */
  readonly sourceVersion?: string;
  /**
   * Attributes of the copy in place of all those of the source; without it the source's are kept. Tags and storage
   * class are kept unless these give some.
   */
  readonly attributes?: ObjectAttributes;
  /** Whether the copy is dated as its source where the store can (`capabilities.modificationTime`); true by default. */
  readonly keepTime?: boolean;
  /**
   * The copy takes the place of its source, which is removed afterwards: a file keeps its owner and all of its mode bits
   * too, as far as the rights of this process reach. Elsewhere it makes no difference.
   */
  readonly forMove?: boolean;
  /**
   * What a listing had of the source; it saves the store a request. The copy is of what is there now, even if that has
   * changed since.
   */
  readonly source?: ObjectMeta;
}

/** The result of a finished copy. */
export interface CopyResult extends PutResult {
  /** Etag of the content that was copied, as the source has it. */
  readonly sourceEtag?: string;
}

/** Options of `setAttributes`: conditions on the object that is there. */
export interface SetAttributesOptions extends CallOptions, Omit<Preconditions, "ifNoneMatch"> {}

/** Options of `getTags`. */
export interface GetTagsOptions extends CallOptions {
  /** Asks about this version of the object. */
  readonly version?: string;
}

/** Options of `presign`. */
export interface PresignOptions {
  /** The method the URL permits; `GET` by default. */
  readonly method?: "GET" | "PUT" | "DELETE";
  /** How long the URL works, in milliseconds. */
  readonly expiresInMs: number;
  /**
   * Called when the URL ends sooner, because the credentials that sign it do: with the time, or `undefined` where it is
   * unknown. Without it, a URL that is known to end sooner is an `UnsupportedError`.
   */
  readonly onShortened?: (expires: Date | undefined) => void;
  /**
   * Called when whoever uses the URL has to send headers with it, with their names and values. Without it, such a URL is an
   * `UnsupportedError`.
   */
  readonly onHeaders?: (headers: Readonly<Record<string, string>>) => void;
}
