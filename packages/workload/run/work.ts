import type { MixOp } from "../spec/workload_spec.ts";
import type { LiveSet } from "./live_set.ts";

/** One operation that was chosen. */
export interface Work {
  readonly op: MixOp;
  readonly set: LiveSet;
  /** The number of its object; of a listing that of a shard. */
  readonly number: number;
  /** Bytes of content that it asks for; of a listing the entries. */
  readonly size: number;
  /** Where a range begins; 0 of the others. */
  readonly offset: number;
  /** Whether what is read is compared with what was written. */
  readonly isVerified: boolean;
  /** Whether the object was there; so it is still there when a write of it fails. */
  readonly wasLive: boolean;
}

/** What comes next: an operation, nothing as long as others go on, or nothing any more. */
export type NextWork = Work | "wait" | "end";

/** Chooses operations one after the other. */
export interface WorkSource {
  next(): NextWork;
}

/** Says that an operation begins to change or read its object. */
export function enterWork({ op, set, number, wasLive }: Work): void {
  if (op === "put") wasLive ? set.takeLive(number) : set.take(number);
  else if (op === "delete") set.takeLive(number);
  else if (op !== "list") set.beginRead(number);
}

/** Says that it has ended. What a failed deletion left is unknown: a later put writes it anew. */
export function leaveWork({ op, set, number, wasLive }: Work, isDone: boolean): void {
  if (op === "put") isDone || wasLive ? set.makeLive(number) : set.makeFree(number);
  else if (op === "delete") set.makeFree(number);
  else if (op !== "list") set.endRead(number);
}
