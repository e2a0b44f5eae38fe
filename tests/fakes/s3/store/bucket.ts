import { compareKeys } from "../../parts/key_order.ts";
import type { StoredObject } from "./stored_object.ts";
import type { Upload } from "./upload.ts";

/** How a bucket behaves; each field may change while the server runs. */
export interface BucketSettings {
  /** The region whose signatures are accepted. */
  region: string;
  /** The account that owns it. */
  owner: string;
  /** What requests without a signature may do. */
  publicAccess: "none" | "read" | "read-write";
  /** Whether requests must carry `x-amz-request-payer: requester`. */
  requesterPays: boolean;
  /** Whether versions are kept. */
  versioning: "off" | "enabled" | "suspended";
  /** Whether written bytes are checked and counted but not kept; reading them back gives zeros. */
  discard: boolean;
}

/** A bucket: its settings, its objects with all their versions, and its unfinished uploads. */
export class Bucket implements BucketSettings {
  /** The region whose signatures are accepted. */
  region: string;
  /** The account that owns it. */
  owner: string;
  /** What requests without a signature may do. */
  publicAccess: BucketSettings["publicAccess"];
  /** Whether requests must carry `x-amz-request-payer: requester`. */
  requesterPays: boolean;
  /** Whether versions are kept. */
  versioning: BucketSettings["versioning"];
  /** Whether written bytes are not kept. */
  discard: boolean;
  /** Keys whose deletion is refused, as an object lock would. */
  readonly locked: Set<string> = new Set();
  /** Unfinished multipart uploads by their id, in the order they were begun. */
  readonly uploads: Map<string, Upload> = new Map();

  /** Versions of each key, the newest first. */
  readonly #versions: Map<string, StoredObject[]> = new Map();
  #sorted: string[] | undefined;
  #nextVersion = 1;

  /** Makes an empty bucket. */
  constructor(
    /** Its name. */
    readonly name: string,
    settings: BucketSettings,
    /** When it was made, milliseconds since the epoch. */
    readonly createdAt: number,
  ) {
    this.region = settings.region;
    this.owner = settings.owner;
    this.publicAccess = settings.publicAccess;
    this.requesterPays = settings.requesterPays;
    this.versioning = settings.versioning;
    this.discard = settings.discard;
  }

  /** Whether there is not even an old version left. */
  get empty(): boolean {
    return this.#versions.size === 0;
  }

  /** Every key that has a version, in UTF-8 order. */
  keys(): readonly string[] {
    return this.#sorted ??= [...this.#versions.keys()].sort(compareKeys);
  }

  /** The versions of a key, the newest first. */
  versions(key: string): readonly StoredObject[] {
    return this.#versions.get(key) ?? [];
  }

  /** The current version of a key, or undefined when it is gone. */
  current(key: string): StoredObject | undefined {
    const newest = this.#versions.get(key)?.[0];
    return newest?.deleteMarker ? undefined : newest;
  }

  /** A version id for what is written next. */
  newVersionId(): string {
    return this.versioning === "enabled" ? `v${String(this.#nextVersion++).padStart(31, "0")}` : "null";
  }

  /** Adds a version as the newest one, in place of one with the same id. */
  add(object: StoredObject): void {
    const others = this.versions(object.key).filter((version) => version.versionId !== object.versionId);
    if (!this.#versions.has(object.key)) this.#sorted = undefined;
    this.#versions.set(object.key, [object, ...others]);
  }

  /** Removes one version for good. */
  remove(key: string, versionId: string): void {
    const left = this.versions(key).filter((version) => version.versionId !== versionId);
    if (left.length > 0) {
      this.#versions.set(key, left);
    } else if (this.#versions.delete(key)) {
      this.#sorted = undefined;
    }
  }
}
