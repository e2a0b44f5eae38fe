import { UnsupportedError } from "@lade/core/errors";
import { FinishedSet } from "./finished_set.ts";
import {
  type HalfDone,
  type JournalHeader,
  type JournalRecord,
  type JournalRun,
  parseRecord,
} from "./journal_records.ts";
import type { RecordLog } from "./record_log.ts";

/** What the records of a journal come to. */
export class JournalState {
  /** What the first record says; absent of a journal that was torn there. */
  header: JournalHeader | undefined;
  /** The objects that are done. */
  readonly finished = new FinishedSet();
  /** Those of them whose source is removed when they are done, and may be gone: they are known without it. */
  readonly moved = new FinishedSet();
  /** Bytes of the objects that are done. */
  finishedBytes = 0;
  /** The processes that did some of it. */
  readonly runs: JournalRun[] = [];
  /** Objects that failed in the last run, where that went to its end; absent where it is under way or was interrupted. */
  failed: number | undefined;
  /** Copies that were begun and not ended, by the URI of their destination. */
  readonly halfDone = new Map<string, HalfDone>();
  /** The number of the next copy that begins. */
  nextId = 1;
  readonly #byId = new Map<number, HalfDone>();

  /** Reads a log. One of a later version of the format is an `UnsupportedError`. */
  static of(log: RecordLog): Promise<JournalState> {
    return JournalState.read(log.read(), log.name);
  }

  /** Reads the records of the journal of this name. One of a later version of the format is an `UnsupportedError`. */
  static async read(records: AsyncIterable<Uint8Array>, name: string): Promise<JournalState> {
    const state = new JournalState();
    for await (const bytes of records) {
      const record = parseRecord(bytes);
      // What its other records mean is not known.
      if (record?.type === "header" && record.header.lade !== 1) throw ofLaterVersion(name);
      if (record) state.take(record);
    }
    return state;
  }

  /** Takes the next record. */
  take(record: JournalRecord): void {
    switch (record.type) {
      case "header":
        this.header ??= record.header;
        break;
      case "finished":
        this.finished.add(record.fingerprint);
        this.finishedBytes += record.size;
        break;
      case "moved":
        this.moved.add(record.fingerprint);
        break;
      case "begun": {
        const { type: _, ...begun } = record;
        const before = this.halfDone.get(begun.to);
        if (before) this.#byId.delete(before.id);
        const halfDone = { ...begun, parts: [] };
        this.halfDone.set(begun.to, halfDone);
        this.#byId.set(begun.id, halfDone);
        this.nextId = Math.max(this.nextId, begun.id + 1);
        break;
      }
      case "over":
        this.failed = record.failed;
        break;
      case "run":
        this.failed = undefined;
        this.runs.push({ pid: record.pid, ...(record.host !== undefined && { host: record.host }) });
        break;
      case "part":
        this.#byId.get(record.id)?.parts.push(record.part);
        break;
      case "ended": {
        const ended = this.#byId.get(record.id);
        this.#byId.delete(record.id);
        if (ended && this.halfDone.get(ended.to) === ended) this.halfDone.delete(ended.to);
      }
    }
  }
}

function ofLaterVersion(name: string): UnsupportedError {
  return new UnsupportedError({
    operation: "use the journal",
    uri: name,
    detail: "a later version of lade wrote it",
    advice: 'use that, or remove it ("lade jobs remove") and run the command again, which then starts anew',
  });
}
