import type { CopiedPart, HalfDoneCopy } from "@lade/core/operations";
import type { Fingerprint } from "./finished_set.ts";

/** What a journal says of its transfer. */
export interface JournalHeader {
  /** Version of the format. */
  readonly lade: 1;
  /** The command: `cp`. */
  readonly operation: string;
  /** The URIs of the sources. */
  readonly sources: readonly string[];
  /** The URI of the destination. */
  readonly destination: string;
  /** The command line, without the program; absent where a program made the transfer, or secrets are in it. */
  readonly commandLine?: readonly string[];
  /** The directory that the command was given in. */
  readonly directory?: string;
  /** When it was begun, in ISO 8601. */
  readonly begun: string;
}

/** A process that did some of the transfer. */
export interface JournalRun {
  /** Its number. */
  readonly pid: number;
  /** The machine that it ran on; absent where it might not ask. */
  readonly host?: string;
}

/** A half-done copy of a journal. */
export interface HalfDone {
  /** Its number within the journal. */
  readonly id: number;
  /** The URI of the source. */
  readonly from: string;
  /** The URI of the destination. */
  readonly to: string;
  /** What the copy told when it began. */
  readonly copy: HalfDoneCopy;
  /** What it told of its parts since. */
  readonly parts: CopiedPart[];
}

/** One record of a journal. */
export type JournalRecord =
  | { readonly type: "header"; readonly header: JournalHeader }
  | { readonly type: "finished" | "moved"; readonly fingerprint: Fingerprint; readonly size: number }
  | ({ readonly type: "begun" } & Omit<HalfDone, "parts">)
  | { readonly type: "part"; readonly id: number; readonly part: CopiedPart }
  | { readonly type: "ended"; readonly id: number }
  | ({ readonly type: "run" } & JournalRun)
  | { readonly type: "over"; readonly failed: number };

const TYPES = ["header", "finished", "begun", "part", "ended", "run", "moved", "over"] as const;

/** Writes a record: a byte of its type, then JSON; of the frequent types fixed bytes. */
export function formatRecord(record: JournalRecord): Uint8Array {
  const type = TYPES.indexOf(record.type);
  switch (record.type) {
    case "finished":
    case "moved": {
      const bytes = new Uint8Array(21);
      const view = new DataView(bytes.buffer);
      bytes[0] = type;
      record.fingerprint.forEach((word, index) => view.setUint32(1 + 4 * index, word));
      view.setFloat64(13, record.size);
      return bytes;
    }
    case "part": {
      const checksum = new TextEncoder().encode(record.part.checksum);
      const bytes = new Uint8Array(9 + checksum.length);
      const view = new DataView(bytes.buffer);
      bytes[0] = type;
      view.setUint32(1, record.id);
      view.setUint32(5, record.part.index);
      bytes.set(checksum, 9);
      return bytes;
    }
    default: {
      const { type: _, ...members } = record;
      const json = new TextEncoder().encode(JSON.stringify(members));
      const bytes = new Uint8Array(1 + json.length);
      bytes[0] = type;
      bytes.set(json, 1);
      return bytes;
    }
  }
}

/** Reads a record. One of a later version of the format is `undefined`. */
export function parseRecord(bytes: Uint8Array): JournalRecord | undefined {
  const type = TYPES[bytes[0] ?? -1];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (type) {
    case undefined:
      return undefined;
    case "finished":
    case "moved": {
      const fingerprint = Uint32Array.from([1, 5, 9], (at) => view.getUint32(at));
      return { type, fingerprint, size: view.getFloat64(13) };
    }
    case "part": {
      const checksum = new TextDecoder().decode(bytes.subarray(9));
      return { type, id: view.getUint32(1), part: { index: view.getUint32(5), checksum } };
    }
    default:
      return { type, ...JSON.parse(new TextDecoder().decode(bytes.subarray(1))) };
  }
}
