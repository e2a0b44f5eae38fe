import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import type { ObjectInfo, PutOptions } from "../contract/types.ts";
import { SortedKeys } from "./sorted_keys.ts";

/** A write that outlives its writer. */
export interface MemoryUpload {
  /** Its name, which no other upload has. */
  readonly id: string;
  /** The object's URI. */
  readonly uri: string;
  /** The object's key. */
  readonly key: string;
  /** Bytes of a part. */
  readonly partSize: number;
  /** What the write began with. */
  readonly options: Omit<PutOptions, "signal">;
  /** When it began. */
  readonly begun: Date;
  /** The memory of the object. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The parts that are there. */
  readonly written: Set<number>;
  /** Whether a writer is at it. */
  isHeld: boolean;
}

/** An object as it lies in memory. Neither its bytes nor its info ever change. */
export interface MemoryObject {
  /** The content. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What `head` returns. */
  readonly info: ObjectInfo;
  /** What `getTags` returns. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A version that says that the object is gone. */
export interface MemoryMarker {
  /** The key. */
  readonly key: string;
  /** The version's name. */
  readonly version: string;
  /** When the object was deleted. */
  readonly lastModified: Date;
}

/** A version of an object, or a delete marker. */
export type MemoryVersion = MemoryObject | MemoryMarker;

/** What an object's writer says of it; the container adds the rest. */
export interface MemoryInfo extends Omit<ObjectInfo, "size" | "etag" | "version" | "tagCount"> {
  /** Its tags. */
  readonly tags: Readonly<Record<string, string>>;
}

/** What names a container refuses, for one that stands in for a service; see `ObjectStore`. */
export interface NameRules {
  /** Why there is no object of a key, which is neither empty nor ill-formed; the rule of 1,024 bytes by default. */
  readonly keyFault?: (key: string) => string | undefined;
  /** Why metadata have no such name, which is in lower case; no rule by default. */
  readonly metadataNameFault?: (name: string) => string | undefined;
}

/** Options of {@linkcode MemoryContainer}. */
export interface MemoryContainerOptions {
  /** The name in its URI; `"memory"` by default. */
  readonly name?: string;
  /** Keeps every version of every object, and a marker of each deletion, until it is deleted by its name; `false` by default. */
  readonly versioning?: boolean;
  /**
   * Keeps a CRC-32C of every object, as services do, which reads are compared with and listings have; `false` by default.
   */
  readonly checksums?: boolean;
  /** What it belongs to: objects are copied between containers of one service without being read. */
  readonly service?: object;
  /** Which names it refuses. */
  readonly names?: NameRules;
}

/** The objects of one `memory://` container. Stores that are given the same one show the same objects. */
export class MemoryContainer {
  /** The name in its URI. */
  readonly name: string;
  /** Whether versions are kept. */
  readonly versioning: boolean;
  /** Whether a CRC-32C is kept of every object. */
  readonly checksums: boolean;
  /** What it belongs to; itself where nothing was given. */
  readonly service: object;
  /** Writes that outlive their writers, by their ids. */
  readonly uploads: Map<string, MemoryUpload> = new Map();
  /** Which names it refuses. */
  readonly names: NameRules;
  readonly #current = new Map<string, MemoryObject>();
  /** The newest version of a key is the last. */
  readonly #versions = new Map<string, MemoryVersion[]>();
  readonly #keys = new SortedKeys();
  readonly #versionedKeys = new SortedKeys();
  #writes = 0;
  #deleted = false;

  /** Makes an empty container. */
  constructor(options: MemoryContainerOptions = {}) {
    this.name = options.name ?? "memory";
    this.versioning = options.versioning ?? false;
    this.checksums = options.checksums ?? false;
    this.service = options.service ?? this;
    this.names = options.names ?? {};
  }

  /** Whether it holds nothing, no old version either. */
  get isEmpty(): boolean {
    return this.#current.size === 0 && this.#versions.size === 0;
  }

  /** Whether it was deleted: then every call of its stores is a `NotFoundError`. */
  get isDeleted(): boolean {
    return this.#deleted;
  }

  /** Marks it as deleted. */
  markDeleted(): void {
    this.#deleted = true;
  }

  /** The object of a key, or a version of it. */
  find(key: string, version?: string): MemoryObject | undefined {
    if (version === undefined) return this.#current.get(key);
    const found = this.#versions.get(key)?.find((each) => nameOf(each) === version);
    return found && "info" in found ? found : undefined;
  }

  /** The versions of a key, the newest first. */
  versionsOf(key: string): readonly MemoryVersion[] {
    return this.#versions.get(key)?.toReversed() ?? [];
  }

  /** The least key that has versions and is `start` or follows it in UTF-8 order. */
  versionedKeyFrom(start: string): string | undefined {
    return this.#versionedKeys.from(start);
  }

  /** The least key that has versions and follows `key` in UTF-8 order. */
  versionedKeyAfter(key: string): string | undefined {
    return this.#versionedKeys.after(key);
  }

  /** The least key that is `start` or follows it in UTF-8 order. */
  keyFrom(start: string): string | undefined {
    return this.#keys.from(start);
  }

  /** The least key that follows `key` in UTF-8 order. */
  keyAfter(key: string): string | undefined {
    return this.#keys.after(key);
  }

  /** Makes `bytes` the object of a key, with a new etag. The array belongs to the container from here on. */
  put(bytes: Uint8Array<ArrayBuffer>, { tags, ...info }: MemoryInfo): MemoryObject {
    const { key } = info;
    const tagCount = Object.keys(tags).length;
    const etag = (++this.#writes).toString(16).padStart(8, "0");
    const object: MemoryObject = {
      bytes,
      tags,
      info: {
        ...info,
        size: bytes.length,
        etag,
        ...(this.checksums && { checksums: { crc32c: crc32cToBase64(crc32c(bytes)) } }),
        ...(this.versioning && { version: `v${etag}` }),
        ...(tagCount > 0 && { tagCount }),
      },
    };
    if (this.versioning) this.#addVersion(key, object);
    this.#setCurrent(key, object);
    return object;
  }

  /**
   * Removes the object of a key; its versions stay, and a marker says that it is gone. With `version`, removes that one
   * for good: the newest of those left is the object then.
   */
  delete(key: string, lastModified: Date, version?: string): void {
    if (version === undefined) {
      const isThere = this.#current.has(key);
      this.#setCurrent(key, undefined);
      if (!this.versioning || !isThere) return;
      const name = `v${(++this.#writes).toString(16).padStart(8, "0")}`;
      return this.#addVersion(key, { key, version: name, lastModified });
    }
    const left = (this.#versions.get(key) ?? []).filter((each) => nameOf(each) !== version);
    if (left.length > 0) this.#versions.set(key, left);
    else if (this.#versions.delete(key)) this.#versionedKeys.delete(key);
    const newest = left.at(-1);
    this.#setCurrent(key, newest && "info" in newest ? newest : undefined);
  }

  #addVersion(key: string, version: MemoryVersion): void {
    if (!this.#versions.has(key)) this.#versionedKeys.add(key);
    this.#versions.set(key, [...this.#versions.get(key) ?? [], version]);
  }

  #setCurrent(key: string, object: MemoryObject | undefined): void {
    if (object) {
      if (!this.#current.has(key)) this.#keys.add(key);
      this.#current.set(key, object);
    } else if (this.#current.delete(key)) {
      this.#keys.delete(key);
    }
  }
}

function nameOf(version: MemoryVersion): string | undefined {
  return "info" in version ? version.info.version : version.version;
}
