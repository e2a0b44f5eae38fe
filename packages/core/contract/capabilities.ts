/**
 * Whether a store can do something. `false`: the call or option rejects with `UnsupportedError`. `"unknown"`: it
 * depends on the service; the call finds out, and rejects with `UnsupportedError` where the service would ignore what was
 * asked. Code that only looks for a shortcut tests `=== true`.
 */
export type Support = boolean | "unknown";

/**
 * What a store can do natively. Nothing that was asked for is ever ignored. A flag that is `"unknown"` becomes `true` or
 * `false` once the service has shown which; a flag that is known stays.
 */
export interface Capabilities {
  /**
   * `contentType`, `contentEncoding`, `cacheControl`, `contentDisposition`, `contentLanguage` and `metadata` are stored.
   */
  readonly attributes: Support;
  /** `expires` is stored; `false` where `attributes` is. */
  readonly expires: Support;
  /** `setAttributes` replaces attributes of an object that is there. */
  readonly setAttributes: Support;
  /** `tags` are stored, and `getTags` returns them. */
  readonly tags: Support;
  /** `lastModified` on writes: an object is dated as its writer says. */
  readonly modificationTime: Support;
  /** `storageClass` is honoured on write. */
  readonly storageClass: Support;
  /** `ifNoneMatch: "*"` on writes: one of many racing creators wins. */
  readonly createOnly: Support;
  /** `ifMatch` on `put` and `createWriter`. */
  readonly compareAndSwap: Support;
  /** `ifMatch` on `delete`. */
  readonly conditionalDelete: Support;
  /** `ifMatch` and `ifNoneMatch` on `copy` and `rename`. */
  readonly conditionalCopy: Support;
  /** `version` on `get`, `head`, `delete`, `deleteMany` and `copy`, and `listVersions`. */
  readonly versions: Support;
  /** `rename` is one atomic step; else it is a copy followed by a delete. */
  readonly atomicRename: Support;
  /** `resumable` on `createPartWriter`; `resumePartWriter`, `listUploads` and `abortUpload`. */
  readonly resumableWrites: Support;
  /** `presign` makes URLs. */
  readonly presign: Support;
}
