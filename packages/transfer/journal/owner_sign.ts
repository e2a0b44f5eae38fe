import { type CallOptions, NotFoundError, type ObjectStore } from "@lade/core/backend";
import { getBytes } from "@lade/core/operations";
import { type LogOwner, parseOwner } from "./record_log.ts";

/** The key of the sign of life of who writes a log, below the prefix of that log. */
export const OWNER_KEY = "owner.json";

/** A sign of life. */
export interface Sign {
  /** Tells one opening of a log from others. */
  readonly id: unknown;
  /** When it was given, in milliseconds since 1970. */
  readonly atMs: number;
  /** Who gave it. */
  readonly owner: LogOwner | undefined;
}

/** Gives a sign of life. */
export async function writeSign(
  store: ObjectStore,
  key: string,
  { pid, host, command }: LogOwner,
  id: string,
  nowMs: number,
): Promise<void> {
  const owner = { pid, ...(host !== undefined && { host }), command: command.slice(0, 500) };
  const text = JSON.stringify({ ...owner, id, at: new Date(nowMs).toISOString() });
  await store.put(key, new TextEncoder().encode(text));
}

/** The last sign of life; `undefined` where there is none, or none that tells when it was given. */
export async function readSign(
  store: ObjectStore,
  key: string,
  call: CallOptions = {},
): Promise<Sign | undefined> {
  try {
    const text = new TextDecoder().decode((await getBytes(store, key, call)).bytes);
    const { id, at } = JSON.parse(text) ?? {};
    const atMs = Date.parse(at);
    return Number.isNaN(atMs) ? undefined : { id, atMs, owner: parseOwner(text) };
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
