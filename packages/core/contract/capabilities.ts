/**
 * What a store can do natively. Where a flag is false, the call or option it names rejects with
 * `UnsupportedError`; it is never ignored.
 */
export interface Capabilities {
  /** `contentType`, `contentEncoding`, `cacheControl` and `metadata` are stored. */
  readonly attributes: boolean;
  /** `storageClass` is honoured on write. */
  readonly storageClass: boolean;
  /** `ifNoneMatch: "*"` on writes: one of many racing creators wins. */
  readonly createOnly: boolean;
  /** `ifMatch` on `put` and `createWriter`. */
  readonly compareAndSwap: boolean;
  /** `ifMatch` on `delete`. */
  readonly conditionalDelete: boolean;
  /** `ifMatch` and `ifNoneMatch` on `copy` and `rename`. */
  readonly conditionalCopy: boolean;
  /** `version` on `get`, `head`, `delete` and `copy`. */
  readonly versions: boolean;
  /** `rename` is one atomic step; else it is a copy followed by a delete. */
  readonly atomicRename: boolean;
  /** `presign` makes URLs. */
  readonly presign: boolean;
  /** Any key up to 1,024 bytes of UTF-8 is valid; else names follow the rules of a file system. */
  readonly anyKey: boolean;
}
