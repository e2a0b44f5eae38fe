import type { OpLogRow } from "../rows/op_log_row.ts";
import { MARKER } from "./claim_targets.ts";
import type { ReplayChoice } from "./replay_options.ts";
import { type MappedUri, UriMap } from "./uri_map.ts";

/** What can be replayed. */
export const OP_KINDS = ["GET", "STAT", "PUT", "LIST", "DELETE", "COPY", "RENAME"] as const;

/** An operation that can be replayed. */
export type OpKind = typeof OP_KINDS[number];

/** An operation of a log that is to be replayed. */
export interface ChosenOp {
  /** What is done. */
  readonly kind: OpKind;
  /** What the log has of it. */
  readonly row: OpLogRow;
  /** Where. */
  readonly place: MappedUri;
  /** Where to, of a copy or a rename. */
  readonly toPlace?: MappedUri;
}

/** Operations of a log that are not replayed. */
export interface PassedOver {
  /** What they are. */
  readonly op: string;
  /** Why. */
  readonly reason: string;
  /** How many. */
  readonly count: number;
}

const KINDS: ReadonlySet<string> = new Set(OP_KINDS);
const WRITES: ReadonlySet<string> = new Set(["PUT", "DELETE", "COPY", "RENAME"]);
/** Names of operations come from logs: so many are told apart, and so much of each. */
const MOST_NAMES = 200;
const LONGEST_NAME = 40;

/** Whether an operation changes what is stored. */
export function isWriting(kind: string): boolean {
  return WRITES.has(kind);
}

/** Chooses what is replayed of a log and where, and counts what is passed over. One serves a whole replay. */
export class OpChooser {
  /** Where operations go. */
  readonly map: UriMap;
  readonly #choice: ReplayChoice;
  readonly #ops: ReadonlySet<string> | undefined;
  readonly #passed = new Map<string, { op: string; reason: string; count: number }>();

  /** Checks the choice: what is wrong with it is a `RangeError`. */
  constructor(choice: ReplayChoice) {
    this.#choice = choice;
    this.map = new UriMap(choice.map, choice.balance);
    this.#ops = choice.ops && new Set(choice.ops.map((op) => op.toUpperCase()));
    const unknown = [...this.#ops ?? []].find((op) => !KINDS.has(op));
    if (unknown !== undefined) {
      throw new RangeError(`${JSON.stringify(unknown)} can not be replayed: only ${OP_KINDS.join(", ")}`);
    }
    if (choice.writes && choice.readOnly) throw new RangeError("writes and readOnly exclude each other");
    if (choice.writes && this.map.rules.length === 0) {
      throw new RangeError(
        "writes need a map: nothing is written where the log was recorded unless it says so",
      );
    }
  }

  /** What was passed over, the most frequent first. */
  get passedOver(): readonly PassedOver[] {
    return [...this.#passed.values()].map((each) => ({ ...each })).toSorted((a, b) => b.count - a.count);
  }

  /** What is to be done for a row; `undefined` where it is passed over. */
  choose(row: OpLogRow): ChosenOp | undefined {
    const { op, endpoint, file } = row;
    const { readOnly, asHead, prefix } = this.#choice;
    if (!KINDS.has(op)) return this.#pass(op, "it can not be replayed");
    const kind = (asHead && op === "GET" ? "STAT" : op) as OpKind;
    if (this.#ops && !this.#ops.has(op)) return this.#pass(op, "it was not asked for");
    if (prefix !== undefined && !`${endpoint}${file}`.startsWith(prefix)) {
      return this.#pass(op, "it is not below the prefix");
    }
    if (isWriting(kind) && readOnly) return this.#pass(op, "it writes");
    if (kind === "PUT" && row.error?.startsWith("cancelled:")) return this.#pass(op, "it was given up");
    const place = this.map.map(endpoint, file);
    if (!place) return this.#pass(op, "no rule of the map fits");
    let toPlace: MappedUri | undefined;
    if (kind === "COPY" || kind === "RENAME") {
      const { toFile, call } = row;
      if (toFile === undefined) return this.#pass(op, "the log does not tell where to");
      toPlace = call === "copyFrom" ? this.map.map("", toFile) : this.map.map(endpoint, toFile);
      if (!toPlace) return this.#pass(op, "no rule of the map fits");
    }
    if (isWriting(kind) && (place.rest === MARKER || toPlace?.rest === MARKER)) {
      return this.#pass(op, "it is the mark of a target");
    }
    return { kind, row, place, ...(toPlace && { toPlace }) };
  }

  /** Whether an operation writes, though that is not allowed. */
  isRefused({ kind }: ChosenOp): boolean {
    return isWriting(kind) && !this.#choice.writes;
  }

  #pass(name: string, reason: string): undefined {
    let op = name.slice(0, LONGEST_NAME);
    if (this.#passed.size >= MOST_NAMES && !this.#passed.has(`${op} ${reason}`)) op = "OTHER";
    const key = `${op} ${reason}`;
    const passed = this.#passed.get(key);
    if (passed) passed.count++;
    else this.#passed.set(key, { op, reason, count: 1 });
  }
}
