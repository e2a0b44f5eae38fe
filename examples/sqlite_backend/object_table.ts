import {
  PermissionDeniedError,
  QuotaExceededError,
  ServiceError,
  type StoreError,
  type StoreErrorOptions,
  UnavailableError,
} from "@lade/core/backend";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** Bytes of one row of content at most, so that reading and writing hold no more than that in memory. */
export const PIECE = 2 ** 20;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;            -- writes wait for the disk at checkpoints only
  PRAGMA foreign_keys = ON;
  CREATE TABLE IF NOT EXISTS objects (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: it is the etag
    key BLOB UNIQUE,                      -- its UTF-8; none while the object is being written
    size INTEGER NOT NULL DEFAULT 0,
    modified INTEGER NOT NULL DEFAULT 0,
    attributes TEXT NOT NULL DEFAULT '{}'
  );
  CREATE TABLE IF NOT EXISTS pieces (
    object INTEGER NOT NULL REFERENCES objects ON DELETE CASCADE,
    position INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (object, position)
  );
  DELETE FROM objects WHERE key IS NULL;  -- what a killed process left unfinished
`;

/** An object's row. */
export interface ObjectRow {
  readonly id: number;
  readonly key: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Attributes and metadata as JSON. */
  readonly attributes: string;
}

/** What SQLite's result codes mean to a caller; see https://www.sqlite.org/rescode.html. Any other is a `ServiceError`. */
const ERRORS: Readonly<Record<number, new (options: StoreErrorOptions) => StoreError>> = {
  5: UnavailableError, // SQLITE_BUSY: another process has it open
  8: PermissionDeniedError, // SQLITE_READONLY
  13: QuotaExceededError, // SQLITE_FULL
};

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The objects of one database file, by the UTF-8 of their keys, whose order is that of listings. */
export class ObjectTable implements Disposable {
  readonly #uri: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens a file, or makes it. One process at a time may have it open. */
  constructor(path: string) {
    this.#uri = `sqlite://${path}`;
    this.#database = this.#mapped(() => new DatabaseSync(path));
    this.#exec(SCHEMA);
  }

  /** Does several things in one step, or none of them. */
  atomically<T>(work: () => T): T {
    this.#exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#exec("COMMIT");
      return result;
    } catch (error) {
      // A full disk has ended it already.
      if (this.#database.isTransaction) this.#exec("ROLLBACK");
      throw error;
    }
  }

  /** The object with a key. */
  find(key: string): ObjectRow | undefined {
    return rowOf(this.#get("SELECT * FROM objects WHERE key = ?", encoder.encode(key)));
  }

  /** The first object from `key` on, or after it. */
  next(key: string, orAt: boolean): ObjectRow | undefined {
    const sql = `SELECT * FROM objects WHERE key ${orAt ? ">=" : ">"} ? ORDER BY key LIMIT 1`;
    return rowOf(this.#get(sql, encoder.encode(key)));
  }

  /** Starts an object that nobody sees yet, and gives its number. */
  begin(): number {
    return this.#run("INSERT INTO objects (key) VALUES (NULL)");
  }

  /** Adds content at a position. No two pieces overlap. */
  write(id: number, position: number, bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; start += PIECE) {
      this.#run(
        "INSERT INTO pieces VALUES (?, ?, ?)",
        id,
        position + start,
        bytes.subarray(start, start + PIECE),
      );
    }
  }

  /** Copies the content of another object. */
  copyPieces(from: number, to: number): void {
    this.#run("INSERT INTO pieces SELECT ?, position, data FROM pieces WHERE object = ?", to, from);
  }

  /** Makes an object visible, in place of the one that had its key. */
  publish({ id, key, size, modified, attributes }: ObjectRow): void {
    const name = encoder.encode(key);
    this.#run("DELETE FROM objects WHERE key = ?", name);
    this.#run(
      "UPDATE objects SET key = ?, size = ?, modified = ?, attributes = ? WHERE id = ?",
      name,
      size,
      modified,
      attributes,
      id,
    );
  }

  /** Replaces the attributes of an object. */
  describe(id: number, attributes: string): void {
    this.#run("UPDATE objects SET attributes = ? WHERE id = ?", attributes, id);
  }

  /** Puts the bytes from `position` on at the start of `target` and tells their number; 0 where there are none (any more). */
  read(id: number, position: number, target: Uint8Array): number {
    const sql =
      "SELECT position, data FROM pieces WHERE object = ? AND position <= ? ORDER BY position DESC LIMIT 1";
    const piece = this.#get(sql, id, position) as { position: number; data: Uint8Array } | undefined;
    const bytes = piece?.data.subarray(position - piece.position).subarray(0, target.length);
    if (bytes) target.set(bytes);
    return bytes?.length ?? 0;
  }

  /** Removes an object, visible or not. */
  remove(id: number): void {
    this.#run("DELETE FROM objects WHERE id = ?", id);
  }

  /** Closes the file; a second call does nothing. */
  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #get(sql: string, ...values: SQLInputValue[]): unknown {
    return this.#mapped(() => this.#prepare(sql).get(...values));
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#mapped(() => this.#prepare(sql).run(...values)).lastInsertRowid);
  }

  #exec(sql: string): void {
    this.#mapped(() => this.#database.exec(sql));
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, statement = this.#database.prepare(sql));
    return statement;
  }

  /** Turns what SQLite throws into the errors of the contract. */
  #mapped<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR")) throw error;
      const code = "errcode" in error ? Number(error.errcode) & 0xff : 0;
      const type = ERRORS[code] ?? ServiceError;
      throw new type({ operation: "use", uri: this.#uri, detail: error.message, cause: error });
    }
  }
}

function rowOf(found: unknown): ObjectRow | undefined {
  const row = found as Omit<ObjectRow, "key"> & { readonly key: Uint8Array } | undefined;
  return row && { ...row, key: decoder.decode(row.key) };
}
