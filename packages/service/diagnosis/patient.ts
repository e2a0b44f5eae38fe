import type { Check, Clock, ObjectStore } from "@lade/core/backend";
import { withTimeLimit } from "./with_time_limit.ts";

/** What the checks of a diagnosis work with. */
export interface Patient {
  /** The container. */
  readonly store: ObjectStore;
  /** Begins the keys of everything that is read or made; empty, or with a slash at its end. */
  readonly prefix: string;
  /** Time. */
  readonly clock: Clock;
  /** Bytes that one measurement of throughput moves at most. */
  readonly maxBytes: number;
  /** How long one measurement of throughput takes, in milliseconds. */
  readonly measureMs: number;
  /** Whether objects may be made; all of them are temporary. */
  readonly write: boolean;
  /** Ends the diagnosis. */
  readonly signal: AbortSignal | undefined;
  /** The check of this name that an error ended. */
  failed(name: string, error: unknown): Check | Promise<Check>;
}

/** Limit of one probe: a service that takes longer counts as one that does not answer. */
const PROBE_MS = 8_000;

/** Makes a call that only reads; the diagnosis's signal ends it. */
export async function probe<T>(patient: Patient, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, signal, store } = patient;
  return await withTimeLimit(PROBE_MS, { clock, signal, uri: store.uri }, call);
}

/**
 * Makes a call that changes something. It does not begin after an abort of the diagnosis's signal. Once begun it ignores
 * the signal, so that cleanup knows what was made.
 */
export async function change<T>(patient: Patient, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, signal, store } = patient;
  signal?.throwIfAborted();
  return await withTimeLimit(PROBE_MS, { clock, signal: undefined, uri: store.uri }, call);
}
