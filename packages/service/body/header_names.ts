import type { Checksums, ObjectAttributes, Preconditions } from "@lade/core/backend";
import type { ResponseHeaders } from "@lade/service/http";

/** What the headers of an answer say of checksums. */
export interface StoredChecksums {
  /** Checksums of the whole object. */
  readonly checksums?: Checksums;
  /** A checksum of the parts only; see `ObjectInfo`. */
  readonly partsChecksum?: string;
}

/**
 * The headers by which one kind of service describes an object. What HTTP has a header for (type, encoding, language,
 * disposition, caching, expiry, etag, time) goes by that one.
 */
export interface HeaderNames {
  /** The service with its article, for errors: `an S3 service`. */
  readonly service: string;
  /** Begins the names of user metadata: `x-amz-meta-`. */
  readonly metadata: string;
  /** User metadata, where answers with bytes tell none; that of their headers by default. */
  readonly storedMetadata?: Readonly<Record<string, string>>;
  /** Holds what conditions compare, where that is not the etag: `x-goog-generation`. */
  readonly etag?: string;
  /** Holds the version. */
  readonly version?: string;
  /** Names the version of an object whose answer has none. */
  readonly unversioned?: string;
  /** Names of metadata that the backend writes for itself; they are left out of what is read. */
  readonly ownMetadata?: readonly string[];
  /** Holds the storage class, on a write too. */
  readonly storageClass?: string;
  /** The storage class of objects that were given none. Some services send it; it is left out of what is read. */
  readonly usualStorageClass?: string;
  /** Says `true` of a storage class that the object was not given, but has from elsewhere; that is left out of what is read. */
  readonly inferredStorageClass?: string;
  /** Holds the number of tags. */
  readonly tagCount?: string;
  /** What an answer says in `Cache-Control` of objects that were given none; it says `Expires` then by itself too. */
  readonly usualCacheControl?: string;
  /** A content encoding of the transfer, which is none of the object. */
  readonly framing?: string;
  /** Headers of a write that store attributes, where they are others than those of HTTP: `x-ms-blob-content-type`. */
  readonly written?: {
    readonly [attribute in keyof ObjectAttributes & `c${string}`]?: string;
  };
  /** The headers of a condition, where they are others than those of HTTP: `x-goog-if-generation-match`. */
  conditions?(given: Pick<Preconditions, "ifMatch" | "ifNoneMatch">): Record<string, string>;
  /** The form in which a metadata value travels. */
  encodeMetadata(value: string): string;
  /** The value that {@linkcode HeaderNames.encodeMetadata} was given. */
  decodeMetadata(text: string): string;
  /** Reads checksums of an object of `size` bytes; `whole` says that the answer is about all of them. */
  readChecksums(headers: ResponseHeaders, whole: boolean, size: number): StoredChecksums;
}
