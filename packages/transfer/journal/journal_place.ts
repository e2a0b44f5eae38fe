import {
  type Clock,
  InvalidNameError,
  NotFoundError,
  type ObjectStore,
  PermissionDeniedError,
} from "@lade/core/backend";
import { system } from "@lade/core/system";
import { hostname } from "./hostname.ts";
import { isJournalId } from "./journal_id.ts";
import type { ProcessLocks } from "./process_locks.ts";
import type { LogOwner, RecordLog } from "./record_log.ts";

/** What a journal is opened with, wherever it is. */
export interface OpenJournal {
  /** Time. */
  readonly clock: Clock;
  /** Random numbers in [0, 1). */
  readonly random: () => number;
  /** What this process runs. */
  readonly command: string;
  /** Makes it where it is not there; else it is `undefined`. */
  readonly create: boolean;
  /** Ends the opening. */
  readonly signal?: AbortSignal;
  /** Called once, with what keeps further records from being kept, and whether another process has the journal now. */
  readonly onFailure?: (error: unknown, isTakenOver?: boolean) => void;
}

/** Where journals are kept. */
export interface JournalPlace {
  /** Where that is, for messages: a path or a URI. */
  readonly name: string;
  /** By which processes know whether another one has ended; absent where only the system can tell. */
  readonly locks?: ProcessLocks | undefined;
  /** Opens a journal, alone; `undefined` where there is none and none is to be made. */
  open(id: string, options: OpenJournal): Promise<RecordLog | undefined>;
  /** The names of the journals that are there, in no order. */
  list(): AsyncIterable<string>;
  /** Who has a journal open, where that can be told. */
  ownerOf(id: string): Promise<LogOwner | undefined>;
  /** The records of a journal, also while another process has it open. */
  peek(id: string, clock: Clock): AsyncIterable<Uint8Array>;
  /** Removes a journal that is damaged. One that another process has open is an `UnavailableError`. */
  discard(id: string, clock: Clock): Promise<void>;
}

const ENDING = ".journal";

/** Journals as files of a local directory, which is made for the first of them, for its owner alone. */
export function journalDirectory(path: string, locks?: ProcessLocks): JournalPlace {
  const pathOf = (id: string) => `${path}/${id}${ENDING}`;
  return {
    name: path,
    locks,
    async open(id, { clock, command, create, onFailure }) {
      try {
        if (!create && !isThere(pathOf(id))) return undefined;
        const { FileLog } = await import("./file_log.ts");
        if (create) await system.mkdir(path, { recursive: true, mode: 0o700 });
        const owner = { pid: system.pid, command };
        return await FileLog.open(pathOf(id), { clock, owner, create, ...(onFailure && { onFailure }) });
      } catch (error) {
        if (error instanceof system.errors.NotFound) return undefined;
        throw failureOf(error, "use the journal", pathOf(id));
      }
    },
    async *list() {
      try {
        for await (const { name, isFile } of system.readDir(path)) {
          if (isFile && name.endsWith(ENDING)) yield name.slice(0, -ENDING.length);
        }
      } catch (error) {
        if (!(error instanceof system.errors.NotFound)) throw failureOf(error, "list the journals in", path);
      }
    },
    async ownerOf(id) {
      const { FileLog } = await import("./file_log.ts");
      try {
        return await FileLog.ownerOf(pathOf(id));
      } catch (error) {
        throw failureOf(error, "use the journal", pathOf(id));
      }
    },
    async *peek(id) {
      const { FileLog } = await import("./file_log.ts");
      yield* FileLog.peek(pathOf(id));
    },
    async discard(id, clock) {
      const { FileLog } = await import("./file_log.ts");
      await FileLog.discard(pathOf(id), { clock });
    },
  };
}

/** Journals as segments below a prefix of a store. */
export function journalStore(store: ObjectStore, prefix: string, locks?: ProcessLocks): JournalPlace {
  return {
    name: `${store.uri}/${prefix}`,
    locks,
    async open(id, { command, ...options }) {
      const { StoreLog } = await import("./store_log.ts");
      const host = hostname();
      const owner = { pid: system.pid, ...(host !== undefined && { host }), command };
      try {
        return await StoreLog.open(store, `${prefix}${id}/`, { ...options, owner, locks });
      } catch (error) {
        if (error instanceof NotFoundError && !options.create) return undefined;
        throw error;
      }
    },
    async *list() {
      try {
        for await (const entry of store.listWithDelimiter(prefix)) {
          const id = "prefix" in entry ? entry.prefix.slice(prefix.length, -1) : "";
          if (isJournalId(id)) yield id;
        }
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
      }
    },
    async ownerOf(id) {
      const { StoreLog } = await import("./store_log.ts");
      return await StoreLog.ownerOf(store, `${prefix}${id}/`);
    },
    async *peek(id, clock) {
      const { StoreLog } = await import("./store_log.ts");
      const options = { clock, random: () => 0, owner: { pid: system.pid, command: "" }, create: false };
      yield* StoreLog.peek(store, `${prefix}${id}/`, options);
    },
    async discard(id, clock) {
      const { StoreLog } = await import("./store_log.ts");
      const owner = { pid: system.pid, command: "" };
      const log = await StoreLog.open(store, `${prefix}${id}/`, {
        clock,
        random: Math.random,
        owner,
        locks,
        create: false,
      });
      await log.remove();
    },
  };
}

/** What keeps a local journal from being used, in words. */
function failureOf(error: unknown, operation: string, uri: string): unknown {
  if (error instanceof system.errors.PermissionDenied) {
    const advice = "check owner and mode of it and of its directories";
    return new PermissionDeniedError({
      operation,
      uri,
      detail: "the system denies access",
      advice,
      cause: error,
    });
  }
  if (error instanceof system.errors.NotADirectory) {
    return new InvalidNameError({ operation, uri, detail: "part of its path is a file", cause: error });
  }
  return error;
}

function isThere(path: string): boolean {
  try {
    system.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof system.errors.NotFound) return false;
    throw error;
  }
}
