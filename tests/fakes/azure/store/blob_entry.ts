import { Lease } from "./lease.ts";
import type { Block, StoredBlob } from "./stored_blob.ts";

/** What a container holds under one name. */
export class BlobEntry {
  /** The blob itself, absent while there are only older states or blocks. */
  current: StoredBlob | undefined;
  /** Versions, snapshots and what was deleted, the oldest first. */
  older: StoredBlob[] = [];
  /** Blocks that are in no list yet, by id. */
  readonly uncommitted: Map<string, Block> = new Map();
  /** When the last of them came, milliseconds since the epoch. */
  blockedAt = 0;
  /** The lease. */
  readonly lease: Lease = new Lease();

  /** Keeps the name. */
  constructor(
    /** The name. */
    readonly key: string,
  ) {}

  /** Whether nothing is left. */
  get empty(): boolean {
    return !this.current && this.older.length === 0 && this.uncommitted.size === 0;
  }

  /** The snapshots that were not deleted. */
  get snapshots(): StoredBlob[] {
    return this.older.filter(({ snapshot, deletedAt }) => snapshot !== undefined && deletedAt === undefined);
  }

  /** Drops blocks that nobody has committed for a week, and what was deleted before a time. */
  purge(now: number, deletedBefore: number): void {
    if (this.uncommitted.size > 0 && this.blockedAt + WEEK_MS <= now) this.uncommitted.clear();
    this.older = this.older.filter(({ deletedAt = Infinity }) => deletedAt > deletedBefore);
  }
}

const WEEK_MS = 7 * 24 * 3_600_000;
