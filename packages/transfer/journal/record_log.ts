/**
 * An append-only list of records that outlives the process which writes it. Records have bytes, at most
 * {@linkcode MOST_RECORD_BYTES}, and are read in the order in which they were appended.
 */
export interface RecordLog extends AsyncDisposable {
  /** Where it is, for messages. */
  readonly name: string;
  /** Takes a record, which is kept within a bounded time. What keeps it from being kept is thrown by `flush`. */
  append(record: Uint8Array): void;
  /** Resolves when all that was appended survives the end of the process and of the machine. */
  flush(): Promise<void>;
  /** The records that were there when the log was opened. */
  read(): AsyncIterable<Uint8Array>;
  /** Flushes, and gives up the lock. A second call does nothing. */
  close(): Promise<void>;
  /** Removes the log, and gives up the lock. */
  remove(): Promise<void>;
}

/** Who writes a log, as others are told. */
export interface LogOwner {
  /** Number of the process. */
  readonly pid: number;
  /** Name of the machine; absent where the process may not ask for it. */
  readonly host?: string;
  /** What it runs. */
  readonly command: string;
}

/** Says in words who an owner is. */
export function describeOwner(owner: LogOwner | undefined, here?: string): string {
  if (!owner) return "another process";
  const elsewhere = owner.host !== undefined && owner.host !== here ? ` on ${owner.host}` : "";
  return `process ${owner.pid}${elsewhere} (${owner.command})`;
}

/** Reads what was written of an owner, which may be anything. */
export function parseOwner(text: string): LogOwner | undefined {
  try {
    const { pid, host, command } = JSON.parse(text);
    if (!Number.isSafeInteger(pid) || typeof command !== "string") return undefined;
    return { pid, command, ...(typeof host === "string" && { host }) };
  } catch {
    return undefined;
  }
}
