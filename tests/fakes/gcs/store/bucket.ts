import { compareKeys } from "../../parts/key_order.ts";
import type { PartUpload } from "./part_upload.ts";
import type { StoredObject } from "./stored_object.ts";

/** How a bucket is set; may change at any time. */
export interface BucketSettings {
  /** The project that owns it. */
  project: string;
  /** Where it lies. */
  location: string;
  /** The storage class of objects for which none was asked. */
  storageClass: string;
  /** Noncurrent generations are kept. */
  versioning: boolean;
  /** Whoever asks pays, and names a project for that. */
  requesterPays: boolean;
  /** How long objects can neither be deleted nor replaced, in milliseconds. */
  retentionMs: number;
  /** Objects are made with an event-based hold. */
  defaultEventBasedHold: boolean;
  /** It has a hierarchical namespace. */
  hierarchical: boolean;
  /** How long deleted generations are kept out of sight, in milliseconds; 0 for not at all. */
  softDeleteMs: number;
  /** The key by which objects are encrypted for which none was named. */
  defaultKmsKeyName: string | undefined;
  /** Keeps the number of the bytes alone, and reads zeros. */
  discard: boolean;
  /** Labels. */
  labels: Readonly<Record<string, string>>;
}

/** All that a bucket has of one name. */
export class ObjectEntry {
  /** The live generation. */
  current: StoredObject | undefined;
  /** Noncurrent generations, the oldest first. */
  readonly older: StoredObject[] = [];
  /** Generations that were deleted and are kept out of sight. */
  readonly softDeleted: StoredObject[] = [];
  /** When mutations came, milliseconds since the epoch, as far as they count for the limit. */
  mutations: number[] = [];

  constructor(
    /** The name. */
    readonly name: string,
  ) {}
}

/** A bucket of objects. */
export class Bucket {
  /** How often its description changed, from 1. */
  metageneration = 1;
  /** Multipart uploads of the XML API by id. */
  readonly uploads: Map<string, PartUpload> = new Map();
  readonly #entries: Map<string, ObjectEntry> = new Map();
  #sorted: readonly ObjectEntry[] | undefined;

  constructor(
    /** The name. */
    readonly name: string,
    /** How it is set. */
    readonly settings: BucketSettings,
    /** When it was made, milliseconds since the epoch. */
    readonly timeCreated: number,
  ) {}

  /** Every entry in the order of a listing. */
  entries(): readonly ObjectEntry[] {
    return this.#sorted ??= [...this.#entries.values()].sort((a, b) => compareKeys(a.name, b.name));
  }

  /** Every live object in the order of a listing. */
  objects(): StoredObject[] {
    return this.entries().flatMap(({ current }) => current ?? []);
  }

  /** Whether there is neither a live object nor a noncurrent one. */
  get empty(): boolean {
    return this.entries().every(({ current, older }) => current === undefined && older.length === 0);
  }

  /** The entry of a name. */
  entry(name: string): ObjectEntry | undefined {
    return this.#entries.get(name);
  }

  /** The entry of a name, made where there is none. */
  makeEntry(name: string): ObjectEntry {
    let entry = this.#entries.get(name);
    if (!entry) {
      this.#entries.set(name, entry = new ObjectEntry(name));
      this.#sorted = undefined;
    }
    return entry;
  }

  /** A generation of a name, the live one where none is said. */
  find(name: string, generation?: string): StoredObject | undefined {
    const entry = this.#entries.get(name);
    if (generation === undefined || generation === entry?.current?.generation) return entry?.current;
    return entry?.older.find((object) => object.generation === generation);
  }

  /** Makes an object the live one; what was live is kept where noncurrent generations are. */
  replace(object: StoredObject): void {
    const entry = this.makeEntry(object.name);
    this.retire(entry, object.timeCreated);
    entry.current = object;
  }

  /** Ends the life of a live object. */
  retire(entry: ObjectEntry, now: number): void {
    const { current } = entry;
    entry.current = undefined;
    if (!current) return;
    const gone = { ...current, timeDeleted: now };
    if (this.settings.versioning) entry.older.push(gone);
    else if (this.settings.softDeleteMs > 0) entry.softDeleted.push(gone);
  }

  /** Takes a generation away for good, or out of sight. */
  discard(entry: ObjectEntry, { generation }: StoredObject, now: number): void {
    const found = entry.current?.generation === generation
      ? entry.current
      : entry.older.find((object) => object.generation === generation);
    if (entry.current === found) entry.current = undefined;
    else entry.older.splice(0, Infinity, ...entry.older.filter((object) => object !== found));
    if (found && this.settings.softDeleteMs > 0) entry.softDeleted.push({ ...found, timeDeleted: now });
  }

  /** Forgets a name with all that it holds. */
  forget(name: string): void {
    if (this.#entries.delete(name)) this.#sorted = undefined;
  }
}
