import {
  checkWriteConditions,
  NotFoundError,
  type Preconditions,
  UnsupportedError,
} from "@lade/core/backend";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { headObject } from "../objects/head_object.ts";
import { CONDITION_WORDS, type ConditionKind, type Conduct } from "../traits/condition_kind.ts";
import type { TraitListener } from "../traits/service_traits.ts";
import { explainUnknown } from "./explain_unknown.ts";

/** The object that a condition is about. */
export interface ConditionTarget {
  /** The call that carries it. */
  readonly call: FailedCall;
  /** The object's key. */
  readonly key: string;
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
}

/** The requests that take conditions on what they write. */
export type ConditionalWrite = "put" | "complete" | "copy";

/**
 * The conditions that may be sent along with a write. One that the service passes over is an `UnsupportedError`, before
 * anything is written; with `ifIgnored: "look"` it is held against the object as it is now and left out.
 */
export async function settleWrite(
  connection: S3Connection,
  write: ConditionalWrite,
  conditions: Preconditions,
  target: ConditionTarget,
): Promise<Pick<Preconditions, "ifMatch" | "ifNoneMatch">> {
  const { ifMatch, ifNoneMatch, ifIgnored } = conditions;
  if (ifMatch === undefined && ifNoneMatch === undefined) return {};
  const look = ifIgnored === "look";
  const match = ifMatch === undefined || await isWriteHeld(connection, write, "match", target, look);
  const create = ifNoneMatch === undefined || await isWriteHeld(connection, write, "create", target, look);
  if (!match || !create) {
    await lookAt(connection, target, {
      ...(ifMatch === undefined || match ? {} : { ifMatch }),
      ...(ifNoneMatch === undefined || create ? {} : { ifNoneMatch }),
    });
  }
  return {
    ...(ifMatch === undefined || !match ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined || !create ? {} : { ifNoneMatch }),
  };
}

/**
 * Throws an `UnsupportedError` where the service passes over a condition that a write is to have, unless the caller may do
 * without. What small objects cannot have is refused for large ones too.
 */
export async function requireConditions(
  connection: S3Connection,
  write: ConditionalWrite,
  { ifMatch, ifNoneMatch, ifIgnored }: Preconditions,
  target: ConditionTarget,
): Promise<void> {
  const look = ifIgnored === "look";
  for (const [condition, value] of [["match", ifMatch], ["create", ifNoneMatch]] as const) {
    if (value !== undefined) await isWriteHeld(connection, write, condition, target, look);
  }
}

async function isWriteHeld(
  connection: S3Connection,
  write: ConditionalWrite,
  condition: "match" | "create",
  target: ConditionTarget,
  look: boolean,
): Promise<boolean> {
  if (write === "complete" && !await isHeld(connection, `put-${condition}`, target, look)) return false;
  return await isHeld(connection, `${write}-${condition}`, target, look);
}

/**
 * Whether the service holds a condition; found out where it is not known. One that it does not hold is an
 * `UnsupportedError`, unless the caller may do without.
 */
export async function isHeld(
  connection: S3Connection,
  kind: ConditionKind,
  target: ConditionTarget,
  orElse: boolean,
): Promise<boolean> {
  const conduct = await conductOf(connection, kind, target);
  if (conduct === "holds") return true;
  if (orElse) return false;
  const { operation, uri } = target.call;
  throw new UnsupportedError({
    operation,
    uri,
    detail: `the service at ${connection.endpoint.host} ${conduct} ${
      CONDITION_WORDS[kind]
    }; nothing was changed`,
  });
}

/**
 * What the service does about a condition. Where that cannot be found out, the reason is an error. `tell` is called
 * where this call finds out that the service does not hold it.
 */
export async function conductOf(
  connection: S3Connection,
  kind: ConditionKind,
  target: ConditionTarget,
  tell: TraitListener = connection.tellTrait,
): Promise<Conduct> {
  const { traits } = connection;
  if (connection.trustsConditions) return "holds";
  const known = traits.conduct(kind);
  if (known) return known;
  const { call, key, signal } = target;
  signal?.throwIfAborted();
  const asked = traits.findOut(kind, () => connection.probe(kind, key), tell);
  try {
    return await unlessAborted(asked, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw explainUnknown(connection, kind, error, call);
  }
}

/** Throws unless the object is as a condition has it, at the time of asking. */
export async function lookAt(
  connection: S3Connection,
  { call, key, signal }: ConditionTarget,
  conditions: Pick<Preconditions, "ifMatch" | "ifNoneMatch">,
): Promise<void> {
  let etag: string | undefined;
  try {
    const info = await headObject(connection, call.uri, key, signal ? { signal } : {});
    // An object without an etag is there all the same.
    etag = info.etag ?? "";
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  checkWriteConditions({ operation: call.operation, uri: call.uri }, etag, conditions);
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await promise;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    promise.catch(() => {});
  }
}
