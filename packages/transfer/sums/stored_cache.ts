import type { Clock, ObjectMeta } from "@lade/core";
import type { ChecksumCache, ChecksumReader, ComputedSums, FoundSums } from "./checksum_cache.ts";
import { type CacheDatabase, faultOf } from "./cache_database.ts";
import {
  type CacheRow,
  formatSums,
  identityOf,
  isSound,
  makeRow,
  parseSums,
  rowUri,
  statusOf,
} from "./cache_rows.ts";
import { RowWindow } from "./row_window.ts";

/** Rows that are written together. */
const BATCH = 1024;
/** Rows that wait while another process writes, at most; those after them are not remembered. */
const MOST_WAITING = 16_384;
/** How old the last change of a file has to be: one right after it might leave the same time of change. */
const RACY_MS = 2000;
/** How long the last write waits for another process. */
const LAST_PATIENCE_MS = 5000;
/** A row that is used says so after as many days. */
const TOUCH_DAYS = 7;
const DAY_MS = 86_400_000;

/** What a {@linkcode StoredCache} works with. */
export interface StoredCacheSetup {
  /** Opens the database; again after it was set aside. Throws where it cannot. */
  readonly open: () => CacheDatabase;
  /** Sets a damaged database aside. */
  readonly setAside: () => void;
  /** Time. */
  readonly clock: Clock;
  /** Called with what became of the cache, where that is worth a note: one sentence without a period. */
  readonly onNote: (text: string) => void;
}

/** A checksum cache in a database. A fault of it never fails anything: it is begun anew, or not used any more. */
export class StoredCache implements ChecksumCache {
  readonly #setup: StoredCacheSetup;
  readonly #rows = new Map<string, CacheRow>();
  readonly #used = new Set<string>();
  #database: CacheDatabase | undefined;
  #isBegunAnew = false;

  /** Opens the database. */
  constructor(setup: StoredCacheSetup) {
    this.#setup = setup;
    try {
      this.#database = setup.open();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Whether it remembers anything. */
  get isUsed(): boolean {
    return this.#database !== undefined;
  }

  /** Begins to look things up. */
  reader(): ChecksumReader {
    const window = new RowWindow((uri, limit) => this.#try((database) => database.from(uri, limit)) ?? []);
    return { find: (uri, meta) => this.#find(window, uri, meta) };
  }

  /**
   * Takes note of what was computed. Of a file that may have changed without a trace since only this, that it is no longer
   * what is remembered.
   */
  remember({ uri: named, meta, checksums, sinceMs }: ComputedSums): void {
    if (!this.#database) return;
    const [uri, identity, status] = [rowUri(named), identityOf(meta), statusOf(meta)];
    if (uri === undefined || identity === undefined || formatSums(checksums) === "") return;
    const isRacy = uri.startsWith("file:") && meta.lastModified.getTime() > sinceMs - RACY_MS;
    const sums = formatSums({ ...(!isRacy && checksums), ...(status !== undefined && { status }) });
    if (this.#rows.size >= MOST_WAITING && !this.#rows.has(uri)) return;
    const row = makeRow(uri, identity, sums, this.#day);
    this.#rows.set(uri, merged(row, this.#rows.get(uri)));
    if (this.#rows.size % BATCH === 0) this.#write();
  }

  [Symbol.dispose](): void {
    this.#try((database) => database.patienceMs = LAST_PATIENCE_MS);
    this.#write();
    this.#try((database) => database.prune(this.#day));
    this.#try((database) => database.close());
    this.#database = undefined;
  }

  get #day(): number {
    return Math.floor(this.#setup.clock.now() / DAY_MS);
  }

  #find(window: RowWindow, named: string, meta: ObjectMeta): FoundSums {
    if (!this.#database) return undefined;
    const uri = rowUri(named);
    const row = uri === undefined ? undefined : window.find(uri);
    if (!row || !isSound(row)) return undefined;
    if (row.identity !== identityOf(meta)) return "changed";
    if (row.used < this.#day - TOUCH_DAYS && this.#used.size < MOST_WAITING) this.#used.add(row.uri);
    const sums = parseSums(row.sums);
    // Something was done to it that left size and time of change, as chmod does, or an edit whose time was set back.
    return sums.status === statusOf(meta) ? sums : "touched";
  }

  #write(): void {
    if (this.#rows.size + this.#used.size === 0) return;
    const isDone = this.#try((database) => {
      database.write(this.#rows.values(), this.#used, this.#day, merged);
      return true;
    });
    // While another process writes they wait.
    if (!isDone && this.#database) return;
    this.#rows.clear();
    this.#used.clear();
  }

  #try<T>(work: (database: CacheDatabase) => T): T | undefined {
    try {
      return this.#database ? work(this.#database) : undefined;
    } catch (error) {
      if (faultOf(error) !== "busy") this.#fail(error);
      return undefined;
    }
  }

  /** Sets a database aside that is damaged, and begins a new one; at any other fault, and the next, it goes without. */
  #fail(error: unknown): void {
    const { open, setAside, onNote } = this.#setup;
    closeQuietly(this.#database);
    this.#database = undefined;
    let reason = messageOf(error);
    if (faultOf(error) === "damaged" && !this.#isBegunAnew) {
      this.#isBegunAnew = true;
      try {
        setAside();
        this.#database = open();
        return onNote(`the checksum cache is damaged (${reason}), was set aside and is begun anew`);
      } catch (second) {
        reason = messageOf(second);
      }
    }
    onNote(`no checksum cache is used: ${reason}`);
  }
}

/** A row with the checksums too that are remembered of the same content. */
function merged(row: CacheRow, there: CacheRow | undefined): CacheRow {
  if (there?.identity !== row.identity || !isSound(there)) return row;
  const [before, now] = [parseSums(there.sums), parseSums(row.sums)];
  if (before.status !== now.status) return row;
  return makeRow(row.uri, row.identity, formatSums({ ...before, ...now }), row.used);
}

function closeQuietly(database: CacheDatabase | undefined): void {
  try {
    database?.close();
  } catch {
    // It is not used any more.
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
