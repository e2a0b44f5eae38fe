import { compareKeys } from "../../parts/key_order.ts";
import { BlobEntry } from "./blob_entry.ts";
import { Lease } from "./lease.ts";
import type { StoredBlob } from "./stored_blob.ts";

/** How a container is set. */
export interface ContainerSettings {
  /** Metadata. */
  metadata: ReadonlyMap<string, string>;
  /** What anybody may read: blobs, or the listing too. */
  publicAccess?: "blob" | "container" | undefined;
  /** Keeps the number of the bytes alone, and reads zeros. */
  discard: boolean;
  /** Blobs can be made immutable one by one. */
  immutableVersions: boolean;
  /** Blobs can neither be changed nor deleted. */
  legalHold: boolean;
  /** Blobs can neither be changed nor deleted for that long after they were made, in milliseconds. */
  immutableMs: number;
}

/** The order of a listing. */
export type Order = "utf8" | "utf16" | "hierarchical";

/** A container of blobs. */
export class Container implements ContainerSettings {
  /** What was said of it. */
  metadata: ReadonlyMap<string, string>;
  publicAccess: "blob" | "container" | undefined;
  discard: boolean;
  immutableVersions: boolean;
  legalHold: boolean;
  immutableMs: number;
  /** Stored access policies by id: permissions, start and end as a signature has them. */
  readonly policies: Map<string, { permissions?: string; start?: string; expiry?: string }> = new Map();
  /** The lease. */
  readonly lease: Lease = new Lease();
  /** The etag in quotes. */
  etag = "";
  /** When it was changed, milliseconds since the epoch. */
  lastModified = 0;
  /** When it was deleted, and until when it is being deleted. */
  deleted: { readonly at: number; readonly until: number; readonly version: string } | undefined;

  readonly #entries: Map<string, BlobEntry> = new Map();
  #sorted: { order: Order; entries: readonly BlobEntry[] } | undefined;

  /** Keeps its settings. */
  constructor(
    /** The name. */
    readonly name: string,
    settings: ContainerSettings,
  ) {
    this.metadata = settings.metadata;
    this.publicAccess = settings.publicAccess;
    this.discard = settings.discard;
    this.immutableVersions = settings.immutableVersions;
    this.legalHold = settings.legalHold;
    this.immutableMs = settings.immutableMs;
  }

  /** Every entry, in the order of a listing. */
  entries(order: Order): readonly BlobEntry[] {
    if (this.#sorted?.order !== order) {
      const compare = comparator(order);
      const entries = [...this.#entries.values()].sort((a, b) => compare(a.key, b.key));
      this.#sorted = { order, entries };
    }
    return this.#sorted.entries;
  }

  /** The entry of a name. */
  entry(key: string): BlobEntry | undefined {
    return this.#entries.get(key);
  }

  /** The blob of a name, unless there are only blocks or older states. */
  current(key: string): StoredBlob | undefined {
    return this.#entries.get(key)?.current;
  }

  /** The entry of a name, made where there is none. */
  makeEntry(key: string): BlobEntry {
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = new BlobEntry(key);
      this.#entries.set(key, entry);
      this.#sorted = undefined;
    }
    return entry;
  }

  /** Takes an entry out, if nothing is left of it. */
  settle(key: string): void {
    if (this.#entries.get(key)?.empty && this.#entries.delete(key)) this.#sorted = undefined;
  }

  /** Takes an entry out with all that it holds. */
  forget(key: string): void {
    if (this.#entries.delete(key)) this.#sorted = undefined;
  }

  /** Drops what has had its time. */
  purge(now: number, deletedBefore: number): void {
    for (const entry of [...this.#entries.values()]) {
      entry.purge(now, deletedBefore);
      this.settle(entry.key);
    }
  }
}

/** Compares two names in the order of a listing. */
export function comparator(order: Order): (a: string, b: string) => number {
  if (order === "utf16") return (a, b) => a < b ? -1 : a > b ? 1 : 0;
  if (order === "utf8") return compareKeys;
  // A directory comes before whatever begins with its name: a slash is below every other character.
  return (a, b) => compareKeys(a.replaceAll("/", "\0"), b.replaceAll("/", "\0"));
}
