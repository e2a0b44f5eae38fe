import type { ObjectInfo } from "../contract/types.ts";
import { SortedKeys } from "./sorted_keys.ts";

/** An object as it lies in memory. Neither its bytes nor its info ever change. */
export interface MemoryObject {
  /** The content. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What `head` tells. */
  readonly info: ObjectInfo;
}

/** What an object's writer says of it; the container adds the rest. */
export type MemoryInfo = Omit<ObjectInfo, "size" | "etag" | "version">;

/** Options of {@linkcode MemoryContainer}. */
export interface MemoryContainerOptions {
  /** The name in its URI; `"memory"` by default. */
  readonly name?: string;
  /** Keeps every version of every object until it is deleted by its name; `false` by default. */
  readonly versioning?: boolean;
}

/** The objects of one `memory://` container. Stores that are given the same one show the same objects. */
export class MemoryContainer {
  /** The name in its URI. */
  readonly name: string;
  /** Whether versions are kept. */
  readonly versioning: boolean;
  readonly #current = new Map<string, MemoryObject>();
  readonly #versions = new Map<string, MemoryObject[]>();
  readonly #keys = new SortedKeys();
  #writes = 0;
  #deleted = false;

  /** Makes an empty container. */
  constructor(options: MemoryContainerOptions = {}) {
    this.name = options.name ?? "memory";
    this.versioning = options.versioning ?? false;
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
    return this.#versions.get(key)?.find((object) => object.info.version === version);
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
  put(bytes: Uint8Array<ArrayBuffer>, info: MemoryInfo): MemoryObject {
    const { key } = info;
    const etag = (++this.#writes).toString(16).padStart(8, "0");
    const object: MemoryObject = {
      bytes,
      info: { ...info, size: bytes.length, etag, ...(this.versioning && { version: `v${etag}` }) },
    };
    if (this.versioning) this.#versions.set(key, [...this.#versions.get(key) ?? [], object]);
    this.#setCurrent(key, object);
    return object;
  }

  /** Removes the object of a key; its versions stay. With `version`, removes that one for good. */
  delete(key: string, version?: string): void {
    if (version === undefined) return this.#setCurrent(key, undefined);
    const left = (this.#versions.get(key) ?? []).filter((object) => object.info.version !== version);
    if (left.length > 0) this.#versions.set(key, left);
    else this.#versions.delete(key);
    if (this.#current.get(key)?.info.version === version) this.#setCurrent(key, left.at(-1));
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
