import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type CacheRow, hasSums } from "./cache_rows.ts";

/** What went wrong with the database. */
export type DatabaseFault = "damaged" | "busy" | "unusable";

/** Tells from an error of the database what is wrong with it. */
export function faultOf(error: unknown): DatabaseFault {
  const message = error instanceof Error ? error.message : String(error);
  if (/not a database|malformed|corrupt|no such (?:table|column)|has no column/i.test(message)) {
    return "damaged";
  }
  return /locked|busy/i.test(message) ? "busy" : "unusable";
}

/** Rows that are kept at most; the ones that were used the longest ago go first. */
export const MOST_ROWS = 5_000_000;
/** Days after which a row goes that was not used. */
export const MOST_DAYS = 180;

const TABLE = `
  create table if not exists objects (
    uri text primary key, identity text not null, sums text not null, used integer not null, proof integer not null
  ) without rowid`;

/** The database of the checksum cache. Every method throws what SQLite says. */
export class CacheDatabase {
  readonly #database: DatabaseSync;
  readonly #from: StatementSync;
  readonly #put: StatementSync;
  readonly #touch: StatementSync;

  /** Makes the table where there is none. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    try {
      // What a power failure costs is computed anew, and a torn page is noticed.
      database.exec("pragma synchronous = normal; pragma temp_store = memory");
      database.exec(TABLE);
      this.#from = database.prepare(
        "select uri, identity, sums, used, proof from objects where uri >= ? order by uri limit ?",
      );
      this.#put = database.prepare("insert or replace into objects values (?, ?, ?, ?, ?)");
      this.#touch = database.prepare("update objects set used = ? where uri = ?");
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** The rows from a URI on, in the order of its UTF-8 bytes. */
  from(uri: string, limit: number): CacheRow[] {
    return this.#from.all(uri, limit) as unknown as CacheRow[];
  }

  /** The row of a URI. */
  of(uri: string): CacheRow | undefined {
    const [row] = this.from(uri, 1);
    return row?.uri === uri ? row : undefined;
  }

  /**
   * Writes rows, and that others were used on a day, in one step. `merge` gets what a row replaces; one without checksums
   * that replaces none is not written.
   */
  write(
    rows: Iterable<CacheRow>,
    used: Iterable<string>,
    day: number,
    merge: (row: CacheRow, there: CacheRow | undefined) => CacheRow,
  ): void {
    this.#inOneStep(() => {
      for (const row of rows) {
        const there = this.of(row.uri);
        if (!there && !hasSums(row)) continue;
        const { uri, identity, sums, used, proof } = merge(row, there);
        this.#put.run(uri, identity, sums, used, proof);
      }
      for (const uri of used) this.#touch.run(day, uri);
    });
  }

  /** Removes what is too old or too much, once a day. */
  prune(day: number, most = MOST_ROWS): void {
    const { user_version: last } = this.#database.prepare("pragma user_version").get() ?? {};
    if (last === day) return;
    this.#inOneStep(() => {
      this.#database.prepare("delete from objects where used < ?").run(day - MOST_DAYS);
      const { rows } = this.#database.prepare("select count(*) as rows from objects").get() ?? {};
      const surplus = Number(rows) - most;
      const oldest = "delete from objects where uri in (select uri from objects order by used limit ?)";
      if (surplus > 0) this.#database.prepare(oldest).run(surplus);
      this.#database.exec(`pragma user_version = ${day}`);
    });
  }

  /** How long a write waits for that of another process, in milliseconds. */
  set patienceMs(ms: number) {
    this.#database.exec(`pragma busy_timeout = ${ms}`);
  }

  /** Closes the file. */
  close(): void {
    this.#database.close();
  }

  #inOneStep(work: () => void): void {
    this.#database.exec("begin immediate");
    try {
      work();
      this.#database.exec("commit");
    } catch (error) {
      try {
        this.#database.exec("rollback");
      } catch {
        // The error before has the reason, and some end the step themselves.
      }
      throw error;
    }
  }
}
